package io.maitred.simulation;

import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.ReportIntervals;
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

  /** How long the answer to a report is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final EventQueue events;
  private final RandomGenerator random;
  private final WorkerId id;
  private final EffectiveConfig config;
  private final RoomWorkerState state;
  private final NodeClock clock;
  private final SimulatedDataCenter dataCenter;
  private final Link link;
  private Duration interval = Duration.ofSeconds(1);
  private long askedAt = Long.MIN_VALUE;
  private boolean isKnown;

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
    this.state = new RoomWorkerState(id, dataCenter.name(), ShuffleRank.NONE);
  }

  WorkerId id() {
    return id;
  }

  Link link() {
    return link;
  }

  void start() {
    sayHello();
    scheduleReport();
  }

  private void sayHello() {
    if (!isKnown) {
      link.send(() -> dataCenter.hello(this));
      events.after(1_000, this::sayHello);
    }
  }

  private void scheduleReport() {
    events.after(
        ReportIntervals.jittered(interval, random).toMillis(),
        () -> {
          if (state.isActive()) {
            report();
          }
          scheduleReport();
        });
  }

  private void report() {
    if (askedAt != Long.MIN_VALUE && events.now() - askedAt < PATIENCE.toMillis()) {
      return;
    }
    askedAt = events.now();
    var report = state.cut(clock.now());
    link.send(() -> dataCenter.report(this, report));
  }

  void woken() {
    report();
  }

  void answered(
      @Nullable Allotment allotment, Instant roomTime, Duration nextInterval, Duration epoch) {
    askedAt = Long.MIN_VALUE;
    clock.hear(roomTime);
    interval = nextInterval;
    state.cutEvery(epoch);
    if (allotment != null) {
      isKnown = true;
      state.apply(allotment, clock.now());
    }
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
    var timeout =
        draw.pool() == Outcome.Pool.ANYWHERE ? DRAW_ANYWHERE_TIMEOUT : DRAW_TIMEOUT;
    events.after(timeout.toMillis(), () -> pending.settle(Drawn.NONE));
    link.send(
        () ->
            dataCenter.draw(
                this,
                draw,
                granted -> pending.settle(granted ? Drawn.GRANTED : Drawn.REFUSED)));
  }
}
