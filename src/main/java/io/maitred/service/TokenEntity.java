package io.maitred.service;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityContext;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.state.javadsl.CommandHandlerWithReply;
import akka.persistence.typed.state.javadsl.ReplyEffect;
import io.maitred.common.CborSerializable;
import io.maitred.common.Refusal;
import io.maitred.service.model.StoredDocument;
import io.maitred.service.model.TokenChange;
import io.maitred.service.model.TokenDecider;
import io.maitred.service.model.TokenDecision;
import io.maitred.store.Announcer;
import io.maitred.store.DocumentEntity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * One token, in the home data center: the only place that decides its edits, one after the other.
 * The rules are in {@link TokenDecider}. A deleted token stays as a tombstone.
 *
 * <p>It leaves memory when nobody asks for a while, and at once when somebody asked for a token
 * that does not exist: names come from outside and have no bound.
 */
final class TokenEntity extends DocumentEntity<TokenEntity.Command, StoredDocument.Token> {

  static final EntityTypeKey<Command> TYPE_KEY = EntityTypeKey.create(Command.class, "Token");

  sealed interface Command extends CborSerializable {}

  /**
   * Answered with {@link Decided} when the outcome is durable. A caller that hears nothing sends
   * the same message again.
   *
   * @param id of this change, unique; the same when it is repeated
   * @param deadline when the caller gives up; a change that arrives later is not made
   */
  record Change(String id, TokenChange change, Instant deadline, ActorRef<Decided> replyTo)
      implements Command {}

  record Get(ActorRef<Found> replyTo) implements Command {}

  enum Idle implements Command {
    INSTANCE
  }

  enum Stop implements Command {
    INSTANCE
  }

  /**
   * @param revision of the document that the decision carries
   */
  record Decided(TokenDecision decision, long revision) implements CborSerializable {}

  /**
   * @param revision 0 when the token never existed
   */
  record Found(StoredDocument.Token token, long revision) implements CborSerializable {}

  private static final Refusal TOO_LATE =
      Refusal.of(503, "The change came too late to be made; nothing was changed.");

  private final TokenDecider decider;
  private final InstantSource clock;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final ActorRef<Command> self;

  static Behavior<Command> create(
      EntityContext<Command> entity,
      TokenDecider decider,
      Announcer<StoredDocument> announcer,
      InstantSource clock,
      Duration idle) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(idle, Idle.INSTANCE);
          return new TokenEntity(context, entity, decider, announcer, clock);
        });
  }

  static PersistenceId persistenceId(String name) {
    return PersistenceId.of(TYPE_KEY.name(), name);
  }

  private TokenEntity(
      ActorContext<Command> context,
      EntityContext<Command> entity,
      TokenDecider decider,
      Announcer<StoredDocument> announcer,
      InstantSource clock) {
    super(
        context,
        persistenceId(entity.getEntityId()),
        StoredDocuments.FAMILY.tag(),
        StoredDocument.Token.unknown(entity.getEntityId()),
        announcer);
    this.decider = decider;
    this.clock = clock;
    this.shard = entity.getShard();
    this.self = context.getSelf();
  }

  @Override
  public CommandHandlerWithReply<Command, StoredDocument.Token> commandHandler() {
    var commands = newCommandHandlerWithReplyBuilder();
    commands
        .forAnyState()
        .onCommand(Change.class, this::onChange)
        .onCommand(Get.class, this::onGet)
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Stop.class, (state, stop) -> Effect().none().thenStop().thenNoReply());
    return commands.build();
  }

  private ReplyEffect<StoredDocument.Token> onChange(StoredDocument.Token state, Change command) {
    var again = state.answerAgain(command.id());
    if (again.isPresent()) {
      return answer(command, again.get());
    }
    if (clock.instant().isAfter(command.deadline())) {
      return answer(command, new TokenDecision.Refused(TOO_LATE));
    }
    var decision = decider.decide(state.document(), command.change());
    if (decision instanceof TokenDecision.Stored stored) {
      return store(state.stored(command.id(), stored), command, decision);
    }
    if (decision instanceof TokenDecision.Removed && state.document() != null) {
      return store(state.removed(command.id()), command, decision);
    }
    return answer(command, decision);
  }

  private ReplyEffect<StoredDocument.Token> answer(Change command, TokenDecision decision) {
    return Effect().reply(command.replyTo(), new Decided(decision, revision()));
  }

  private ReplyEffect<StoredDocument.Token> store(
      StoredDocument.Token next, Change command, TokenDecision decision) {
    return Effect()
        .persist(next)
        .thenRun(this::announce)
        .thenReply(command.replyTo(), state -> new Decided(decision, revision()));
  }

  private ReplyEffect<StoredDocument.Token> onGet(StoredDocument.Token state, Get command) {
    if (state.document() == null) {
      passivate();
    }
    return Effect().reply(command.replyTo(), new Found(state, revision()));
  }

  private ReplyEffect<StoredDocument.Token> onIdle(StoredDocument.Token state, Idle command) {
    passivate();
    return Effect().noReply();
  }

  private void passivate() {
    shard.tell(new ClusterSharding.Passivate<>(self));
  }
}
