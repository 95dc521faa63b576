package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import io.maitred.common.CborSerializable;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node's memory for the aggregators of its data center, which keep nothing themselves: the node's
 * own workers, and what workers of any node counted. The latter is a best effort, for the case that
 * a node dies with an aggregator and a worker at once (contract waiting room 17.2). One per node.
 */
public final class RoomKeeper extends AbstractBehavior<RoomKeeper.Command> {

  sealed interface Command extends CborSerializable {}

  /** Keeps a back-up in place of the room's last. */
  record Keep(RoomId room, List<WorkerReport> backup) implements Command {
    Keep {
      backup = List.copyOf(backup);
    }
  }

  /** Asks for what is known of a room; not answered when there is nothing. */
  record Recover(RoomId room, ActorRef<Kept> replyTo) implements Command {}

  /** This node's worker of a room; kept until its reporting actor ends. */
  record Register(RoomId room, Known worker) implements Command {}

  private record Gone(RoomId room, Known worker) implements Command {}

  private enum Sweep implements Command {
    INSTANCE
  }

  /** A worker and who reports for it. */
  record Known(WorkerId id, ActorRef<RoomReporter.Command> reporter) {}

  /**
   * What is known of a room.
   *
   * @param backup what workers of any node counted
   * @param workers of this node
   */
  record Kept(List<WorkerReport> backup, List<Known> workers) implements CborSerializable {
    Kept {
      backup = List.copyOf(backup);
      workers = List.copyOf(workers);
    }
  }

  private record Entry(List<WorkerReport> backup, Instant at) {}

  private static final int MOST_ROOMS = 10_000;

  /** Longer than any cell counts. */
  private static final Duration KEPT = Duration.ofMinutes(35);

  private final Map<RoomId, Entry> entries = new LinkedHashMap<>();
  private final Map<RoomId, Known> workers = new HashMap<>();
  private final InstantSource clock;

  /** Under which the keepers of a data center find each other. */
  static ServiceKey<Command> key(String dataCenter) {
    return ServiceKey.create(Command.class, "room-keeper-" + dataCenter);
  }

  static Behavior<Command> create(String dataCenter, InstantSource clock) {
    return Behaviors.setup(
        context -> {
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.register(key(dataCenter), context.getSelf()));
          return Behaviors.withTimers(timers -> new RoomKeeper(context, timers, clock));
        });
  }

  private RoomKeeper(
      ActorContext<Command> context, TimerScheduler<Command> timers, InstantSource clock) {
    super(context);
    this.clock = clock;
    timers.startTimerWithFixedDelay(Sweep.INSTANCE, Duration.ofMinutes(1));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Keep.class, this::onKeep)
        .onMessage(Recover.class, this::onRecover)
        .onMessage(Register.class, this::onRegister)
        .onMessage(Gone.class, this::onGone)
        .onMessageEquals(Sweep.INSTANCE, this::onSweep)
        .build();
  }

  private Behavior<Command> onKeep(Keep keep) {
    entries.remove(keep.room());
    entries.put(keep.room(), new Entry(keep.backup(), clock.instant()));
    if (entries.size() > MOST_ROOMS) {
      entries.remove(entries.keySet().iterator().next());
    }
    return this;
  }

  private Behavior<Command> onRecover(Recover recover) {
    var entry = entries.get(recover.room());
    var worker = workers.get(recover.room());
    if (entry != null || worker != null) {
      recover
          .replyTo()
          .tell(
              new Kept(
                  entry == null ? List.of() : entry.backup(),
                  worker == null ? List.of() : List.of(worker)));
    }
    return this;
  }

  private Behavior<Command> onRegister(Register register) {
    var worker = register.worker();
    if (!worker.equals(workers.put(register.room(), worker))) {
      getContext().watchWith(worker.reporter(), new Gone(register.room(), worker));
    }
    return this;
  }

  private Behavior<Command> onGone(Gone gone) {
    workers.remove(gone.room(), gone.worker());
    return this;
  }

  private Behavior<Command> onSweep() {
    var oldest = clock.instant().minus(KEPT);
    entries.values().removeIf(entry -> entry.at().isBefore(oldest));
    return this;
  }
}
