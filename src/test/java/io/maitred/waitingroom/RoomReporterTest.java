package io.maitred.waitingroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import com.typesafe.config.ConfigFactory;
import io.maitred.testkit.Await;
import io.maitred.waitingroom.DataCenterRoom.Hello;
import io.maitred.waitingroom.DataCenterRoom.Report;
import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.TicketRules;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoomReporterTest {
  private static final Duration EPOCH = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ActorTestKit kit =
      ActorTestKit.create(
          ManualTime.config()
              .withFallback(ConfigFactory.parseString("akka.actor.provider = local"))
              .withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(kit.system());
  private final BlockingQueue<Object> dataCenter = new LinkedBlockingQueue<>();
  private final TurnedClock clock = new TurnedClock();
  private final RoomWorker worker =
      new RoomWorker(
          Rooms.ID,
          new WorkerId("worker"),
          "Dublin",
          ShuffleRank.NONE,
          TicketRules.REFRESH_INTERVAL,
          clock.clocks(),
          port(),
          new Random(1),
          new RoomMeters(new SimpleMeterRegistry(), Tags.empty()));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private DataCenterPort port() {
    return new DataCenterPort() {
      @Override
      public void hello(RoomId room, WorkerId id, ActorRef<RoomReporter.Command> reporter) {
        dataCenter.add(new Hello(id, reporter));
      }

      @Override
      public void report(
          RoomId room, WorkerReport report, ActorRef<RoomReporter.Command> reporter) {
        dataCenter.add(new Report(report, reporter));
      }

      @Override
      public CompletionStage<Boolean> draw(
          RoomId room, WorkerId id, Outcome.Draw draw, Duration timeout) {
        return CompletableFuture.failedStage(new IllegalStateException("no draws"));
      }
    };
  }

  private ActorRef<RoomReporter.Command> start() {
    // on the thread of the test, like the timers: when a call returns, all that follows has
    // happened
    var here = DispatcherSelector.fromConfig("akka.test.calling-thread-dispatcher");
    return kit.spawn(RoomReporter.create(worker, port(), () -> 0), here);
  }

  @Test
  void start_untilAnswered_saysHelloAgainAndAgain() {
    start();
    hello();
    pass(Duration.ofMillis(499));
    assertTrue(dataCenter.isEmpty());
    pass(Duration.ofMillis(1));
    hello();
    pass(Duration.ofSeconds(1));
    answer(hello(), Rooms.cold(5), 0);

    nothingFor(Duration.ofMinutes(10));
  }

  @Test
  void silentRoom_visited_reportsFromTheNextEpochOn() {
    start();
    answer(hello(), Rooms.cold(5), 0);
    clock.pass(Duration.ofMillis(700));
    visit();
    var report = reportWithin(Duration.ofMillis(1_300));

    assertEquals(clock.now().toEpochMilli(), report.report().epoch());
    assertEquals(1, report.report().cells().active().size());
    answer(report, version(report.report().epoch()), 1);
    assertEquals(2, reportWithin(EPOCH).report().sequence());
  }

  @Test
  void report_notAnswered_isGivenUpForAWholeNewOne() {
    start();
    answer(hello(), Rooms.cold(5), 0);
    visit();
    reportWithin(EPOCH);
    pass(EPOCH.minusMillis(1));
    assertTrue(dataCenter.isEmpty());
    pass(Duration.ofMillis(1));

    assertEquals(2, report().report().sequence());
  }

  @Test
  void report_dueSoon_isNotPutOffByUnaskedAnswers() {
    start();
    answer(hello(), Rooms.cold(5), 0);
    visit();
    var first = reportWithin(EPOCH);
    answer(first, version(first.report().epoch()), 1);
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofMillis(500));
      answer(first, version(first.report().epoch()), 1);
    }
    pass(Duration.ofMillis(500));

    assertEquals(2, report().report().sequence());
  }

  @Test
  void wakeUp_idleWorker_reportsAtOnceAndForAWhile() {
    start();
    var hello = hello();
    answer(hello, Rooms.cold(5), 0);
    hello.replyTo().tell(new RoomReporter.Wake());
    var reports = 0;
    var report = report();
    for (; reports < 5; reports++) {
      assertTrue(report.report().cells().isEmpty());
      answer(report, Rooms.cold(5), report.report().sequence());
      report = reportWithin(EPOCH);
    }
    answer(report, Rooms.cold(5), report.report().sequence());

    nothingFor(Duration.ofMinutes(1));
  }

  @Test
  void activeRoom_idleWorker_goesOnReporting() {
    start();
    answer(hello(), version(clock.now().toEpochMilli()), 0);
    for (int i = 0; i < 10; i++) {
      var report = reportWithin(EPOCH);
      answer(report, version(report.report().epoch()), report.report().sequence());
    }
  }

  @Test
  void change_silentRoom_asksUntilTheDataCenterKnowsOfIt() {
    var reporter = start();
    answer(hello(), Rooms.cold(5), 0);
    reporter.tell(new RoomReporter.Changed(2));
    answer(hello(), Rooms.cold(5), 0);
    pass(Duration.ofSeconds(1));
    answer(hello(), Rooms.allotment(0, 2, new Share(9, false)), 0);

    nothingFor(Duration.ofMinutes(1));
  }

  @Test
  void stop_endsTheActor() {
    var reporter = start();
    hello();
    reporter.tell(RoomReporter.Stop.INSTANCE);

    kit.<Object>createTestProbe().expectTerminated(reporter, PATIENCE);
  }

  private Allotment version(long epoch) {
    return Rooms.allotment(epoch, 1, new Share(5, false));
  }

  private void visit() {
    worker.visit(null, Rooms.room(1));
  }

  private Hello hello() {
    return next(Hello.class);
  }

  private Report report() {
    return next(Report.class);
  }

  /** There already, but for what comes of the end of another actor. */
  private <T> T next(Class<T> type) {
    return type.cast(
        Await.value("a " + type.getSimpleName(), PATIENCE, dataCenter::poll, type::isInstance));
  }

  private Report reportWithin(Duration limit) {
    pass(limit);
    return report();
  }

  private void answer(Hello hello, Allotment allotment, long acknowledged) {
    answer(hello.replyTo(), allotment, acknowledged);
  }

  private void answer(Report report, Allotment allotment, long acknowledged) {
    answer(report.replyTo(), allotment, acknowledged);
  }

  private void answer(
      ActorRef<RoomReporter.Command> reporter, Allotment allotment, long acknowledged) {
    reporter.tell(
        new RoomReporter.Answer(
            allotment, acknowledged, clock.now(), Duration.ofSeconds(1), EPOCH));
  }

  private void pass(Duration duration) {
    clock.pass(duration);
    time.timePasses(duration);
  }

  private void nothingFor(Duration duration) {
    pass(duration);
    assertTrue(dataCenter.isEmpty(), () -> "sent: " + dataCenter);
  }
}
