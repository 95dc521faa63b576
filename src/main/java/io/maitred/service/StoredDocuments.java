package io.maitred.service;

import io.maitred.common.ServiceId;
import io.maitred.service.model.StoredDocument;
import io.maitred.store.DocumentFamily;
import io.maitred.store.Mirror;

/** Tokens and services as a family of documents. */
final class StoredDocuments {
  static final DocumentFamily<StoredDocument> FAMILY =
      new DocumentFamily<>(
          "service", "service-store", StoredDocument.class, StoredDocuments::persistenceId);

  private StoredDocuments() {}

  private static String persistenceId(StoredDocument document) {
    return document instanceof StoredDocument.Token token
        ? TokenEntity.persistenceId(token.name()).id()
        : ServiceEntity.persistenceId(((StoredDocument.Service) document).id()).id();
  }

  /** The tables as the store fills them. */
  static Mirror<StoredDocument> mirror(ServiceTables tables) {
    return new Mirror<>() {
      @Override
      public long revision(String persistenceId) {
        int separator = persistenceId.indexOf('|');
        var name = persistenceId.substring(separator + 1);
        return persistenceId.startsWith(TokenEntity.TYPE_KEY.name() + "|")
            ? tables.tokenRevision(name)
            : tables.serviceRevision(new ServiceId(name));
      }

      @Override
      public boolean apply(StoredDocument document, long revision) {
        return tables.apply(document, revision);
      }
    };
  }
}
