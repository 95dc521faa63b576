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

  /** The room is active somewhere: report at once, and at each epoch. */
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

  /**
   * Reports that are not answered within so many epochs are given up. One, so that workers that
   * wait for their first answer report every epoch: if they left some out, there might be none that
   * all have reported.
   */
  private static final int EPOCHS_TO_ANSWER = 1;

  /**
   * Reports come within this part of the interval after an epoch, each worker's at its own time.
   */
  private static final double SPREAD = 0.25;

  private static final Duration FIRST_HELLO_AGAIN = Duration.ofMillis(500);
  private static final Duration LAST_HELLO_AGAIN = Duration.ofSeconds(5);

  /** Once woken, a worker goes on for so many epochs, though nothing happens here. */
  private static final int WAKEFUL_EPOCHS = 5;

  private final TimerScheduler<Command> timers;
  private final RoomWorker worker;
  private final DataCenterPort dataCenter;
  private final double phase;
  private Duration interval = Duration.ofSeconds(1);
  private boolean isAnswered;
  private Duration helloAgain = FIRST_HELLO_AGAIN;
  private boolean isAwake;
  private Instant awakeUntil = Instant.MIN;
  private long wantedVersion;
  private long sentEpoch;
  private long sentAt;
  private long unanswered;

  /**
   * @param random spreads the reports of workers over the time after an epoch
   */
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
    var self = context.getSelf();
    worker.onActivity(() -> self.tell(Visited.INSTANCE));
    hello();
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
    worker.apply(answer);
    isAnswered = true;
    interval = answer.nextInterval();
    boolean isAcknowledged = unanswered > 0 && answer.acknowledgedSequence() >= unanswered;
    if (isAcknowledged) {
      unanswered = 0;
    }
    if (!worker.now().isBefore(awakeUntil) && worker.mayRest()) {
      isAwake = false;
      unanswered = 0;
      timers.cancel(ReportDue.INSTANCE);
    } else {
      isAwake = true;
      // an answer that was not asked for must not put off a report that is due
      if (isAcknowledged || !timers.isTimerActive(ReportDue.INSTANCE)) {
        reportAtNextEpoch();
      }
    }
    if (answer.allotment().configVersion() < wantedVersion && !isAwake) {
      // the data center has not heard of the change: what it allots is not meant for it
      helloLater();
    } else {
      timers.cancel(HelloDue.INSTANCE);
      helloAgain = FIRST_HELLO_AGAIN;
    }
    return this;
  }

  private Behavior<Command> onWake() {
    awakeUntil = worker.now().plus(worker.epochLength().multipliedBy(WAKEFUL_EPOCHS));
    worker.stayAwake();
    isAwake = true;
    if (isAnswered) {
      report();
    }
    return this;
  }

  private Behavior<Command> onVisited() {
    if (!isAwake) {
      isAwake = true;
      // before the first answer the room's time is not known, and no epoch can be cut
      if (isAnswered) {
        reportAfterTheVisit();
      }
    }
    return this;
  }

  private Behavior<Command> onChanged(Changed changed) {
    wantedVersion = changed.version();
    if (!isAwake && isAnswered) {
      hello();
    }
    return this;
  }

  private Behavior<Command> onHelloDue() {
    hello();
    return this;
  }

  private void hello() {
    dataCenter.hello(worker.room(), worker.id(), getContext().getSelf());
    helloLater();
  }

  private void helloLater() {
    timers.startSingleTimer(HelloDue.INSTANCE, HelloDue.INSTANCE, helloAgain);
    var doubled = helloAgain.multipliedBy(2);
    helloAgain = doubled.compareTo(LAST_HELLO_AGAIN) < 0 ? doubled : LAST_HELLO_AGAIN;
  }

  private Behavior<Command> onReportDue() {
    long late = sentAt + timeToAnswer() - worker.now().toEpochMilli();
    if (unanswered > 0 && late > 0) {
      reportIn(Duration.ofMillis(late));
    } else if (worker.newestEpoch() <= sentEpoch && unanswered == 0) {
      reportAtNextEpoch();
    } else {
      report();
    }
    return this;
  }

  private void report() {
    var report = worker.report();
    sentEpoch = report.epoch();
    sentAt = worker.now().toEpochMilli();
    unanswered = report.sequence();
    dataCenter.report(worker.room(), report, getContext().getSelf());
    reportIn(Duration.ofMillis(timeToAnswer()));
  }

  private long timeToAnswer() {
    return EPOCHS_TO_ANSWER * worker.epochLength().toMillis();
  }

  /**
   * A little after the next epoch that is not reported yet, but not before the interval is over.
   */
  private void reportAtNextEpoch() {
    long epoch = worker.newestEpoch();
    long due = epoch > sentEpoch ? epoch : epoch + worker.epochLength().toMillis();
    long spread = Math.round(interval.toMillis() * SPREAD * phase);
    long at = Math.max(due + spread, sentAt + interval.toMillis());
    reportIn(Duration.ofMillis(at - worker.now().toEpochMilli()));
  }

  /** The epoch under way holds the visit; the newest that has begun does not. */
  private void reportAfterTheVisit() {
    sentEpoch = worker.newestEpoch();
    reportAtNextEpoch();
  }

  private void reportIn(Duration delay) {
    timers.startSingleTimer(
        ReportDue.INSTANCE, ReportDue.INSTANCE, delay.isNegative() ? Duration.ZERO : delay);
  }
}
