package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.maitred.common.CborSerializable;
import io.maitred.waitingroom.model.DataCenterRoomState;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.ReportIntervals;
import io.maitred.waitingroom.model.Retention;
import io.maitred.waitingroom.model.RoomAnswer;
import io.maitred.waitingroom.model.RoomClock;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One room's aggregator of a data center: hears its workers, exchanges reports with {@link
 * GlobalRoom}, and tells each worker its allotment. The rules are in {@link DataCenterRoomState}.
 *
 * <p>It keeps no journal. A new incarnation answers nobody before it has heard from the global
 * aggregator, and learns from the {@link RoomKeeper}s of its data center which workers there are,
 * and what they counted before.
 */
public final class DataCenterRoom extends AbstractBehavior<DataCenterRoom.Command> {
  public static final EntityTypeKey<Command> TYPE_KEY =
      EntityTypeKey.create(Command.class, "DataCenterRoom");

  public sealed interface Command extends CborSerializable {}

  /** A worker has started, or wants to know how the room is. */
  public record Hello(WorkerId worker, ActorRef<RoomReporter.Command> replyTo) implements Command {}

  /** What a worker counted. */
  public record Report(WorkerReport report, ActorRef<RoomReporter.Command> replyTo)
      implements Command {}

  /**
   * A worker asks for one slot.
   *
   * @param spent what it has spent of that version in that pool already
   * @param replyTo is told whether it may let the user in
   */
  public record Draw(
      WorkerId worker, long epoch, Outcome.Pool pool, long spent, ActorRef<Boolean> replyTo)
      implements Command {}

  /** The global aggregator's answer, asked for or not. */
  record Answered(RoomAnswer answer) implements Command {}

  /** Somebody came to the room in another data center. */
  public enum Wake implements Command {
    INSTANCE
  }

  /** What a node of this data center keeps for it. */
  record Recovered(RoomKeeper.Kept kept) implements Command {}

  /** The entity is to end: the node leaves, or it passivates. */
  public enum Stop implements Command {
    INSTANCE
  }

  private record WorkerGone(WorkerId worker, ActorRef<RoomReporter.Command> ref)
      implements Command {}

  private enum Tick implements Command {
    INSTANCE
  }

  private enum ExchangeDue implements Command {
    INSTANCE
  }

  private static final Duration ACTIVE_TICK = Duration.ofMillis(500);
  private static final Duration SILENT_TICK = Duration.ofSeconds(2);

  private final RoomId id;
  private final RoomPorts ports;
  private final RoomSettings settings;
  private final TimerScheduler<Command> timers;
  private final DataCenterRoomState state;
  private final Map<WorkerId, Worker> workers = new HashMap<>();
  private RoomClock clock;
  private @Nullable EffectiveConfig lastConfig;
  private @Nullable Instant lastBackup;
  private @Nullable Instant silentSince;
  private boolean isPassivating;

  private static final class Worker {
    final ActorRef<RoomReporter.Command> ref;
    long acknowledged;

    Worker(ActorRef<RoomReporter.Command> ref) {
      this.ref = ref;
    }
  }

