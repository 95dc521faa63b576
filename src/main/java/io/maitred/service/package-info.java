/**
 * Service descriptions, tokens and references: the durable entities and the node-local tables that
 * every request reads. Talks to the database and, through the change announcements, to the same
 * part on other nodes.
 */
@NullMarked
package io.maitred.service;

import org.jspecify.annotations.NullMarked;
