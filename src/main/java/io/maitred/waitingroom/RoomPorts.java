package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.RecipientRef;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.Room;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the aggregators of one room need of the system: sharding and membership in production,
 * probes in tests.
 *
 * @param dataCenter the node's own
 * @param rooms this node's view of the configurations; null for a room that is not
 * @param cluster who takes part, as the membership has it now
 * @param global the room's one aggregator in the world
 * @param keepers other nodes' memory of this data center's counts
 * @param wake tells a room's aggregator in a data center that the room is not silent
 * @param passivate ends an entity of a data center, until it is sent something
 * @param passivateGlobal likewise
 * @param wall the node's clock
 * @param monotonic its monotonic clock, in nanoseconds
 */
record RoomPorts(
    String dataCenter,
    Function<RoomId, @Nullable Room> rooms,
    Supplier<Participants> cluster,
    RecipientRef<GlobalRoom.Command> global,
    Keepers keepers,
    BiConsumer<RoomId, String> wake,
    Consumer<ActorRef<DataCenterRoom.Command>> passivate,
    Consumer<ActorRef<GlobalRoom.Command>> passivateGlobal,
    InstantSource wall,
    LongSupplier monotonic,
    RandomGenerator random) {

  /**
   * Who may take part in a room.
   *
   * @param dataCenters of the world
   * @param workersHere nodes of the own data center
   */
  record Participants(SortedSet<String> dataCenters, int workersHere) {
    Participants {
      dataCenters = new TreeSet<>(dataCenters);
    }
  }

  /** Nodes that keep counts for the next incarnation of a data center's aggregator. */
  interface Keepers {
    /** Hands counts to some other nodes, without an answer. */
    void keep(RoomId room, List<WorkerReport> backup);

    /** Asks all other nodes; those that kept something answer. */
    void recover(RoomId room, ActorRef<RoomKeeper.Kept> replyTo);
  }

  Participants participants() {
    return cluster.get();
  }

  Instant wallClock() {
    return wall.instant();
  }

  long nanos() {
    return monotonic.getAsLong();
  }
}
