/**
 * Documents kept durably and mirrored on every node: the entities that write them in the home data
 * center, the database below, and the readings and announcements that bring each change to the
 * tables of every node. Knows families of documents, not what is in them.
 */
@NullMarked
package io.maitred.store;

import org.jspecify.annotations.NullMarked;
