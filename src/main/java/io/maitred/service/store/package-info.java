/**
 * The database under the durable entities: settings, schema, and the plain queries that fill the
 * node-local tables. Knows rows, not documents.
 */
@NullMarked
package io.maitred.service.store;

import org.jspecify.annotations.NullMarked;
