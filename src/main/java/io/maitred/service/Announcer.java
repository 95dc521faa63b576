package io.maitred.service;

import io.maitred.service.model.StoredDocument;

/**
 * How an entity tells what is in the database now: to its own node's tables, then to the others.
 */
@FunctionalInterface
interface Announcer {

  /** May be called again with the same revision; from any thread. */
  void announce(StoredDocument document, long revision);
}
