package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerReport;
import java.util.Comparator;
import java.util.List;

/** Knows the keepers of the other nodes of the data center; one per node. */
final class KeeperDirectory extends AbstractBehavior<KeeperDirectory.Command> {

  sealed interface Command {}

  record Keep(RoomId room, List<WorkerReport> backup) implements Command {}

  record Recover(RoomId room, ActorRef<RoomKeeper.Kept> replyTo) implements Command {}

  private record Listed(List<ActorRef<RoomKeeper.Command>> keepers) implements Command {}

  /** Other nodes that keep a back-up. */
  private static final int COPIES = 2;

  private final ActorRef<RoomKeeper.Command> own;
  private List<ActorRef<RoomKeeper.Command>> keepers = List.of();

  static Behavior<Command> create(String dataCenter, ActorRef<RoomKeeper.Command> own) {
    return Behaviors.setup(context -> new KeeperDirectory(context, dataCenter, own));
  }

  private KeeperDirectory(
      ActorContext<Command> context, String dataCenter, ActorRef<RoomKeeper.Command> own) {
    super(context);
    this.own = own;
    var key = RoomKeeper.key(dataCenter);
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.subscribe(
                key,
                context.messageAdapter(
                    Receptionist.Listing.class, listing -> listed(listing, key))));
  }

  private static Command listed(Receptionist.Listing listing, ServiceKey<RoomKeeper.Command> key) {
    return new Listed(
        listing.getServiceInstances(key).stream()
            .sorted(Comparator.comparing(ref -> ref.path().toString()))
            .toList());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Listed.class, this::onListed)
        .onMessage(Keep.class, this::onKeep)
        .onMessage(Recover.class, this::onRecover)
        .build();
  }

  private Behavior<Command> onListed(Listed listed) {
    keepers = listed.keepers();
    return this;
  }

  private Behavior<Command> onKeep(Keep keep) {
    var message = new RoomKeeper.Keep(keep.room(), keep.backup());
    keepers.stream()
        .filter(keeper -> !keeper.equals(own))
        .limit(COPIES)
        .forEach(keeper -> keeper.tell(message));
    return this;
  }

  private Behavior<Command> onRecover(Recover recover) {
    var message = new RoomKeeper.Recover(recover.room(), recover.replyTo());
    keepers.forEach(keeper -> keeper.tell(message));
    return this;
  }
}
