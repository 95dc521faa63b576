package io.maitred.node;

import io.maitred.http.waitingroom.api.TicketKeys;
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RingKey;
import io.maitred.waitingroom.store.KeyRingStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The ring of ticket keys, as operators see it.
 *
 * @param spread how long a new key may take to reach every node, before it seals tickets
 */
record TicketKeysOfNode(KeyRingStore store, Duration spread, Clock clock) implements TicketKeys {
  @Override
  public CompletionStage<List<Key>> keys() {
    return CompletableFuture.completedStage(shown(store.current()));
  }

  @Override
  public CompletionStage<List<Key>> rotate() {
    return store.rotate().thenApply(this::shown);
  }

  private List<Key> shown(KeyRing ring) {
    var sealing = ring.sealing(clock.instant(), spread);
    return ring.keys().stream().map(key -> shown(key, key.equals(sealing))).toList();
  }

  private static Key shown(RingKey key, boolean current) {
    return new Key(Integer.toString(key.id()), key.createdOn(), current);
  }
}
