package io.maitred.simulation;

import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Outcome;
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

  private static final Duration HELLO_AGAIN = Duration.ofMillis(500);

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
  private boolean isAnswered;
  private long round;

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

  /** Says hello until it is answered. */
  void start() {
    if (!isAnswered) {
      link.send(() -> dataCenter.hello(this));
      events.after(HELLO_AGAIN.toMillis(), this::start);
    }
  }

  void woken() {
    if (isAnswered) {
      report();
    }
  }

  private void report() {
    var report = state.cut(clock.now());
    link.send(() -> dataCenter.report(this, report));
    reportAfter(PATIENCE);
  }

  private void reportAfter(Duration time) {
    long present = ++round;
    events.after(
        time.toMillis(),
        () -> {
          if (round == present && state.isActive()) {
            report();
          }
        });
  }

  void answered(Allotment allotment, Instant roomTime, Duration nextReport, Duration epoch) {
    isAnswered = true;
    clock.hear(roomTime);
    state.cutEvery(epoch);
    state.apply(allotment, clock.now());
    reportAfter(nextReport);
  }

  /** A request of a visitor; the reply may come later, when a counter had to be asked. */
  void visit(@Nullable Ticket ticket, Consumer<Outcome> reply) {
    var visit = new Visit(ticket, clock.now());
    boolean wasActive = state.isActive();
    decided(visit, state.visit(visit, config, random), reply);
    if (!wasActive && state.isActive() && isAnswered) {
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