  public static Behavior<Command> create(RoomId id, RoomPorts ports, RoomSettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new DataCenterRoom(context, timers, id, ports, settings)));
  }

  private DataCenterRoom(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      RoomId id,
      RoomPorts ports,
      RoomSettings settings) {
    super(context);
    this.id = id;
    this.ports = ports;
    this.settings = settings;
    this.timers = timers;
    this.clock = RoomClock.own(ports.wallClock(), ports.nanos());
    this.state =
        new DataCenterRoomState(
            ports.dataCenter(), ports.wallClock().toEpochMilli(), settings.rules());
    ports.keepers().recover(id, context.messageAdapter(RoomKeeper.Kept.class, Recovered::new));
    timers.startSingleTimer(Tick.INSTANCE, ACTIVE_TICK);
    expect();
    exchange();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Hello.class, this::onHello)
        .onMessage(Report.class, this::onReport)
        .onMessage(Draw.class, this::onDraw)
        .onMessage(Answered.class, this::onAnswered)
        .onMessageEquals(Wake.INSTANCE, this::onWake)
        .onMessage(Recovered.class, this::onRecovered)
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessageEquals(Tick.INSTANCE, this::onTick)
        .onMessageEquals(ExchangeDue.INSTANCE, this::onExchangeDue)
        .onMessageEquals(Stop.INSTANCE, Behaviors::stopped)
        .build();
  }

  private Behavior<Command> onHello(Hello hello) {
    meet(hello.worker(), hello.replyTo());
    state.joined(hello.worker(), now());
    if (state.isAwake()) {
      hello.replyTo().tell(new RoomReporter.Wake());
    }
    answer(hello.worker());
    return this;
  }

  private Behavior<Command> onReport(Report command) {
    var report = command.report();
    var worker = meet(report.worker(), command.replyTo());
    worker.acknowledged = Math.max(worker.acknowledged, report.sequence());
    if (state.heard(report, now())) {
      wakeWorkers();
      exchange();
    } else if (state.isReportDue(now())) {
      exchange();
    }
    answer(report.worker());
    return this;
  }

  /** Knows a worker from now on, until its reporting actor ends. */
  private Worker meet(WorkerId id, ActorRef<RoomReporter.Command> ref) {
    var known = workers.get(id);
    if (known != null && known.ref.equals(ref)) {
      return known;
    }
    var worker = new Worker(ref);
    workers.put(id, worker);
    getContext().watchWith(ref, new WorkerGone(id, ref));
    return worker;
  }

  private Behavior<Command> onDraw(Draw draw) {
    if (draw.pool() == Outcome.Pool.ANYWHERE) {
      ports
          .global()
          .tell(new GlobalRoom.Draw(draw.epoch(), state.anywhere(draw.epoch()), draw.replyTo()));
    } else {
      draw.replyTo()
          .tell(state.draw(draw.worker(), draw.epoch(), draw.pool(), draw.spent(), now()));
    }
    return this;
  }

  private Behavior<Command> onAnswered(Answered answered) {
    clock = clock.hear(answered.answer().roomTime(), ports.nanos());
    var config = config();
    if (config == null) {
      return this;
    }
    boolean wasFresh = state.isFresh();
    boolean wasSilent = state.isSilent();
    boolean isNew = state.answered(answered.answer(), config, now());
    lastConfig = config;
    if (wasFresh && state.isAwake()) {
      wakeWorkers();
    }
    if (isNew || wasFresh) {
      answerAll();
    }
    if (wasSilent != state.isSilent()) {
      tickSoon();
    }
    return this;
  }

  private Behavior<Command> onWake() {
    if (state.woken(now())) {
      wakeWorkers();
      exchange();
    }
    return this;
  }

  private Behavior<Command> onRecovered(Recovered recovered) {
    var kept = recovered.kept();
    if (!kept.backup().isEmpty()) {
      getContext()
          .getLog()
          .info("Room {}: what {} workers counted is recovered", id, kept.backup().size());
      state.recovered(kept.backup(), now());
    }
    for (var worker : kept.workers()) {
      meet(worker.id(), worker.reporter());
      state.introduced(worker.id(), now());
    }
    if (state.isAwake()) {
      kept.workers().forEach(worker -> worker.reporter().tell(new RoomReporter.Wake()));
    }
    return this;
  }

  private Behavior<Command> onWorkerGone(WorkerGone gone) {
    var known = workers.get(gone.worker());
    if (known != null && known.ref.equals(gone.ref())) {
      workers.remove(gone.worker());
      state.live(workers.keySet());
    }
    return this;
  }

  /** Notices what changes without a message: the room, its events, the cluster, a lost answer. */
  private Behavior<Command> onTick() {
    timers.startSingleTimer(Tick.INSTANCE, state.isSilent() ? SILENT_TICK : ACTIVE_TICK);
    expect();
    var config = config();
    if (config == null) {
      return passivateIfUseless(Duration.ZERO);
    }
    if (!config.equals(lastConfig)) {
      lastConfig = config;
      if (state.configured(config, now())) {
        answerAll();
      }
    }
    if (state.isReportDue(now())) {
      exchange();
    }
    return state.isSilent()
        ? passivateIfUseless(new Retention(config.sessionMinutes()).kept())
        : stayAwake();
  }

  private Behavior<Command> stayAwake() {
    silentSince = null;
    if (!timers.isTimerActive(ExchangeDue.INSTANCE)) {
      exchangeLater();
    }
    return this;
  }

  /** Nobody is in the room and no worker would miss this actor. */
  private Behavior<Command> passivateIfUseless(Duration after) {
    silentSince = silentSince == null ? now() : silentSince;
    boolean isLong = Duration.between(silentSince, now()).compareTo(after) >= 0;
    if (isLong && workers.isEmpty() && !isPassivating) {
      isPassivating = true;
      ports.passivate().accept(getContext().getSelf());
    }
    return this;
  }

  private Behavior<Command> onExchangeDue() {
    if (!state.isSilent()) {
      exchange();
    }
    return this;
  }

  private void exchange() {
    var config = config();
    if (config == null) {
      return;
    }
    boolean withBackup = isBackupDue();
    var exchange = state.exchange(config, withBackup, now());
    ports.global().tell(new GlobalRoom.Exchange(exchange, getContext().getSelf()));
    if (withBackup) {
      ports.keepers().keep(id, state.backup(config, now()));
    }
    exchangeLater();
  }

  private boolean isBackupDue() {
    boolean isDue =
        lastBackup == null
            || Duration.between(lastBackup, now()).compareTo(settings.backupInterval()) >= 0;
    if (isDue) {
      lastBackup = now();
    }
    // an empty one of a fresh incarnation would replace what it is about to ask for
    return isDue && !state.isFresh() && !state.isSilent();
  }

  /** In case that no worker's report brings on the next exchange. */
  private void exchangeLater() {
    if (state.isSilent()) {
      timers.cancel(ExchangeDue.INSTANCE);
      return;
    }
    var interval = ReportIntervals.jittered(state.exchangeInterval(), ports.random());
    var later =
        state.isFresh()
            ? settings.freshRetry()
            : interval.plus(Duration.ofMillis(state.epochMillis() / 2));
    timers.startSingleTimer(ExchangeDue.INSTANCE, later);
  }

  private void tickSoon() {
    timers.startSingleTimer(Tick.INSTANCE, ACTIVE_TICK);
  }

  private void expect() {
    var participants = ports.participants();
    state.expect(participants.dataCenters(), participants.workersHere());
  }

  private void wakeWorkers() {
    workers.values().forEach(worker -> worker.ref.tell(new RoomReporter.Wake()));
    tickSoon();
  }

  private void answerAll() {
    List.copyOf(workers.keySet()).forEach(this::answer);
  }

  private void answer(WorkerId id) {
    var worker = workers.get(id);
    var config = config();
    if (worker == null || config == null) {
      return;
    }
    var allotment = state.allotment(id, config, now());
    if (allotment != null) {
      worker.ref.tell(
          new RoomReporter.Answer(
              allotment,
              worker.acknowledged,
              now(),
              ReportIntervals.jittered(state.workerInterval(), ports.random()),
              Duration.ofMillis(state.epochMillis())));
    }
  }

  private Instant now() {
    return clock.now(ports.nanos());
  }

  private @Nullable EffectiveConfig config() {
    var room = ports.rooms().apply(id);
    return room == null ? null : EffectiveConfig.of(room, now());
  }
}
