package io.maitred.store;

import java.util.function.Function;

/**
 * Documents that are read, announced and mirrored together.
 *
 * @param name names the family's actors and its announcements
 * @param tag stands in the database at each of the family's rows; never to be changed
 * @param type what all documents have in common; must have a serializer binding of its own whose
 *     manifest names no class
 * @param persistenceId the key under which a document is stored
 * @param <D> the documents
 */
public record DocumentFamily<D>(
    String name, String tag, Class<D> type, Function<D, String> persistenceId) {}
