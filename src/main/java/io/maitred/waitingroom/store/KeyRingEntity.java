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
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RingKey;
import java.time.Duration;

/**
 * The ring of ticket keys, in the home data center. Every command may be repeated, and of several
 * nodes that want a new key at once one is heard: all get the same ring. The rules are in {@link
 * KeyRing}.
 */
final class KeyRingEntity extends DocumentEntity<KeyRingEntity.Command, RoomDocument.Ring> {

  static final EntityTypeKey<Command> TYPE_KEY = EntityTypeKey.create(Command.class, "RoomKeyRing");

  /** There is one ring. */
  static final String ID = "tickets";

  static final PersistenceId PERSISTENCE_ID = PersistenceId.of(TYPE_KEY.name(), ID);

  sealed interface Command extends CborSerializable {}

  /**
   * @param newestSeen id of the newest key when this one was made, -1 for none; when it is another
   *     one by now, nothing is changed
   */
  record Add(RingKey key, int newestSeen, ActorRef<Present> replyTo) implements Command {}

  record Retire(int keyId, ActorRef<Present> replyTo) implements Command {}

  enum Idle implements Command {
    INSTANCE
  }

  enum Stop implements Command {
    INSTANCE
  }

  /** What is stored now. */
  record Present(RoomDocument.Ring ring, long revision) implements CborSerializable {}

  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final ActorRef<Command> self;

  static Behavior<Command> create(
      EntityContext<Command> entity, Announcer<RoomDocument> announcer, Duration idle) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(idle, Idle.INSTANCE);
          return new KeyRingEntity(context, entity, announcer);
        });
  }

  private KeyRingEntity(
      ActorContext<Command> context,
      EntityContext<Command> entity,
      Announcer<RoomDocument> announcer) {
    super(
        context,
        PersistenceId.of(TYPE_KEY.name(), entity.getEntityId()),
        RoomDocument.FAMILY.tag(),
        RoomDocument.Ring.empty(),
        announcer);
    this.shard = entity.getShard();
    this.self = context.getSelf();
  }

  @Override
  public CommandHandlerWithReply<Command, RoomDocument.Ring> commandHandler() {
    var commands = newCommandHandlerWithReplyBuilder();
    commands
        .forAnyState()
        .onCommand(Add.class, this::onAdd)
        .onCommand(Retire.class, this::onRetire)
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Stop.class, (state, stop) -> Effect().none().thenStop().thenNoReply());
    return commands.build();
  }

  private ReplyEffect<RoomDocument.Ring> onAdd(RoomDocument.Ring state, Add command) {
    return become(
        state, state.ring().adding(command.key(), command.newestSeen()), command.replyTo());
  }

  private ReplyEffect<RoomDocument.Ring> onRetire(RoomDocument.Ring state, Retire command) {
    return become(state, state.ring().retiring(command.keyId()), command.replyTo());
  }

  private ReplyEffect<RoomDocument.Ring> become(
      RoomDocument.Ring state, KeyRing next, ActorRef<Present> replyTo) {
    if (next.equals(state.ring())) {
      return Effect().reply(replyTo, new Present(state, revision()));
    }
    return Effect()
        .persist(new RoomDocument.Ring(next))
        .thenRun(this::announce)
        .thenReply(replyTo, stored -> new Present(stored, revision()));
  }

  private ReplyEffect<RoomDocument.Ring> onIdle(RoomDocument.Ring state, Idle command) {
    shard.tell(new ClusterSharding.Passivate<>(self));
    return Effect().noReply();
  }
}
