package io.maitred.store;

/**
 * One row of the table {@code durable_state}, not yet deserialized.
 *
 * @param offset orders changes of the whole table; a changed row moves to the end
 * @param revision counts the changes of this document, from 1
 * @param payload the serialized document; owned by the row
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, copied by nobody
public record StoredRow(
    long offset,
    String persistenceId,
    long revision,
    byte[] payload,
    int serializerId,
    String manifest) {}
