package io.maitred.waitingroom;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.maitred.common.CborSerializable;
import io.maitred.waitingroom.model.Allotment;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Exchanges reports and allotments between one room's worker of this node and the aggregator of its
 * data center (contract waiting room 16). The request path never waits for it.
 *
 * <p>A worker whose room is silent says hello once and then nothing. While the room is active it
 * reports at each epoch, idle or not, as seldom as the answers ask; at most one report is under
 * way, and one that is not answered in time is given up: the next one says everything again.
 */
public final class RoomReporter extends AbstractBehavior<RoomReporter.Command> {
  public sealed interface Command extends CborSerializable {}

  /**
   * What a worker may do from now on. Comes for reports, and whenever there is news.
   *
   * @param acknowledgedSequence of the last report that was heard; 0 for none
   * @param roomTime the room clock of the sender
   * @param nextInterval at least this long between two reports
   * @param epochLength which all workers of the room go by
   */
  public record Answer(
      Allotment allotment,
      long acknowledgedSequence,
      Instant roomTime,
      Duration nextInterval,
      Duration epochLength)
      implements Command {}

  /** The room is active somewhere: report. */
  public record Wake() implements Command {}

  /** From this node: the room is active here. */
  enum Visited implements Command {
    INSTANCE
  }

  /** From this node: the room was changed. */
  record Changed(long version) implements Command {}

  /** From this node: the room is gone. */
  enum Stop implements Command {
    INSTANCE
  }

  private enum ReportDue implements Command {
    INSTANCE
  }

  private enum HelloDue implements Command {
    INSTANCE
  }

  /** Reports that are not answered within so many intervals are given up. */
  private static final int INTERVALS_TO_ANSWER = 3;

  private static final Duration LEAST_TO_ANSWER = Duration.ofSeconds(3);
  private static final Duration FIRST_HELLO_AGAIN = Duration.ofMillis(500);
  private static final Duration LAST_HELLO_AGAIN = Duration.ofSeconds(5);

  /** Once woken, a worker goes on for so many epochs, though nothing happens here. */
  private static final int WAKEFUL_EPOCHS = 5;

  /** Reports come within this part of the interval after an epoch, each at its own time. */
  private static final double SPREAD = 0.25;

  private final TimerScheduler<Command> timers;
  private final RoomWorker worker;
  private final DataCenterPort dataCenter;
  private final double phase;
  private Duration interval = Duration.ofSeconds(1);
  private Duration helloAgain = FIRST_HELLO_AGAIN;
  private boolean isAnswered;
  private boolean isAwake;
  private Instant awakeUntil = Instant.MIN;
  private long wantedVersion;

  private long sentEpoch;
  private long sentAt;
  private long unanswered;

  static Behavior<Command> create(
      RoomWorker worker, DataCenterPort dataCenter, RandomGenerator random) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new RoomReporter(context, timers, worker, dataCenter, random)));
  }

  private RoomReporter(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      RoomWorker worker,
      DataCenterPort dataCenter,
      RandomGenerator random) {
    super(context);
    this.timers = timers;
    this.worker = worker;
    this.dataCenter = dataCenter;
    this.phase = random.nextDouble();
    worker.onActivity(() -> context.getSelf().tell(Visited.INSTANCE));
    onHelloDue();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Answer.class, this::onAnswer)
        .onMessage(Wake.class, wake -> onWake())
        .onMessageEquals(Visited.INSTANCE, this::onVisited)
        .onMessage(Changed.class, this::onChanged)
        .onMessageEquals(ReportDue.INSTANCE, this::onReportDue)
        .onMessageEquals(HelloDue.INSTANCE, this::onHelloDue)
        .onMessageEquals(Stop.INSTANCE, Behaviors::stopped)
        .build();
  }

  private Behavior<Command> onAnswer(Answer answer) {
    isAnswered = true;
    interval = answer.nextInterval();
    if (answer.acknowledgedSequence() >= unanswered) {
      unanswered = 0;
    }
    worker.apply(answer);
    timers.cancel(HelloDue.INSTANCE);
    if (!worker.now().isBefore(awakeUntil) && worker.mayRest()) {
      isAwake = false;
      unanswered = 0;
      timers.cancel(ReportDue.INSTANCE);
    } else {
      isAwake = true;
      scheduleReport();
    }
    if (answer.allotment().configVersion() < wantedVersion) {
      // the data center has not heard of the change: what it allots is not meant for it
      scheduleHello();
    } else {
      helloAgain = FIRST_HELLO_AGAIN;
    }
    return this;
  }

  private Behavior<Command> onWake() {
    awakeUntil = worker.now().plus(worker.epochLength().multipliedBy(WAKEFUL_EPOCHS));
    worker.stayAwake();
    isAwake = true;
    return isAnswered ? report() : this;
  }

  private Behavior<Command> onVisited() {
    if (!isAwake) {
      isAwake = true;
      // before the first answer the room's time is not known
      if (isAnswered) {
        scheduleReport();
      }
    }
    return this;
  }

  private Behavior<Command> onChanged(Changed changed) {
    wantedVersion = changed.version();
    if (!isAwake) {
      onHelloDue();
    }
    return this;
  }

  private Behavior<Command> onHelloDue() {
    dataCenter.hello(worker.room(), worker.id(), getContext().getSelf());
    scheduleHello();
    return this;
  }

  private void scheduleHello() {
    timers.startSingleTimer(HelloDue.INSTANCE, HelloDue.INSTANCE, helloAgain);
    var doubled = helloAgain.multipliedBy(2);
    helloAgain = doubled.compareTo(LAST_HELLO_AGAIN) < 0 ? doubled : LAST_HELLO_AGAIN;
  }

  private Behavior<Command> onReportDue() {
    long now = worker.now().toEpochMilli();
    boolean isUnderWay = unanswered > 0 && now - sentAt < timeToAnswer().toMillis();
    if (isUnderWay || worker.newestEpoch() <= sentEpoch) {
      scheduleReport();
      return this;
    }
    return report();
  }

  private Behavior<Command> report() {
    var report = worker.report();
    sentEpoch = report.epoch();
    sentAt = worker.now().toEpochMilli();
    unanswered = report.sequence();
    dataCenter.report(worker.room(), report, getContext().getSelf());
    scheduleReport();
    return this;
  }

  private Duration timeToAnswer() {
    var several = interval.multipliedBy(INTERVALS_TO_ANSWER);
    return several.compareTo(LEAST_TO_ANSWER) > 0 ? several : LEAST_TO_ANSWER;
  }

  /** The next report: a little after the next epoch, but no sooner than the interval allows. */
  private void scheduleReport() {
    long now = worker.now().toEpochMilli();
    long epoch = worker.epochLength().toMillis();
    long begun = Math.floorDiv(now, epoch) * epoch;
    long due = begun > sentEpoch ? begun : begun + epoch;
    long spread = Math.round(interval.toMillis() * SPREAD * phase);
    long pause = unanswered > 0 ? timeToAnswer().toMillis() : interval.toMillis();
    long wait = Math.max(due + spread, sentAt + pause) - now;
    timers.startSingleTimer(
        ReportDue.INSTANCE, ReportDue.INSTANCE, Duration.ofMillis(Math.max(1, wait)));
  }
}
