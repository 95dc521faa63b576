package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.store.KeyRingStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The ring of ticket keys without its secrets. */
record KeysOfRing(KeyRingStore ring) implements TicketKeys {

  @Override
  public CompletionStage<List<Key>> keys() {
    return CompletableFuture.completedStage(shown(ring.current()));
  }

  @Override
  public CompletionStage<List<Key>> rotate() {
    return ring.rotate().thenApply(KeysOfRing::shown);
  }

  static List<Key> shown(KeyRing ring) {
    return ring.keys().stream()
        .map(
            key ->
                new Key(Integer.toString(key.id()), key.createdOn(), key.id() == ring.newestId()))
        .toList();
  }
}
