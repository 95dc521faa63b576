package io.maitred.simulation;

import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.RoomWorkerState;
import io.maitred.waitingroom.model.RoomWorkerState.Drawn;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.Visit;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The room's worker on one node. */
final class SimulatedWorker {
  private static final Duration DRAW_TIMEOUT = Duration.ofMillis(50);
  private static final Duration DRAW_ANYWHERE_TIMEOUT = Duration.ofMillis(250);

  /** How long a worker that was woken reports although it has seen nobody. */
  private static final Duration WAKEFUL = Duration.ofSeconds(20);

  private static final Duration HELLO_AGAIN = Duration.ofMillis(500);

  /** Reports come within this part of the interval after an epoch, each at its own time. */
  private static final double SPREAD = 0.25;

  private final EventQueue events;
  private final RandomGenerator random;
  private final WorkerId id;
  private final EffectiveConfig config;
  private final RoomWorkerState state;
  private final NodeClock clock;
  private final SimulatedDataCenter dataCenter;
  private final Link link;
  private long awakeUntil;
  private long sentEpoch;
  private long sentAt;
  private long round;
  private Duration interval = Duration.ofSeconds(1);
  private final double phase;

  SimulatedWorker(
      EventQueue events,
      RandomGenerator random,
      WorkerId id,
      EffectiveConfig config,
      NodeClock clock,
      SimulatedDataCenter dataCenter,
      Link link) {
    this.events = events;
    this.random = random;
    this.id = id;
    this.config = config;
    this.clock = clock;
    this.dataCenter = dataCenter;
    this.link = link;
    this.phase = random.nextDouble();
    this.state = new RoomWorkerState(id, dataCenter.name(), ShuffleRank.NONE);
  }

  WorkerId id() {
    return id;
  }

  Link link() {
    return link;
  }

  /** Says hello until it is answered. */
  void start() {
    if (state.allotment() == null) {
      link.send(() -> dataCenter.hello(this));
      events.after(HELLO_AGAIN, this::start);
    }
  }

  void woken() {
    awakeUntil = events.now() + WAKEFUL.toMillis();
    report();
  }

  private void report() {
    var report = state.cut(clock.now());
    sentEpoch = report.epoch();
    sentAt = events.now();
    link.send(() -> dataCenter.report(this, report));
    scheduleReport();
  }

  /** The next one comes a little after the next epoch, whether this one is answered or not. */
  private void scheduleReport() {
    long now = clock.now().toEpochMilli();
    long length = state.epochLength().toMillis();
    long begun = RoomTime.epoch(clock.now(), length);
    long due = begun > sentEpoch ? begun : begun + length;
    double late = interval.toMillis() * SPREAD * phase;
    double wait = Math.max(due + late - now, sentAt + interval.toMillis() - events.now());
    long present = ++round;
    events.after(
        Math.max(1, wait),
        () -> {
          if (round == present && (state.isActive() || events.now() < awakeUntil)) {
            report();
          }
        });
  }

  void answered(Allotment allotment, Instant roomTime, Duration nextInterval, Duration epoch) {
    clock.hear(roomTime);
    interval = nextInterval;
    state.cutEvery(epoch);
    state.apply(allotment, clock.now());
    scheduleReport();
  }

  /** A request of a visitor; the reply may come later, when a counter had to be asked. */
  void visit(@Nullable Ticket ticket, Consumer<Outcome> reply) {
    var visit = new Visit(ticket, clock.now());
    boolean wasActive = state.isActive();
    decided(visit, state.visit(visit, config, random), reply);
    if (!wasActive && state.isActive()) {
      report();
    }
  }

  private void decided(Visit visit, Outcome outcome, Consumer<Outcome> reply) {
    if (!(outcome instanceof Outcome.Draw draw)) {
      reply.accept(outcome);
      return;
    }
    var pending =
        new Object() {
          boolean isSettled;

          void settle(Drawn drawn) {
            if (!isSettled) {
              isSettled = true;
              decided(visit, state.settle(visit, config, draw, drawn, random), reply);
            }
          }
        };
    var timeout = draw.pool() == Outcome.Pool.ANYWHERE ? DRAW_ANYWHERE_TIMEOUT : DRAW_TIMEOUT;
    events.after(timeout, () -> pending.settle(Drawn.NONE));
    link.send(
        () ->
            dataCenter.draw(
                this, draw, granted -> pending.settle(granted ? Drawn.GRANTED : Drawn.REFUSED)));
  }
}
