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
import io.maitred.waitingroom.model.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node's memory of what rooms' workers in its data center counted: best effort, for the case that
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

  /** Asks for what is kept of a room; not answered when there is nothing. */
  record Recover(RoomId room, ActorRef<Kept> replyTo) implements Command {}

  private enum Sweep implements Command {
    INSTANCE
  }

  /** What was kept of a room. */
  record Kept(List<WorkerReport> backup) implements CborSerializable {
    Kept {
      backup = List.copyOf(backup);
    }
  }

  private record Entry(List<WorkerReport> backup, Instant at) {}

  private static final int MOST_ROOMS = 10_000;

  /** Longer than any cell counts. */
  private static final Duration KEPT = Duration.ofMinutes(35);

  private final Map<RoomId, Entry> entries = new LinkedHashMap<>();
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
    if (entry != null) {
      recover.replyTo().tell(new Kept(entry.backup()));
    }
    return this;
  }

  private Behavior<Command> onSweep() {
    var oldest = clock.instant().minus(KEPT);
    entries.values().removeIf(entry -> entry.at().isBefore(oldest));
    return this;
  }
}
