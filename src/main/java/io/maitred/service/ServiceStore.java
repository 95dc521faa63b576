package io.maitred.service;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import akka.japi.function.Function;
import akka.serialization.SerializationExtension;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.SourceToken;
import io.maitred.service.model.StoredDocument;
import io.maitred.service.model.TokenChange;
import io.maitred.service.model.TokenDecider;
import io.maitred.service.model.TokenDecision;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens and services as one node sees them: reads from {@link #tables()}, writes through the
 * entities in the home data center. One per node.
 *
 * <p>Who wrote through this object reads its own write in {@link #tables()} when the stage is
 * complete; other nodes of the data center have it soon after, other data centers after a poll.
 * When the database or the home data center is away, stages fail with a {@link
 * io.maitred.common.RefusedException} of status 503 after the time-outs of the settings. Stages
 * complete on a dispatcher thread, and must not be blocked on there.
 */
public final class ServiceStore {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceStore.class);

  /** Longer names cannot be stored. */
  private static final int MAX_NAME = 900;

  private final ServiceStoreSettings settings;
  private final InstantSource clock;
  private final ServiceTables tables = new ServiceTables();
  private final List<Consumer<StoredDocument>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Done> loaded = new CompletableFuture<>();
  private final ClusterSharding sharding;
  private final String home;
  private final boolean atHome;
  private final ActorRef<TableKeeper.Command> keeper;
  private final UnknownTokens unknownTokens;
  private final Descriptions descriptions;

  private ServiceStore(
      ActorSystem<?> system,
      Database database,
      ServiceStoreSettings settings,
      java.util.function.Function<ServiceTables, TokenDecider> rules,
      InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    var own = Cluster.get(system).selfMember().dataCenter();
    this.home = settings.homeDataCenter().orElse(own);
    this.atHome = home.equals(own);
    this.unknownTokens =
        new UnknownTokens(
            settings.unknownTokens(),
            settings.unknownTokenTtl(),
            settings.fetches(),
            System::nanoTime);
    this.descriptions = new Descriptions(System::nanoTime);
    var reader =
        new ChangeReader(
            database, SerializationExtension.get(system), tables, this::applyAndTellListeners);
    this.keeper =
        system.systemActorOf(
            TableKeeper.create(
                reader,
                this::applyAndTellListeners,
                system
                    .dispatchers()
                    .lookup(DispatcherSelector.fromConfig("maitred.database-dispatcher")),
                settings.pollInterval(),
                loaded),
            "service-tables",
            Props.empty());
    this.sharding = ClusterSharding.get(system);
    var decider = rules.apply(tables);
    sharding.init(
        Entity.of(
                TokenEntity.TYPE_KEY,
                entity ->
                    TokenEntity.create(
                        entity, decider, this::announce, clock, settings.entityIdle()))
            .withStopMessage(TokenEntity.Stop.INSTANCE)
            .withDataCenter(home));
    sharding.init(
        Entity.of(
                ServiceEntity.TYPE_KEY,
                entity -> ServiceEntity.create(entity, this::announce, settings.entityIdle()))
            .withStopMessage(ServiceEntity.Stop.INSTANCE)
            .withDataCenter(home));
  }

  /**
   * Starts sharding of the entities and the loading of the tables. Once per actor system, after it
   * was created with {@link io.maitred.service.store.DatabaseSettings#overlay()} and the database
   * was opened; the cluster need not be joined yet.
   *
   * @param rules makes the rules of token edits from the tables, in which they count an owner's
   *     tokens
   */
  public static ServiceStore start(
      ActorSystem<?> system,
      Database database,
      ServiceStoreSettings settings,
      java.util.function.Function<ServiceTables, TokenDecider> rules) {
    return new ServiceStore(system, database, settings, rules, InstantSource.system());
  }

  /** This node's view; the same object for ever. */
  public ServiceTables tables() {
    return tables;
  }

  /** Done when the tables have been filled for the first time; never fails. */
  public CompletionStage<Done> loaded() {
    return loaded.minimalCompletionStage();
  }

  /**
   * Calls the listener after each change of the tables, on any thread; it must return at once.
   * Calls for one document may come out of order: look into {@link #tables()} for the present
   * state.
   */
  public void onChange(Consumer<StoredDocument> listener) {
    listeners.add(listener);
  }

  /** Makes a change of a token, once, and answers when it is durable. */
  public CompletionStage<TokenDecision> change(TokenChange change) {
    if (change.token().isBlank()) {
      // the rules say the same, but nothing can be addressed by an empty name
      return CompletableFuture.failedFuture(
          Refusal.of(400, "Must provide the token").asException());
    }
    if (change.token().length() > MAX_NAME) {
      return CompletableFuture.failedFuture(
          Refusal.of(400, "Token name is too long (at most " + MAX_NAME + " characters)")
              .asException());
    }
    var id = UUID.randomUUID().toString();
    var deadline = clock.instant().plus(settings.writeTimeout());
    return ask(
            TokenEntity.TYPE_KEY,
            change.token(),
            (ActorRef<TokenEntity.Decided> replyTo) ->
                new TokenEntity.Change(id, change, deadline, replyTo))
        .thenApply(
            decided -> {
              apply(change.token(), decided);
              return decided.decision();
            });
  }

  private void apply(String name, TokenEntity.Decided decided) {
    var decision = decided.decision();
    if (decision instanceof TokenDecision.Stored stored) {
      applyToken(name, stored.document(), decided.revision());
    } else if (decision instanceof TokenDecision.Unchanged unchanged) {
      applyToken(name, unchanged.document(), decided.revision());
    } else if (decision instanceof TokenDecision.Removed) {
      applyToken(name, null, decided.revision());
    }
  }

  private void applyToken(String name, @Nullable TokenDocument document, long revision) {
    applyAndTellListeners(new StoredDocument.Token(name, document, List.of()), revision);
  }

  /**
   * The token of exactly this name, soft-deleted ones too. One that is not in the tables is looked
   * up where it would be written, so that a token just made elsewhere is found.
   */
  public CompletionStage<Optional<TokenDocument>> fetchToken(String name) {
    var known = tables.token(name);
    if (known != null || name.isBlank() || name.length() > MAX_NAME) {
      return CompletableFuture.completedFuture(Optional.ofNullable(known));
    }
    return unknownTokens.fetch(name, () -> fetchFromEntity(name));
  }

  private CompletionStage<Optional<TokenDocument>> fetchFromEntity(String name) {
    return refuseOnTimeout(
            sharding
                .entityRefFor(TokenEntity.TYPE_KEY, name, home)
                .ask(TokenEntity.Get::new, settings.fetchTimeout()))
        .thenApply(
            found -> {
              if (found.revision() > 0) {
                applyAndTellListeners(found.token(), found.revision());
              }
              return Optional.ofNullable(found.token().document());
            });
  }

  /**
   * Records that a request led to this service; at once when that is known already.
   *
   * @param reference the tokens that the request used, empty when it used headers alone
   */
  public CompletionStage<ServiceRecord> describe(
      ServiceId id, ServiceDescription core, List<SourceToken> reference) {
    var known = tables.service(id);
    if (known != null
        && (known.references().contains(reference) || descriptions.sent(id, reference))) {
      return CompletableFuture.completedFuture(known);
    }
    return descriptions.send(
        id,
        reference,
        () -> {
          var now = clock.instant();
          return record(
                  id,
                  (ActorRef<ServiceEntity.Recorded> replyTo) ->
                      new ServiceEntity.Describe(core, reference, now, replyTo))
              .thenApply(Optional::orElseThrow);
        });
  }

  /**
   * Overrides exactly these parameters; an empty map clears all.
   *
   * @return the record, or empty for an unknown service
   */
  public CompletionStage<Optional<ServiceRecord>> override(
      ServiceId id, Map<String, Object> parameters, String by, Instant now) {
    return record(
        id,
        (ActorRef<ServiceEntity.Recorded> replyTo) ->
            new ServiceEntity.OverrideParameters(parameters, by, now, replyTo));
  }

  /**
   * Suspends or resumes a service.
   *
   * @return the record, or empty for an unknown service
   */
  public CompletionStage<Optional<ServiceRecord>> suspend(
      ServiceId id, boolean suspended, String by, Instant now) {
    return record(
        id,
        (ActorRef<ServiceEntity.Recorded> replyTo) ->
            new ServiceEntity.Suspend(suspended, by, now, replyTo));
  }

  /** The service, looked up at its entity when the tables do not know it. */
  public CompletionStage<Optional<ServiceRecord>> fetchService(ServiceId id) {
    var known = tables.service(id);
    return known != null
        ? CompletableFuture.completedFuture(Optional.of(known))
        : record(id, ServiceEntity.Get::new);
  }

  private CompletionStage<Optional<ServiceRecord>> record(
      ServiceId id, Function<ActorRef<ServiceEntity.Recorded>, ServiceEntity.Command> message) {
    return ask(ServiceEntity.TYPE_KEY, id.value(), message)
        .thenApply(
            recorded -> {
              var stored = recorded.serviceRecord();
              if (stored != null) {
                applyAndTellListeners(new StoredDocument.Service(id, stored), recorded.revision());
              }
              return Optional.ofNullable(stored);
            });
  }

  /** Repeats the same message until it is answered or the time for a write is over. */
  private <C, R> CompletionStage<R> ask(
      EntityTypeKey<C> type, String entityId, Function<ActorRef<R>, C> message) {
    long deadline = System.nanoTime() + settings.writeTimeout().toNanos();
    return refuseOnTimeout(attempt(sharding.entityRefFor(type, entityId, home), message, deadline));
  }

  private <C, R> CompletionStage<R> attempt(
      EntityRef<C> entity, Function<ActorRef<R>, C> message, long deadline) {
    var left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    var wait = left.compareTo(settings.attemptTimeout()) < 0 ? left : settings.attemptTimeout();
    return entity
        .ask(message, wait)
        .exceptionallyCompose(
            failure ->
                unwrapped(failure) instanceof TimeoutException && System.nanoTime() < deadline
                    ? attempt(entity, message, deadline)
                    : CompletableFuture.failedFuture(failure));
  }

  private <R> CompletionStage<R> refuseOnTimeout(CompletionStage<R> answer) {
    return answer.exceptionallyCompose(
        failure ->
            CompletableFuture.failedFuture(
                unwrapped(failure) instanceof TimeoutException
                    ? unavailable().asException()
                    : unwrapped(failure)));
  }

  private Refusal unavailable() {
    return Refusal.of(
        503,
        atHome
            ? "The database is not available; the change was not confirmed."
            : "The home data center " + home + " is not available; the change was not confirmed.");
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? Objects.requireNonNull(failure.getCause())
        : failure;
  }

  /** What an entity of this node wrote: known here before its caller hears of it. */
  private void announce(StoredDocument document, long revision) {
    if (applyAndTellListeners(document, revision)) {
      keeper.tell(new TableKeeper.Publish(new TableKeeper.Announced(document, revision)));
    }
  }

  private boolean applyAndTellListeners(StoredDocument document, long revision) {
    boolean news = tables.apply(document, revision);
    if (news) {
      listeners.forEach(listener -> tell(listener, document));
    }
    return news;
  }

  /** A listener that throws must not take the entity down that wrote, nor keep others from news. */
  private static void tell(Consumer<StoredDocument> listener, StoredDocument document) {
    try {
      listener.accept(document);
    } catch (RuntimeException e) {
      LOG.error("A listener of the service store failed", e);
    }
  }
}
