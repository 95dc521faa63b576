package io.maitred.http.waitingroom.api;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What operators may know of, and do with, the keys that seal users' cookies. */
interface TicketKeys {

  /**
   * A key without the key.
   *
   * @param current whether new cookies are sealed with it; the others only open old ones
   */
  record Key(String id, Instant createdOn, boolean current) {}

  /** All keys that are in use, newest first. */
  CompletionStage<List<Key>> keys();

  /** Makes a new current key, known to the whole cluster when this completes; then all keys. */
  CompletionStage<List<Key>> rotate();
}
