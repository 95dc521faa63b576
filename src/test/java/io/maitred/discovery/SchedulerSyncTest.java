package io.maitred.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InstanceId;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.ServiceDirectory.Changed;
import io.maitred.discovery.ServiceDirectory.Gone;
import io.maitred.discovery.ServiceDirectory.Known;
import io.maitred.discovery.model.Instances;
import io.maitred.discovery.model.ServiceView;
import io.maitred.discovery.model.ServiceView.Version;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.ServiceReport;
import io.maitred.service.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerSyncTest {
  private static final ServiceId A = new ServiceId("waiter-service-a");
  private static final ServiceId B = new ServiceId("waiter-service-b");
  private static final Result OK = new Result(200, "done");
  private static final RouterId SELF = new RouterId("router-1");
  private static final long CLOCK = 1_700_000_000_000L;

  private final ActorTestKit testKit =
      ActorTestKit.create(
          ManualTime.config()
              .withFallback(ConfigFactory.parseString("akka.actor.provider = local"))
              .withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(testKit.system());
  private FakeScheduler scheduler = new FakeScheduler();
  private final TestProbe<ServiceDirectory.Command> directory = testKit.createTestProbe();
  private final TestProbe<Object> entities = testKit.createTestProbe();
  private final TestProbe<Result> caller = testKit.createTestProbe();
  private ActorRef<SchedulerSync.Command> sync;

  @BeforeEach
  void start() {
    testKit
        .system()
        .receptionist()
        .tell(Receptionist.register(ServiceDirectory.key("dc"), directory.ref()));
    sync = started(DiscoverySettings.from(ConfigFactory.load()), CLOCK - 5);
  }

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void initial_reports_goToEveryDirectoryAndListener() {
    scheduler.watcher().initial(List.of(FakeScheduler.report(A, 1, Instances.healthy(A, 1))));

    var view = nextView();
    assertEquals(A, view.id());
    assertEquals(new Version(CLOCK, 1), view.version());
    assertEquals(List.of(A), nextKnown().ids());
    assertEquals(view, entities.expectMessageClass(ServiceView.class));
  }

  @Test
  void incarnation_afterALaterOneWasHeard_isHigher() {
    sync = started(DiscoverySettings.from(ConfigFactory.load()), CLOCK + 7);
    scheduler.watcher().initial(List.of());

    assertEquals(CLOCK + 8, nextKnown().version().incarnation());
  }

  @Test
  void incarnation_whenADirectoryKnowsALaterOne_isRaisedAndAllIsSentAgain() {
    begin(FakeScheduler.report(A, 1));

    sync.tell(new SchedulerSync.Outdated(CLOCK + 100));

    assertEquals(new Version(CLOCK + 101, 1), nextView().version());
    assertEquals(new Version(CLOCK + 101, 1), nextKnown().version());
  }

  @Test
  void change_isSentAtOnce_repetitionIsNot() {
    begin(FakeScheduler.report(A, 1));

    scheduler.watcher().changed(FakeScheduler.report(A, 2));
    scheduler.watcher().changed(FakeScheduler.report(A, 2));
    scheduler.watcher().changed(FakeScheduler.report(A, 3));

    assertEquals(2, nextView().requested());
    assertEquals(3, nextView().requested());
  }

  @Test
  void syncInterval_repeatsEverythingWithItsVersions() {
    begin(FakeScheduler.report(A, 1), FakeScheduler.report(B, 1));

    time.timePasses(Duration.ofSeconds(5));

    assertEquals(new Version(CLOCK, 1), nextView().version());
    assertEquals(new Version(CLOCK, 2), nextView().version());
    assertEquals(List.of(A, B), nextKnown().ids());
  }

  @Test
  void known_ofManyServices_comesInRanges() {
    var settings = settings("ids-per-message = 1");
    sync = started(settings, 0);
    begin(2, FakeScheduler.report(A, 1), FakeScheduler.report(B, 1));
    time.timePasses(Duration.ofSeconds(5));
    nextView();
    nextView();

    var first = nextKnown();
    var second = nextKnown();

    assertEquals(List.of(A), first.ids());
    assertEquals(List.of(B), second.ids());
    assertTrue(first.covers(new ServiceId("a")) && first.covers(A) && !first.covers(B));
    assertTrue(second.covers(B) && second.covers(new ServiceId("z")) && !second.covers(A));
  }

  @Test
  void directory_thatJustRegistered_getsEverything() {
    begin(FakeScheduler.report(A, 1));
    var late = testKit.<ServiceDirectory.Command>createTestProbe();

    testKit
        .system()
        .receptionist()
        .tell(Receptionist.register(ServiceDirectory.key("dc"), late.ref()));

    assertEquals(A, late.expectMessageClass(Changed.class).view().id());
    assertEquals(List.of(A), late.expectMessageClass(Known.class).ids());
  }

  @Test
  void gone_isSentAtOnce_andRepeatedTwiceToTheListener() {
    begin(FakeScheduler.report(A, 1));

    scheduler.watcher().gone(A);

    assertEquals(new Gone(A, new Version(CLOCK, 2)), directory.receiveMessage());
    for (int i = 0; i < 3; i++) {
      assertEquals(new Gone(A, new Version(CLOCK, 2)), entities.receiveMessage());
      time.timePasses(Duration.ofSeconds(5));
    }
    entities.expectNoMessage();
  }

  @Test
  void gone_thenBack_isNotRepeated() {
    begin(FakeScheduler.report(A, 1));
    scheduler.watcher().gone(A);
    scheduler.watcher().changed(FakeScheduler.report(A, 1));
    entities.expectMessageClass(Gone.class);
    entities.expectMessageClass(ServiceView.class);

    time.timePasses(Duration.ofSeconds(5));

    entities.expectMessageClass(ServiceView.class);
    entities.expectNoMessage();
  }

  @Test
  void create_ofAnExistingService_isDone() {
    begin(FakeScheduler.report(A, 1));

    sync.tell(new SchedulerSync.Create(FakeScheduler.spec(A), caller.ref()));

    assertTrue(caller.receiveMessage().success());
    assertTrue(scheduler.orders.isEmpty());
  }

  @Test
  void create_byManyAtOnce_isOneOrder() {
    begin();
    sync.tell(new SchedulerSync.Create(FakeScheduler.spec(A), caller.ref()));
    sync.tell(new SchedulerSync.Create(FakeScheduler.spec(A), caller.ref()));

    order("create " + A).complete(OK);

    assertEquals(OK, caller.receiveMessage());
    assertEquals(OK, caller.receiveMessage());
    assertTrue(scheduler.orders.isEmpty());
  }

  @Test
  void create_duringDelete_waitsForItsEnd() {
    begin(FakeScheduler.report(A, 1));
    sync.tell(new SchedulerSync.Delete(A, caller.ref()));
    var delete = order("delete " + A);
    sync.tell(new SchedulerSync.Create(FakeScheduler.spec(A), caller.ref()));

    delete.complete(OK);

    assertEquals(new Gone(A, new Version(CLOCK, 2)), directory.receiveMessage());
    assertEquals(OK, caller.receiveMessage());
    order("create " + A).complete(OK);
    assertEquals(OK, caller.receiveMessage());
  }

  @Test
  void kill_recordsTheKilledInstance() {
    var victim = Instances.healthy(A, 1);
    begin(FakeScheduler.report(A, 1, victim));
    sync.tell(new SchedulerSync.Kill(A, victim.id(), caller.ref()));

    order("kill " + victim.id()).complete(OK);

    assertEquals(List.of(victim), nextView().killed());
    assertEquals(OK, caller.receiveMessage());
  }

  @Test
  void kill_thatFailed_recordsNothing() {
    var victim = Instances.healthy(A, 1);
    begin(FakeScheduler.report(A, 1, victim));
    sync.tell(new SchedulerSync.Kill(A, victim.id(), caller.ref()));

    order("kill " + victim.id()).completeExceptionally(new IllegalStateException("away"));

    assertEquals(new Result(500, "The scheduler failed: away"), caller.receiveMessage());
    directory.expectNoMessage();
  }

  @Test
  void orders_beyondTheLimit_areRefused() {
    sync = started(settings("max-pending-orders = 1"), 0);
    sync.tell(new SchedulerSync.Scale(A, 2, false, caller.ref()));
    sync.tell(new SchedulerSync.Scale(A, 3, false, caller.ref()));

    assertEquals(503, caller.receiveMessage().status());
    order("scale " + A + " 2 false").complete(OK);
    assertEquals(OK, caller.receiveMessage());

    sync.tell(new SchedulerSync.Scale(A, 4, true, caller.ref()));
    order("scale " + A + " 4 true").complete(OK);
    assertEquals(OK, caller.receiveMessage());
  }

  @Test
  void unhealthyInstance_thatVanishesAfterManyIntervals_isFailed() {
    begin(FakeScheduler.report(A, 1, Instances.unhealthy(A, 1)));
    for (int i = 0; i < 5; i++) {
      time.timePasses(Duration.ofSeconds(5));
      nextView();
      nextKnown();
    }

    scheduler.watcher().changed(FakeScheduler.report(A, 1));

    var failed = nextView().failed();
    assertEquals(1, failed.size());
    assertTrue(failed.get(0).has(Instance.NEVER_PASSED_HEALTH_CHECKS));
  }

  @Test
  void stop_closesTheScheduler() throws Exception {
    testKit.stop(sync);

    assertTrue(scheduler.closed.get(10, TimeUnit.SECONDS));
  }

  @Test
  void messages_thatLeaveTheNode_canBeSerialized() {
    var kit = testKit.serializationTestKit();
    var instance = new InstanceId(A + ".1");
    var view =
        new ServiceView(
            new Version(1, 2),
            A,
            1,
            1,
            List.of(Instances.unhealthy(A, 1, Instance.HAS_CONNECTED)),
            List.of(Instances.unhealthy(A, 2)),
            List.of(Instances.healthy(A, 3)),
            new ServiceView.DeploymentError("tls-error", "text"));
    var goals = testKit.<ServiceDirectory.GoalAnswer>createTestProbe().ref();
    var logs = testKit.<SchedulerSync.LogsAnswer>createTestProbe().ref();
    var messages = new ArrayList<Object>();
    messages.add(new Changed(view));
    messages.add(new Gone(A, new Version(1, 2)));
    messages.add(new Known(new Version(1, 2), null, A, List.of(A), SELF, sync));
    messages.add(new ServiceDirectory.AwaitGoal(A, Goal.HEALTHY, Duration.ofSeconds(1), goals));
    messages.add(new ServiceDirectory.GoalAnswer(true));
    messages.add(new SchedulerSync.Create(FakeScheduler.spec(A), caller.ref()));
    messages.add(new SchedulerSync.Scale(A, 2, true, caller.ref()));
    messages.add(new SchedulerSync.Kill(A, instance, caller.ref()));
    messages.add(new SchedulerSync.Delete(A, caller.ref()));
    messages.add(
        new SchedulerSync.Signal(
            A, instance, io.maitred.scheduler.Scheduler.Signal.EXPIRE, null, caller.ref()));
    messages.add(new SchedulerSync.Logs(A, instance, "", logs));
    messages.add(
        new SchedulerSync.LogsAnswer(
            OK,
            List.of(new io.maitred.scheduler.Scheduler.LogEntry("a", 1, "directory", "a", null))));
    messages.add(new SchedulerSync.Outdated(5));
    messages.add(OK);
    messages.forEach(message -> kit.verifySerialization(message, true));
  }

  private ActorRef<SchedulerSync.Command> started(DiscoverySettings settings, long heard) {
    var listener =
        new ViewListener() {
          @Override
          public void changed(ServiceView view) {
            entities.ref().tell(view);
          }

          @Override
          public void gone(ServiceId id, Version version) {
            entities.ref().tell(new Gone(id, version));
          }
        };
    if (sync != null) {
      testKit.stop(sync);
    }
    var adapter = new FakeScheduler();
    scheduler = adapter;
    return testKit.spawn(
        SchedulerSync.create(
            SELF,
            "dc",
            () -> adapter,
            listener,
            heard,
            InstantSource.fixed(Instant.ofEpochMilli(CLOCK)),
            settings));
  }

  private static DiscoverySettings settings(String line) {
    return DiscoverySettings.from(
        ConfigFactory.parseString("maitred.discovery." + line).withFallback(ConfigFactory.load()));
  }

  /** Reports at the start, and takes everything that is sent for it. */
  private void begin(ServiceReport... reports) {
    begin(1, reports);
  }

  private void begin(int lists, ServiceReport... reports) {
    scheduler.watcher().initial(List.of(reports));
    for (int i = 0; i < reports.length; i++) {
      nextView();
      entities.expectMessageClass(ServiceView.class);
    }
    for (int i = 0; i < lists; i++) {
      nextKnown();
    }
  }

  private ServiceView nextView() {
    return directory.expectMessageClass(Changed.class).view();
  }

  private Known nextKnown() {
    return directory.expectMessageClass(Known.class);
  }

  private java.util.concurrent.CompletableFuture<Result> order(String text) {
    try {
      var order = scheduler.orders.poll(10, TimeUnit.SECONDS);
      assertNotNull(order, text);
      assertEquals(text, order.text());
      return order.result();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
