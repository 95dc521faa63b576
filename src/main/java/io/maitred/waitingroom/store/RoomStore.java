package io.maitred.waitingroom.store;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.Entity;
import io.maitred.common.Refusal;
import io.maitred.common.RefusedException;
import io.maitred.store.Database;
import io.maitred.store.Documents;
import io.maitred.store.HomeEntities;
import io.maitred.store.Mirror;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.ConfigChecks;
import io.maitred.waitingroom.model.config.Problem;
import io.maitred.waitingroom.model.config.ZoneChange;
import io.maitred.waitingroom.model.config.ZoneDecision;
import io.maitred.waitingroom.model.config.ZoneRules;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Zones and waiting rooms as one node sees them: reads from {@link #tables()}, writes through the
 * entities in the home data center. One per node.
 *
 * <p>Who wrote through this object reads its own write in {@link #tables()} when the stage is
 * complete; other nodes of the data center have it soon after, other data centers after a poll.
 * When the database or the home data center is away, stages fail with a {@link RefusedException} of
 * status 503 after the time-outs of the settings. Stages must not be blocked on.
 */
public final class RoomStore {
  /** Larger bodies do not fit into a message to the home data center. */
  static final long MAX_BODY_BYTES = 2_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(RoomStore.class);
  private static final Refusal TOO_LATE =
      Refusal.of(503, "The change came too late to be made; nothing was changed.");

  private final RoomStoreSettings settings;
  private final InstantSource clock;
  private final RoomTables tables = new RoomTables();
  private final List<Consumer<RoomId>> roomListeners = new CopyOnWriteArrayList<>();
  private final Documents<RoomDocument> documents;
  private final HomeEntities entities;
  private final KeyRingStore keyRing;

  private RoomStore(
      ActorSystem<?> system,
      Database database,
      RoomStoreSettings settings,
      ConfigChecks checks,
      InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.documents =
        Documents.start(
            system, database, RoomDocument.FAMILY, mirror(), settings.store().pollInterval());
    this.entities = new HomeEntities(system, settings.store());
    var rules = new ZoneRules(settings.limits(), checks);
    var idle = settings.store().entityIdle();
    entities.init(
        Entity.of(
                ZoneEntity.TYPE_KEY,
                entity -> ZoneEntity.create(entity, rules, documents::announce, clock, idle))
            .withStopMessage(ZoneEntity.Stop.INSTANCE));
    entities.init(
        Entity.of(
                KeyRingEntity.TYPE_KEY,
                entity -> KeyRingEntity.create(entity, documents::announce, idle))
            .withStopMessage(KeyRingEntity.Stop.INSTANCE));
    this.keyRing = new KeyRingStore(tables, documents, entities, clock);
  }

  /**
   * Starts sharding of the entities and the loading of the tables. Once per actor system, after it
   * was created with {@link io.maitred.store.DatabaseSettings#overlay()} and the database was
   * opened; the cluster need not be joined yet.
   *
   * @param checks the same on every node
   */
  public static RoomStore start(
      ActorSystem<?> system, Database database, RoomStoreSettings settings, ConfigChecks checks) {
    return new RoomStore(system, database, settings, checks, InstantSource.system());
  }

  /** This node's view; the same object for ever. */
  public RoomTables tables() {
    return tables;
  }

  /** The keys of tickets, kept in the same place. */
  public KeyRingStore keyRing() {
    return keyRing;
  }

  /** Done when the tables have been filled for the first time; never fails. */
  public CompletionStage<Done> loaded() {
    return documents.loaded();
  }

  /**
   * Calls the listener for each room that is new, different or gone, after the change of the
   * tables, on any thread; it must return at once. Calls may come out of order: look into {@link
   * #tables()} for the present state.
   */
  public void onRoomChange(Consumer<RoomId> listener) {
    roomListeners.add(listener);
  }

  /** Like {@link #onRoomChange}, with the id of a zone of which anything has changed. */
  public void onZoneChange(Consumer<String> listener) {
    documents.onChange(
        document -> {
          if (document instanceof RoomDocument.OfZone ofZone) {
            listener.accept(ofZone.zone().id());
          }
        });
  }

  /**
   * Makes a change in a zone, once, and answers when it is durable; changes of a zone are made one
   * after the other.
   *
   * @return the zone after the change, perhaps with later ones, or why nothing was changed
   */
  public CompletionStage<ZoneDecision> change(String zone, ZoneChange change) {
    if (BodySize.of(change.body()) > MAX_BODY_BYTES) {
      return CompletableFuture.completedFuture(
          new ZoneDecision.Refused(
              List.of(
                  new Problem(
                      Problem.INVALID,
                      "the body must have at most " + MAX_BODY_BYTES + " bytes: invalid data",
                      ""))));
    }
    var id = UUID.randomUUID().toString();
    var deadline = clock.instant().plus(settings.store().writeTimeout());
    return entities
        .ask(
            ZoneEntity.TYPE_KEY,
            zone,
            (ActorRef<ZoneEntity.Decided> replyTo) ->
                new ZoneEntity.Change(id, change, deadline, replyTo))
        .thenCompose(decided -> settle(zone, decided));
  }

  private CompletionStage<ZoneDecision> settle(String zone, ZoneEntity.Decided decided) {
    if (decided.late()) {
      return CompletableFuture.failedFuture(TOO_LATE.asException());
    }
    if (!decided.problems().isEmpty()) {
      return CompletableFuture.completedFuture(new ZoneDecision.Refused(decided.problems()));
    }
    return documents
        .await(ZoneEntity.persistenceId(zone).id(), decided.revision())
        .<ZoneDecision>thenApply(done -> new ZoneDecision.Changed(tables.zone(zone)))
        .exceptionallyCompose(
            failure -> {
              LOG.warn("Zone {} was changed, but cannot be read back", zone, cause(failure));
              return CompletableFuture.failedFuture(entities.unavailable().asException());
            });
  }

  private static Throwable cause(Throwable failure) {
    var cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  private Mirror<RoomDocument> mirror() {
    return new Mirror<>() {
      @Override
      public long revision(String persistenceId) {
        return persistenceId.equals(KeyRingEntity.PERSISTENCE_ID.id())
            ? tables.ringRevision()
            : tables.zoneRevision(persistenceId.substring(persistenceId.indexOf('|') + 1));
      }

      @Override
      public boolean apply(RoomDocument document, long revision) {
        var changes = tables.apply(document, revision);
        changes.rooms().forEach(RoomStore.this::tellListeners);
        return changes.news();
      }
    };
  }

  /** A listener that throws must not take the entity down that wrote, nor keep others from news. */
  private void tellListeners(RoomId room) {
    for (var listener : roomListeners) {
      try {
        listener.accept(room);
      } catch (RuntimeException e) {
        LOG.error("A listener of waiting rooms failed", e);
      }
    }
  }
}
