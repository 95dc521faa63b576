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
import io.maitred.common.ServiceId;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.SourceToken;
import io.maitred.service.model.StoredDocument;
import io.maitred.store.Announcer;
import io.maitred.store.DocumentEntity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of one service, in the home data center. Every command may be repeated: one that
 * changes nothing is answered without a write. The rules are in {@link ServiceRecord}.
 */
final class ServiceEntity extends DocumentEntity<ServiceEntity.Command, StoredDocument.Service> {

  static final EntityTypeKey<Command> TYPE_KEY = EntityTypeKey.create(Command.class, "Service");

  sealed interface Command extends CborSerializable {}

  /**
   * A request led to this service.
   *
   * @param reference the tokens that it used, empty when it used headers alone
   */
  record Describe(
      ServiceDescription core, List<SourceToken> reference, Instant now, ActorRef<Recorded> replyTo)
      implements Command {}

  /**
   * @param parameters all overridden parameters; empty clears them
   */
  record OverrideParameters(
      Map<String, Object> parameters, String by, Instant now, ActorRef<Recorded> replyTo)
      implements Command {}

  record Suspend(boolean suspended, String by, Instant now, ActorRef<Recorded> replyTo)
      implements Command {}

  record Get(ActorRef<Recorded> replyTo) implements Command {}

  enum Idle implements Command {
    INSTANCE
  }

  enum Stop implements Command {
    INSTANCE
  }

  /**
   * What is stored now.
   *
   * @param serviceRecord null when the service was never described
   */
  record Recorded(@Nullable ServiceRecord serviceRecord, long revision)
      implements CborSerializable {}

  private final ServiceId id;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final ActorRef<Command> self;

  static Behavior<Command> create(
      EntityContext<Command> entity, Announcer<StoredDocument> announcer, Duration idle) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(idle, Idle.INSTANCE);
          return new ServiceEntity(context, entity, announcer);
        });
  }

  static PersistenceId persistenceId(ServiceId id) {
    return PersistenceId.of(TYPE_KEY.name(), id.value());
  }

  private ServiceEntity(
      ActorContext<Command> context,
      EntityContext<Command> entity,
      Announcer<StoredDocument> announcer) {
    super(
        context,
        persistenceId(new ServiceId(entity.getEntityId())),
        StoredDocuments.FAMILY.tag(),
        StoredDocument.Service.unknown(new ServiceId(entity.getEntityId())),
        announcer);
    this.id = new ServiceId(entity.getEntityId());
    this.shard = entity.getShard();
    this.self = context.getSelf();
  }

  @Override
  public CommandHandlerWithReply<Command, StoredDocument.Service> commandHandler() {
    var commands = newCommandHandlerWithReplyBuilder();
    commands
        .forAnyState()
        .onCommand(Describe.class, this::onDescribe)
        .onCommand(OverrideParameters.class, this::onOverride)
        .onCommand(Suspend.class, this::onSuspend)
        .onCommand(Get.class, this::onGet)
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Stop.class, (state, stop) -> Effect().none().thenStop().thenNoReply());
    return commands.build();
  }

  private ReplyEffect<StoredDocument.Service> onDescribe(
      StoredDocument.Service state, Describe command) {
    var present = state.serviceRecord();
    var next =
        present == null
            ? ServiceRecord.described(id, command.core(), command.reference(), command.now())
            : present.withReference(command.reference());
    return become(state, next, command.replyTo());
  }

  private ReplyEffect<StoredDocument.Service> onOverride(
      StoredDocument.Service state, OverrideParameters command) {
    var present = state.serviceRecord();
    var next =
        present == null
            ? null
            : present.withOverrides(command.parameters(), command.by(), command.now());
    return become(state, next, command.replyTo());
  }

  private ReplyEffect<StoredDocument.Service> onSuspend(
      StoredDocument.Service state, Suspend command) {
    var present = state.serviceRecord();
    var next =
        present == null
            ? null
            : present.withSuspension(command.suspended(), command.by(), command.now());
    return become(state, next, command.replyTo());
  }

  private ReplyEffect<StoredDocument.Service> onGet(StoredDocument.Service state, Get command) {
    return become(state, state.serviceRecord(), command.replyTo());
  }

  @SuppressWarnings("ReferenceEquality") // the rules return the same record when nothing changes
  private ReplyEffect<StoredDocument.Service> become(
      StoredDocument.Service state, @Nullable ServiceRecord next, ActorRef<Recorded> replyTo) {
    if (next == state.serviceRecord()) {
      if (next == null) {
        passivate();
      }
      return Effect().reply(replyTo, new Recorded(next, revision()));
    }
    return Effect()
        .persist(new StoredDocument.Service(id, next))
        .thenRun(this::announce)
        .thenReply(replyTo, stored -> new Recorded(stored.serviceRecord(), revision()));
  }

  private ReplyEffect<StoredDocument.Service> onIdle(StoredDocument.Service state, Idle command) {
    passivate();
    return Effect().noReply();
  }

  private void passivate() {
    shard.tell(new ClusterSharding.Passivate<>(self));
  }
}
