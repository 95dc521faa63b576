package io.maitred.waitingroom.store;

import akka.actor.typed.ActorRef;
import akka.japi.function.Function;
import io.maitred.store.Documents;
import io.maitred.store.HomeEntities;
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RingKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The ring of ticket keys as one node sees it. Keys are made here and stored by the one entity in
 * the home data center; of nodes that make one at once one wins, and all get its ring. Stages fail
 * like those of {@link RoomStore}.
 */
public final class KeyRingStore {
  private final RoomTables tables;
  private final Documents<RoomDocument> documents;
  private final HomeEntities entities;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  KeyRingStore(
      RoomTables tables,
      Documents<RoomDocument> documents,
      HomeEntities entities,
      InstantSource clock) {
    this.tables = tables;
    this.documents = documents;
    this.entities = entities;
    this.clock = clock;
  }

  /** What this node knows; empty before the first key was made or loaded. */
  public KeyRing current() {
    return tables.keyRing();
  }

  /**
   * Calls the listener after each change of the ring, on any thread; it must return at once. Calls
   * may come out of order: look at {@link #current()}.
   */
  public void onChange(Consumer<KeyRing> listener) {
    documents.onChange(
        document -> {
          if (document instanceof RoomDocument.Ring) {
            listener.accept(current());
          }
        });
  }

  /** Makes the first key if there is none. To be called at each start, on every node. */
  public CompletionStage<KeyRing> ensure() {
    return documents
        .loaded()
        .thenCompose(
            done ->
                current().keys().isEmpty()
                    ? rotate()
                    : CompletableFuture.completedStage(current()));
  }

  /** Makes a new key, which becomes the newest one. */
  public CompletionStage<KeyRing> rotate() {
    var seen = current();
    var secret = new byte[RingKey.SECRET_BYTES];
    random.nextBytes(secret);
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var key = new RingKey(seen.nextId(), now, secret);
    return send(replyTo -> new KeyRingEntity.Add(key, seen.newestId(), replyTo));
  }

  /**
   * Makes a new key if this node is in the home data center and the newest key is older. To be
   * called now and then, on every node.
   */
  public CompletionStage<KeyRing> rotateIfOlder(Duration age) {
    return entities.atHome() && current().isOlderThan(age, clock.instant())
        ? rotate()
        : CompletableFuture.completedStage(current());
  }

  /** Drops a key that is not the newest one: tickets made with it are worth nothing any more. */
  public CompletionStage<KeyRing> retire(int keyId) {
    return send(replyTo -> new KeyRingEntity.Retire(keyId, replyTo));
  }

  private CompletionStage<KeyRing> send(
      Function<ActorRef<KeyRingEntity.Present>, KeyRingEntity.Command> message) {
    return entities
        .ask(KeyRingEntity.TYPE_KEY, KeyRingEntity.ID, message)
        .thenApply(
            present -> {
              documents.apply(present.ring(), present.revision());
              return present.ring().ring();
            });
  }
}
