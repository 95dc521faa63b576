package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityContext;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.typed.Cluster;
import io.maitred.waitingroom.RoomPorts.Participants;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.Room;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts the aggregators of rooms on a node: {@link DataCenterRoom} of its data center, {@link
 * GlobalRoom} in the home data center, and the node's {@link RoomKeeper}; and hands the node's
 * workers' messages to them. Once per actor system.
 */
public final class RoomAggregators implements DataCenterPort {
  private final ClusterSharding sharding;
  private final Cluster cluster;
  private final String dataCenter;
  private final String home;
  private final RoomSettings settings;
  private final Function<RoomId, @Nullable Room> rooms;
  private final Keepers keepers;
  private final ActorRef<RoomKeeper.Command> keeper;
  private final SecureRandom random = new SecureRandom();
  private final Set<String> reachable = ConcurrentHashMap.newKeySet();

  private RoomAggregators(
      ActorSystem<?> system, RoomSettings settings, Function<RoomId, @Nullable Room> rooms) {
    this.sharding = ClusterSharding.get(system);
    this.cluster = Cluster.get(system);
    this.dataCenter = cluster.selfMember().dataCenter();
    this.home = settings.homeDataCenter().orElse(dataCenter);
    this.settings = settings;
    this.rooms = rooms;
    this.keeper =
        system.systemActorOf(
            RoomKeeper.create(dataCenter, InstantSource.system()), "room-keeper", Props.empty());
    var directory =
        system.systemActorOf(
            KeeperDirectory.create(dataCenter, keeper), "room-keepers", Props.empty());
    this.keepers = new Keepers(directory);
    sharding.init(
        Entity.of(DataCenterRoom.TYPE_KEY, this::dataCenterRoom)
            .withStopMessage(DataCenterRoom.Stop.INSTANCE));
    sharding.init(
        Entity.of(GlobalRoom.TYPE_KEY, this::globalRoom)
            .withStopMessage(GlobalRoom.Stop.INSTANCE)
            .withDataCenter(home));
    reachable.add(dataCenter);
  }

  /**
   * Starts them; the cluster need not be joined yet.
   *
   * @param rooms this node's view of the rooms' configurations, called on any thread
   */
  public static RoomAggregators start(
      ActorSystem<?> system, RoomSettings settings, Function<RoomId, @Nullable Room> rooms) {
    return new RoomAggregators(system, settings, rooms);
  }

  @Override
  public void hello(RoomId room, WorkerId worker, ActorRef<RoomReporter.Command> reporter) {
    keeper.tell(new RoomKeeper.Register(room, new RoomKeeper.Known(worker, reporter)));
    here(room).tell(new DataCenterRoom.Hello(worker, reporter));
  }

  @Override
  public void report(RoomId room, WorkerReport report, ActorRef<RoomReporter.Command> reporter) {
    here(room).tell(new DataCenterRoom.Report(report, reporter));
  }

  @Override
  public CompletionStage<Boolean> draw(
      RoomId room, WorkerId worker, Outcome.Draw draw, Duration timeout) {
    return here(room)
        .ask(
            replyTo ->
                new DataCenterRoom.Draw(worker, draw.epoch(), draw.pool(), draw.spent(), replyTo),
            timeout);
  }

  private EntityRef<DataCenterRoom.Command> here(RoomId room) {
    return sharding.entityRefFor(DataCenterRoom.TYPE_KEY, room.value());
  }

  private Behavior<DataCenterRoom.Command> dataCenterRoom(
      EntityContext<DataCenterRoom.Command> entity) {
    var id = new RoomId(entity.getEntityId());
    return DataCenterRoom.create(
        id,
        ports(id, ref -> entity.getShard().tell(new ClusterSharding.Passivate<>(ref)), ref -> {}),
        settings);
  }

  private Behavior<GlobalRoom.Command> globalRoom(EntityContext<GlobalRoom.Command> entity) {
    var id = new RoomId(entity.getEntityId());
    return GlobalRoom.create(
        id,
        ports(id, ref -> {}, ref -> entity.getShard().tell(new ClusterSharding.Passivate<>(ref))),
        settings);
  }

  private RoomPorts ports(
      RoomId id,
      Consumer<ActorRef<DataCenterRoom.Command>> passivate,
      Consumer<ActorRef<GlobalRoom.Command>> passivateGlobal) {
    return new RoomPorts(
        dataCenter,
        rooms,
        this::participants,
        sharding.entityRefFor(GlobalRoom.TYPE_KEY, id.value(), home),
        keepers,
        this::wake,
        passivate,
        passivateGlobal,
        InstantSource.system(),
        System::nanoTime,
        random);
  }

  private Participants participants() {
    var names = new TreeSet<>(settings.dataCenters());
    names.add(dataCenter);
    int here = 0;
    for (var member : cluster.state().getMembers()) {
      names.add(member.dataCenter());
      here += member.dataCenter().equals(dataCenter) ? 1 : 0;
    }
    return new Participants(
        names, settings.expectedWorkers() > 0 ? settings.expectedWorkers() : Math.max(1, here));
  }

  private void wake(RoomId room, String name) {
    if (reachable.add(name)) {
      sharding.init(
          Entity.of(DataCenterRoom.TYPE_KEY, this::dataCenterRoom)
              .withStopMessage(DataCenterRoom.Stop.INSTANCE)
              .withDataCenter(name));
    }
    sharding
        .entityRefFor(DataCenterRoom.TYPE_KEY, room.value(), name)
        .tell(DataCenterRoom.Wake.INSTANCE);
  }

  /** Through the directory, which knows the other nodes. */
  private record Keepers(ActorRef<KeeperDirectory.Command> directory) implements RoomPorts.Keepers {

    @Override
    public void keep(RoomId room, List<WorkerReport> backup) {
      directory.tell(new KeeperDirectory.Keep(room, backup));
    }

    @Override
    public void recover(RoomId room, ActorRef<RoomKeeper.Kept> replyTo) {
      directory.tell(new KeeperDirectory.Recover(room, replyTo));
    }
  }
}
