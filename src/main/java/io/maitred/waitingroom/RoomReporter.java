package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges reports and allotments between one room's worker of this node and the aggregator of its
 * data center (contract waiting room 16). The request path never waits for it.
 *
 * <p>A worker whose room is silent says hello once and then nothing. While the room is active it
 * reports at each epoch, idle or not, as seldom as the answers ask; at most one report is under
 * way, and one that is not answered in time is given up: the next one says everything again.
 */
final class RoomReporter extends AbstractBehavior<RoomReporter.Command> {
  /** Stays on the node. */
  sealed interface Command {}

  /** What the aggregator said. */
  private record Heard(DataCenterRoom.Reply reply) implements Command {}

  /** The aggregator that answered has ended; sharding starts another. */
  private record AggregatorGone(ActorRef<DataCenterRoom.Command> which) implements Command {}

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

  /** Reports that are not answered within so many epochs are given up. */
  private static final int EPOCHS_TO_ANSWER = 2;

  private static final Duration FIRST_HELLO_AGAIN = Duration.ofMillis(500);
  private static final Duration LAST_HELLO_AGAIN = Duration.ofSeconds(5);

  /** Once woken, a worker goes on for so many epochs, though nothing happens here. */
  private static final int WAKEFUL_EPOCHS = 5;

  private final TimerScheduler<Command> timers;
  private final RoomWorker worker;
  private final DataCenterPort dataCenter;
  private final ActorRef<DataCenterRoom.Reply> replies;
  private @Nullable ActorRef<DataCenterRoom.Command> aggregator;
  private Duration helloAgain = FIRST_HELLO_AGAIN;
  private boolean isAwake;
  private Instant awakeUntil = Instant.MIN;
  private long wantedVersion;
  private long sentEpoch;
  private long sentAt;
  private long unanswered;

  static Behavior<Command> create(RoomWorker worker, DataCenterPort dataCenter) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new RoomReporter(context, timers, worker, dataCenter)));
  }

  private RoomReporter(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      RoomWorker worker,
      DataCenterPort dataCenter) {
    super(context);
    this.timers = timers;
    this.worker = worker;
    this.dataCenter = dataCenter;
    this.replies = context.messageAdapter(DataCenterRoom.Reply.class, Heard::new);
    var self = context.getSelf();
    worker.onActivity(() -> self.tell(Visited.INSTANCE));
    hello();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Heard.class, this::onHeard)
        .onMessageEquals(Visited.INSTANCE, this::onVisited)
        .onMessage(Changed.class, this::onChanged)
        .onMessage(AggregatorGone.class, this::onAggregatorGone)
        .onMessageEquals(ReportDue.INSTANCE, this::onReportDue)
        .onMessageEquals(HelloDue.INSTANCE, this::onHelloDue)
        .onMessageEquals(Stop.INSTANCE, Behaviors::stopped)
        .build();
  }

  private Behavior<Command> onHeard(Heard heard) {
    return heard.reply() instanceof DataCenterRoom.Answer answer ? onAnswer(answer) : onWakeUp();
  }

  private Behavior<Command> onAnswer(DataCenterRoom.Answer answer) {
    worker.apply(answer);
    watch(answer.room());
    boolean isAcknowledged = unanswered > 0 && answer.acknowledged() >= unanswered;
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
        reportIn(answer.nextInterval());
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

  private void watch(ActorRef<DataCenterRoom.Command> answering) {
    if (!answering.equals(aggregator)) {
      if (aggregator != null) {
        getContext().unwatch(aggregator);
      }
      aggregator = answering;
      getContext().watchWith(answering, new AggregatorGone(answering));
    }
  }

  private Behavior<Command> onWakeUp() {
    awakeUntil = worker.now().plus(worker.epochLength().multipliedBy(WAKEFUL_EPOCHS));
    worker.stayAwake();
    isAwake = true;
    if (isAnswered()) {
      report();
    }
    return this;
  }

  /** Before the first answer the room's time is not known, and no epoch can be cut. */
  private boolean isAnswered() {
    return aggregator != null;
  }

  private Behavior<Command> onVisited() {
    if (!isAwake) {
      isAwake = true;
      if (isAnswered()) {
        reportAtNextEpoch();
      }
    }
    return this;
  }

  private Behavior<Command> onChanged(Changed changed) {
    wantedVersion = changed.version();
    if (!isAwake && isAnswered()) {
      hello();
    }
    return this;
  }

  private Behavior<Command> onAggregatorGone(AggregatorGone gone) {
    if (gone.which().equals(aggregator)) {
      unanswered = 0;
      if (isAwake) {
        report();
      } else {
        hello();
      }
    }
    return this;
  }

  private Behavior<Command> onHelloDue() {
    hello();
    return this;
  }

  private void hello() {
    dataCenter.hello(worker.room(), worker.id(), replies);
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
    dataCenter.report(worker.room(), report, replies);
    reportIn(Duration.ofMillis(timeToAnswer()));
  }

  private long timeToAnswer() {
    return EPOCHS_TO_ANSWER * worker.epochLength().toMillis();
  }

  private void reportAtNextEpoch() {
    long next = worker.newestEpoch() + worker.epochLength().toMillis();
    reportIn(Duration.ofMillis(Math.max(1, next - worker.now().toEpochMilli())));
  }

  private void reportIn(Duration delay) {
    timers.startSingleTimer(
        ReportDue.INSTANCE, ReportDue.INSTANCE, delay.isNegative() ? Duration.ZERO : delay);
  }
}
