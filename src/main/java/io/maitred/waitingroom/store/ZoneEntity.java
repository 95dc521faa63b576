package io.maitred.waitingroom.store;

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
import io.maitred.store.Announcer;
import io.maitred.store.DocumentEntity;
import io.maitred.waitingroom.model.config.Problem;
import io.maitred.waitingroom.model.config.ZoneChange;
import io.maitred.waitingroom.model.config.ZoneDecision;
import io.maitred.waitingroom.model.config.ZoneRules;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * One zone with all its rooms, in the home data center: the only place that decides its changes,
 * one after the other. Names and routes are unique in a zone, so a zone is what must be written as
 * one. The rules are in {@link ZoneRules}.
 */
final class ZoneEntity extends DocumentEntity<ZoneEntity.Command, RoomDocument.OfZone> {

  static final EntityTypeKey<Command> TYPE_KEY = EntityTypeKey.create(Command.class, "RoomZone");

  sealed interface Command extends CborSerializable {}

  /**
   * Answered with {@link Decided} when the outcome is durable. A caller that hears nothing sends
   * the same message again.
   *
   * @param id of this change, unique; the same when it is repeated
   * @param deadline when the caller gives up; a change that arrives later is not made
   */
  record Change(String id, ZoneChange change, Instant deadline, ActorRef<Decided> replyTo)
      implements Command {}

  enum Idle implements Command {
    INSTANCE
  }

  enum Stop implements Command {
    INSTANCE
  }

  /**
   * The document itself may be too large for an answer.
   *
   * @param late whether the change came after its deadline and was not made
   * @param problems why the change was not made; empty: it was made
   * @param revision of the document that contains it
   */
  record Decided(boolean late, List<Problem> problems, long revision) implements CborSerializable {
    Decided {
      problems = List.copyOf(problems);
    }
  }

  private final ZoneRules rules;
  private final InstantSource clock;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final ActorRef<Command> self;

  static Behavior<Command> create(
      EntityContext<Command> entity,
      ZoneRules rules,
      Announcer<RoomDocument> announcer,
      InstantSource clock,
      Duration idle) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(idle, Idle.INSTANCE);
          return new ZoneEntity(context, entity, rules, announcer, clock);
        });
  }

  static PersistenceId persistenceId(String zone) {
    return PersistenceId.of(TYPE_KEY.name(), zone);
  }

  private ZoneEntity(
      ActorContext<Command> context,
      EntityContext<Command> entity,
      ZoneRules rules,
      Announcer<RoomDocument> announcer,
      InstantSource clock) {
    super(
        context,
        persistenceId(entity.getEntityId()),
        RoomDocument.FAMILY.tag(),
        RoomDocument.OfZone.unknown(entity.getEntityId()),
        announcer);
    this.rules = rules;
    this.clock = clock;
    this.shard = entity.getShard();
    this.self = context.getSelf();
  }

  @Override
  public CommandHandlerWithReply<Command, RoomDocument.OfZone> commandHandler() {
    var commands = newCommandHandlerWithReplyBuilder();
    commands
        .forAnyState()
        .onCommand(Change.class, this::onChange)
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Stop.class, (state, stop) -> Effect().none().thenStop().thenNoReply());
    return commands.build();
  }

  private ReplyEffect<RoomDocument.OfZone> onChange(RoomDocument.OfZone state, Change command) {
    if (state.recent().contains(command.id())) {
      return answer(command, false, List.of());
    }
    if (clock.instant().isAfter(command.deadline())) {
      return answer(command, true, List.of());
    }
    var decision = rules.decide(state.zone(), command.change());
    if (decision instanceof ZoneDecision.Refused refused) {
      return answer(command, false, refused.problems());
    }
    var next = ((ZoneDecision.Changed) decision).zone();
    if (next.equals(state.zone())) {
      return answer(command, false, List.of());
    }
    return Effect()
        .persist(state.changed(command.id(), next))
        .thenRun(this::announce)
        .thenReply(command.replyTo(), stored -> new Decided(false, List.of(), revision()));
  }

  private ReplyEffect<RoomDocument.OfZone> answer(
      Change command, boolean late, List<Problem> problems) {
    if (revision() == 0) {
      // ids of zones may come from outside and then have no bound
      passivate();
    }
    return Effect().reply(command.replyTo(), new Decided(late, problems, revision()));
  }

  private ReplyEffect<RoomDocument.OfZone> onIdle(RoomDocument.OfZone state, Idle command) {
    passivate();
    return Effect().noReply();
  }

  private void passivate() {
    shard.tell(new ClusterSharding.Passivate<>(self));
  }
}
