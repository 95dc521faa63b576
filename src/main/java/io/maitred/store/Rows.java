package io.maitred.store;

import akka.serialization.Serialization;
import akka.serialization.Serializers;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns documents of a family into what stands in the database, and back. */
final class Rows<D> {
  private static final Logger LOG = LoggerFactory.getLogger(Rows.class);

  private final Serialization serialization;
  private final DocumentFamily<D> family;

  Rows(Serialization serialization, DocumentFamily<D> family) {
    this.serialization = serialization;
    this.family = family;
  }

  DocumentFamily<D> family() {
    return family;
  }

  /**
   * The document of a row; empty, and logged, when it cannot be read: one such document must not
   * keep all others from being served.
   */
  Optional<D> document(StoredRow row) {
    var document = serialization.deserialize(row.payload(), row.serializerId(), row.manifest());
    if (document.isSuccess() && family.type().isInstance(document.get())) {
      return Optional.of(family.type().cast(document.get()));
    }
    LOG.error(
        "{} (revision {}) in the database cannot be read: {}",
        row.persistenceId(),
        row.revision(),
        document.isSuccess()
            ? "not a document of " + family.name()
            : document.failed().get().toString());
    return Optional.empty();
  }

  /** The row of a document, without its place in the table. */
  StoredRow row(D document, long revision) {
    var serializer = serialization.findSerializerFor(document);
    return new StoredRow(
        0,
        family.persistenceId().apply(document),
        revision,
        serializer.toBinary(document),
        serializer.identifier(),
        Serializers.manifestFor(serializer, document));
  }
}
