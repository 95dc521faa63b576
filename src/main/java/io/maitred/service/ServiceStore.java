package io.maitred.service;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.japi.function.Function;
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
import io.maitred.store.Database;
import io.maitred.store.Documents;
import io.maitred.store.HomeEntities;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  /** Longer names cannot be stored. */
  private static final int MAX_NAME = 900;

  private final ServiceStoreSettings settings;
  private final InstantSource clock;
  private final ServiceTables tables = new ServiceTables();
  private final Documents<StoredDocument> documents;
  private final HomeEntities entities;
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
    this.unknownTokens =
        new UnknownTokens(
            settings.unknownTokens(),
            settings.unknownTokenTtl(),
            settings.fetches(),
            System::nanoTime);
    this.descriptions = new Descriptions(System::nanoTime);
    this.documents =
        Documents.start(
            system,
            database,
            StoredDocuments.FAMILY,
            StoredDocuments.mirror(tables),
            settings.store().pollInterval());
    this.entities = new HomeEntities(system, settings.store());
    var decider = rules.apply(tables);
    var idle = settings.store().entityIdle();
    entities.init(
        Entity.of(
                TokenEntity.TYPE_KEY,
                entity -> TokenEntity.create(entity, decider, documents::announce, clock, idle))
            .withStopMessage(TokenEntity.Stop.INSTANCE));
    entities.init(
        Entity.of(
                ServiceEntity.TYPE_KEY,
                entity -> ServiceEntity.create(entity, documents::announce, idle))
            .withStopMessage(ServiceEntity.Stop.INSTANCE));
  }

  /**
   * Starts sharding of the entities and the loading of the tables. Once per actor system, after it
   * was created with {@link io.maitred.store.DatabaseSettings#overlay()} and the database was
   * opened; the cluster need not be joined yet.
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
    return documents.loaded();
  }

  /**
   * Calls the listener after each change of the tables, on any thread; it must return at once.
   * Calls for one document may come out of order: look into {@link #tables()} for the present
   * state.
   */
  public void onChange(Consumer<StoredDocument> listener) {
    documents.onChange(listener);
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
    var deadline = clock.instant().plus(settings.store().writeTimeout());
    return entities
        .ask(
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
    documents.apply(new StoredDocument.Token(name, document, List.of()), revision);
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
    return entities
        .askOnce(TokenEntity.TYPE_KEY, name, TokenEntity.Get::new, settings.fetchTimeout())
        .thenApply(
            found -> {
              if (found.revision() > 0) {
                documents.apply(found.token(), found.revision());
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
    return entities
        .ask(ServiceEntity.TYPE_KEY, id.value(), message)
        .thenApply(
            recorded -> {
              var stored = recorded.serviceRecord();
              if (stored != null) {
                documents.apply(new StoredDocument.Service(id, stored), recorded.revision());
              }
              return Optional.ofNullable(stored);
            });
  }
}
