package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import io.maitred.metrics.Metrics;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The workers of this node: one for each room, as rooms come and go. For any thread. */
public final class RoomWorkers {
  /** Rooms with meters of their own; visits to more are counted together. */
  private static final int MAX_METERED_ROOMS = 1_000;

  private static final String OTHER = "other";

  /** Starts the actor of a worker. */
  @FunctionalInterface
  interface Spawn {
    ActorRef<RoomReporter.Command> spawn(Behavior<RoomReporter.Command> behavior, String name);
  }

  /**
   * What all workers of a node have in common.
   *
   * @param node a name of this node that no other has at the same time
   * @param dataCenter name of this node's data center
   * @param rooms the rooms as they are configured now; null for one that is gone
   * @param refreshInterval how often a queue page asks again
   * @param random for identities of tickets: fit for secrets, and for any thread
   */
  public record Context(
      String node,
      String dataCenter,
      Function<RoomId, @Nullable Room> rooms,
      ShuffleRank ranks,
      Duration refreshInterval,
      DataCenterPort dataCenterPort,
      RandomGenerator random) {}

  private record Entry(
      RoomWorker worker, ActorRef<RoomReporter.Command> reporter, RoomMeters meters, Tags tags) {}

  private final Context context;
  private final Spawn spawn;
  private final MeterRegistry registry;
  private final RoomClocks clocks;
  private final ConcurrentHashMap<RoomId, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong incarnations = new AtomicLong();

  RoomWorkers(Context context, Spawn spawn, MeterRegistry registry, RoomClocks clocks) {
    this.context = context;
    this.spawn = spawn;
    this.registry = registry;
    this.clocks = clocks;
  }

  /**
   * Starts without rooms. Then each room that is known must be told by {@link #changed}, and again
   * whenever it changes or goes.
   */
  public static RoomWorkers start(ActorSystem<?> system, Context context) {
    var metrics = Metrics.get(system.classicSystem());
    var workers =
        new RoomWorkers(
            context,
            (behavior, name) -> system.systemActorOf(behavior, name, Props.empty()),
            metrics.registry(),
            RoomClocks.system());
    var gauges = new RoomGauges(metrics.registry());
    metrics.beforeScrape(() -> gauges.show(workers.shown()));
    return workers;
  }

  /** A room came, was changed, or is gone: begins, tells or ends its worker. */
  public void changed(RoomId id) {
    var ended =
        new Object() {
          @Nullable Entry entry;
        };
    entries.compute(
        id,
        (key, present) -> {
          var room = context.rooms().apply(id);
          if (room == null) {
            ended.entry = present;
            return null;
          }
          var entry = present == null ? begin(room) : present;
          entry.reporter().tell(new RoomReporter.Changed(room.version()));
          return entry;
        });
    if (ended.entry != null) {
      end(ended.entry);
    }
  }

  /** The worker of a room; null for a room that is not known here. */
  public @Nullable RoomWorker find(RoomId room) {
    var entry = entries.get(room);
    return entry == null ? null : entry.worker();
  }

  /** What this node knows of a room; null for a room that is not known here. */
  public @Nullable RoomFigures figures(RoomId room) {
    var entry = entries.get(room);
    return entry == null ? null : entry.worker().figures();
  }

  /** What this node knows of all rooms. */
  public Collection<RoomFigures> figures() {
    return entries.values().stream().map(entry -> entry.worker().figures()).toList();
  }

  /** What each room shows in the metrics. */
  List<RoomGauges.Shown> shown() {
    var shown = new ArrayList<RoomGauges.Shown>();
    entries.forEach(
        (id, entry) -> {
          var room = context.rooms().apply(id);
          if (room != null && !entry.tags().equals(otherTags())) {
            shown.add(
                new RoomGauges.Shown(
                    entry.tags(),
                    context.dataCenter(),
                    room.config(),
                    EffectiveConfig.of(room, entry.worker().now()).method(),
                    entry.worker().figures()));
          }
        });
    return shown;
  }

  private Entry begin(Room room) {
    long incarnation = incarnations.incrementAndGet();
    // a room keeps the name under which it came: a renamed one starts a new series with the node
    var tags =
        entries.size() < MAX_METERED_ROOMS
            ? Tags.of("room", room.id().value(), "name", room.config().name())
            : otherTags();
    var meters = new RoomMeters(registry, tags);
    var worker =
        new RoomWorker(
            room.id(),
            new WorkerId(context.node() + "-" + Long.toHexString(context.random().nextLong())),
            context.dataCenter(),
            context.ranks(),
            context.refreshInterval(),
            clocks,
            context.dataCenterPort(),
            context.random(),
            meters);
    var reporter =
        spawn.spawn(
            RoomReporter.create(worker, context.dataCenterPort(), context.random()),
            "room-reporter-" + room.id() + "-" + incarnation);
    return new Entry(worker, reporter, meters, tags);
  }

  private static void end(Entry entry) {
    entry.reporter().tell(RoomReporter.Stop.INSTANCE);
    if (!entry.tags().equals(otherTags())) {
      entry.meters().close();
    }
  }

  private static Tags otherTags() {
    return Tags.of("room", OTHER, "name", OTHER);
  }
}
