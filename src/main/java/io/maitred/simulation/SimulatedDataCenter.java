package io.maitred.simulation;

import io.maitred.waitingroom.model.DataCenterRoomState;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.ReportIntervals;
import io.maitred.waitingroom.model.RoomAnswer;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The room's aggregator in one data center, with its workers. */
final class SimulatedDataCenter {
  private static final Duration FRESH_RETRY = Duration.ofMillis(500);
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration BACKUP_EVERY = Duration.ofSeconds(5);

  private final EventQueue events;
  private final RandomGenerator random;
  private final String name;
  private final EffectiveConfig config;
  private final DataCenterRoomState state;
  private final NodeClock clock;
  private final SimulatedGlobal global;
  private final Link distance;
  private final List<SimulatedWorker> workers = new ArrayList<>();
  private Set<String> all = Set.of();
  private long backedUpAt;
  private long round;

  SimulatedDataCenter(
      EventQueue events,
      RandomGenerator random,
      String name,
      Scenario scenario,
      NodeClock clock,
      SimulatedGlobal global,
      Link distance) {
    this.events = events;
    this.random = random;
    this.name = name;
    this.config = scenario.limits().config();
    this.clock = clock;
    this.global = global;
    this.distance = distance;
    this.state = new DataCenterRoomState(name, events.now(), scenario.rules());
  }

  String name() {
    return name;
  }

  boolean isCutOff() {
    return distance.isCut();
  }

  Link distance() {
    return distance;
  }

  List<SimulatedWorker> workers() {
    return workers;
  }

  /** The cluster's members have become known. */
  void start(Collection<String> dataCenters) {
    all = Set.copyOf(dataCenters);
    membership();
    exchange();
    tick();
  }

  private void tick() {
    if (state.isReportDue(clock.now())) {
      exchange();
    }
    events.after(TICK, this::tick);
  }

  void add(SimulatedWorker worker) {
    workers.add(worker);
    if (!all.isEmpty()) {
      membership();
    }
  }

  private void membership() {
    state.expect(all, workers.size());
    var live = new TreeSet<WorkerId>();
    workers.forEach(worker -> live.add(worker.id()));
    state.live(live);
  }

  // ---- workers

  void hello(SimulatedWorker worker) {
    state.joined(worker.id(), clock.now());
    answer(worker);
  }

  void report(SimulatedWorker worker, WorkerReport report) {
    if (state.heard(report, clock.now())) {
      wakeWorkers();
      exchange();
    } else if (state.isReportDue(clock.now())) {
      exchange();
    }
    answer(worker);
  }

  private void answer(SimulatedWorker worker) {
    var allotment = state.allotment(worker.id(), config, clock.now());
    if (allotment != null) {
      var time = clock.now();
      var interval = ReportIntervals.jittered(state.workerInterval(), random);
      var epoch = Duration.ofMillis(state.epochMillis());
      worker.link().send(() -> worker.answered(allotment, time, interval, epoch));
    }
  }

  private void wakeWorkers() {
    for (var worker : workers) {
      worker.link().send(worker::woken);
    }
  }

  void draw(SimulatedWorker worker, Outcome.Draw draw, Consumer<Boolean> reply) {
    if (draw.pool() == Outcome.Pool.ANYWHERE) {
      long slots = state.anywhere(draw.epoch());
      distance.send(
          () -> {
            boolean granted = global.draw(draw.epoch(), slots);
            distance.send(() -> worker.link().send(() -> reply.accept(granted)));
          });
      return;
    }
    boolean granted = state.draw(worker.id(), draw.epoch(), draw.pool(), draw.spent(), clock.now());
    worker.link().send(() -> reply.accept(granted));
  }

  // ---- the global aggregator

  void woken() {
    if (state.woken(clock.now())) {
      wakeWorkers();
      exchange();
    }
  }

  /** Exchanges now, and then again and again until the room is silent. */
  private void exchange() {
    boolean withBackup =
        !state.isFresh()
            && !state.isSilent()
            && events.now() - backedUpAt >= BACKUP_EVERY.toMillis();
    var exchange = state.exchange(config, withBackup, clock.now());
    backedUpAt = withBackup ? events.now() : backedUpAt;
    distance.send(() -> global.exchange(this, exchange));
    var interval =
        state.isFresh()
            ? FRESH_RETRY
            : ReportIntervals.jittered(state.exchangeInterval(), random)
                .plusMillis(state.epochMillis() / 2);
    long present = ++round;
    events.after(
        interval,
        () -> {
          if (round == present && !state.isSilent()) {
            exchange();
          }
        });
  }

  void answered(RoomAnswer answer) {
    clock.hear(answer.roomTime());
    boolean wasFresh = state.isFresh();
    boolean isNew = state.answered(answer, config, clock.now());
    if (wasFresh && !state.isSilent()) {
      wakeWorkers();
    }
    if (isNew || wasFresh) {
      workers.forEach(this::answer);
    }
  }
}
