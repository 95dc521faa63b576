package io.maitred.autoscaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.maitred.autoscaler.model.Removal;
import io.maitred.autoscaler.model.Scaling;
import io.maitred.autoscaler.model.Staleness;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.Instances;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceScalerTest {
  private static final ServiceId A = new ServiceId("waiter-service-a");
  private static final Result OK = new Result(200, "");

  private final ActorTestKit testKit =
      ActorTestKit.create(
          ManualTime.config()
              .withFallback(ConfigFactory.parseString("akka.actor.provider = local"))
              .withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(testKit.system());
  private final TestProbe<String> said = testKit.createTestProbe();
  private final TestProbe<ScalerState> states = testKit.createTestProbe();
  private final Map<String, Object> parameters =
      new HashMap<>(
          Map.ofEntries(
              Map.entry("cpus", 1),
              Map.entry("mem", 256),
              Map.entry("min-instances", 1),
              Map.entry("max-instances", 500),
              Map.entry("concurrency-level", 1),
              Map.entry("scale-factor", 1),
              Map.entry("scale-up-factor", 0.1),
              Map.entry("scale-down-factor", 0.001),
              Map.entry("jitter-threshold", 0.5),
              Map.entry("expired-instance-restart-rate", 0.1),
              Map.entry("instance-expiry-mins", 0),
              Map.entry("idle-timeout-mins", 30),
              Map.entry("grace-period-secs", 30)));

  private volatile Instant now = Instances.START.plusSeconds(1000);
  private volatile Optional<Demand> demand = Optional.of(demand(0, true));
  private volatile Optional<Staleness> staleness = Optional.empty();
  private volatile Result killed = OK;
  private volatile Optional<InstanceId> candidate = Optional.of(new InstanceId(A + ".9"));
  private volatile @Nullable CompletableFuture<Optional<InstanceId>> preparing;
  private volatile Optional<Removal> remembered = Optional.empty();
  private volatile boolean memoryAway;
  private ActorRef<ServiceScaler.Command> scaler;
  private long sequence;

  @BeforeEach
  void start() {
    var ports =
        new ScalerPorts(
            id -> Optional.of(new ServiceDescription(parameters)),
            id -> staleness,
            new FakeReservations(),
            new FakeOrders(),
            new FakeMemory(),
            () -> now);
    scaler =
        testKit.spawn(
            ServiceScaler.create(
                A,
                AutoscalerSettings.from(ConfigFactory.load()),
                ports,
                () -> said.ref().tell("passivate")));
  }

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void launch_withMinInstancesOfFive_isOneOrderInTheSecondCycle() {
    parameters.put("min-instances", 5);
    view(1, 1);

    cycle();
    said.expectNoMessage();
    cycle();

    said.expectMessage("scaling SCALE_UP");
    said.expectMessage("scale 5 false");
  }

  @Test
  void stale_isScaledAsIfOneInstanceWereEnough() {
    parameters.put("min-instances", 5);
    staleness = Optional.of(new Staleness(null, Duration.ofHours(1)));
    view(1, 1);

    cycle();
    cycle();

    said.expectNoMessage();
  }

  @Test
  void demand_startsInstances_butNotWhileTheLastStepIsPending() {
    demand = Optional.of(demand(10, true));
    view(1, 1);
    cycle();
    cycle();
    said.expectMessage("scaling SCALE_UP");
    said.expectMessage("scale 2 false");

    view(2, 1);
    cycle();

    said.expectMessage("scaling SCALE_UP");
    said.expectNoMessage();
    assertEquals(2.71, cycleOf(state()).target(), 1e-4);
  }

  @Test
  void description_withoutCpus_isNotScaled() {
    parameters.remove("cpus");
    parameters.put("min-instances", 5);
    view(1, 1);

    cycle();
    cycle();

    said.expectNoMessage();
    assertNull(state().cycle());
  }

  @Test
  void fixedService_isNeverScaled_butRemovedWhenNobodyUsesIt() {
    parameters.put("scheduler", "fixed");
    parameters.put("min-instances", 5);
    demand = Optional.of(demand(50, true));
    view(1, 1);
    cycle();
    cycle();
    said.expectNoMessage();
    assertNull(state().cycle());

    parameters.remove("cpus");
    demand = Optional.of(demand(0, true));
    now = now.plus(Duration.ofMinutes(2));
    view(1, 1);
    cycle();
    now = now.plus(Duration.ofMinutes(31));
    view(1, 1);
    cycle();

    said.expectMessage("delete");
  }

  @Test
  void demand_unknown_changesNothing() {
    demand = Optional.empty();
    parameters.put("min-instances", 5);
    view(1, 1);

    cycle();
    cycle();
    cycle();

    said.expectNoMessage();
    assertNull(state().cycle());
  }

  @Test
  void demand_incomplete_mayStartButNeverStops() {
    parameters.put("scale-down-factor", 0.9);
    demand = Optional.of(demand(0, false));
    view(10, 10);
    cycle();
    cycle();
    said.expectNoMessage();
    assertNull(state().cycle());

    demand = Optional.of(demand(40, false));
    cycle();

    said.expectMessage("scaling SCALE_UP");
    said.expectMessage("scale 13 false");
  }

  @Test
  void tooMany_isKilledOneByOne_onceASecondAndSlotsBack() {
    parameters.put("scale-down-factor", 0.9);
    view(10, 10);
    cycle();
    cycle();
    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("prepare []");
    said.expectMessage("kill " + A + ".9");
    said.expectMessage("ended " + A + ".9 true");

    cycle();
    said.expectMessage("scaling SCALE_DOWN");
    said.expectNoMessage();

    candidate = Optional.of(new InstanceId(A + ".8"));
    view(9, 9);
    cycle();
    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("prepare []");
    said.expectMessage("kill " + A + ".8");
    said.expectMessage("ended " + A + ".8 true");
  }

  @Test
  void secondKill_preparedSoonAfterASlowFirst_waitsForTheRestOfTheSecond() {
    parameters.put("scale-down-factor", 0.9);
    var slow = new CompletableFuture<Optional<InstanceId>>();
    preparing = slow;
    view(10, 10);
    cycle();
    cycle();
    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("prepare []");
    now = now.plusMillis(600);
    slow.complete(Optional.of(new InstanceId(A + ".9")));
    said.expectMessage("kill " + A + ".9");
    said.expectMessage("ended " + A + ".9 true");
    preparing = null;
    candidate = Optional.of(new InstanceId(A + ".8"));
    view(9, 9);
    now = now.minusMillis(600);

    cycle();

    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("prepare []");
    said.expectNoMessage();
    now = now.plusMillis(600);
    time.timePasses(Duration.ofMillis(600));
    said.expectMessage("kill " + A + ".8");
  }

  @Test
  void kill_refused_triesAnotherNextTime() {
    parameters.put("scale-down-factor", 0.9);
    killed = new Result(400, "locked");
    view(10, 10);
    cycle();
    cycle();
    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("prepare []");
    said.expectMessage("kill " + A + ".9");
    said.expectMessage("ended " + A + ".9 false");

    cycle();

    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("prepare [" + A + ".9]");
  }

  @Test
  void nothingKillable_killsNothing() {
    parameters.put("scale-down-factor", 0.9);
    candidate = Optional.empty();
    view(10, 10);

    cycle();
    cycle();

    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("prepare []");
    said.expectNoMessage();
  }

  @Test
  void pendingScaleUp_thatIsNoLongerWanted_isTakenBack() {
    demand = Optional.of(demand(3, true));
    view(10, 2);

    cycle();
    cycle();

    said.expectMessage("scaling SCALE_DOWN");
    said.expectMessage("scale 3 true");
  }

  @Test
  void expired_isReplacedGradually() {
    parameters.put("instance-expiry-mins", 10);
    demand = Optional.of(demand(10, true));
    view(10, 10);

    cycle();
    cycle();

    said.expectMessage("scaling SCALE_UP");
    said.expectMessage("scale 11 false");
    assertEquals(10, cycleOf(state()).expiredHealthy());
  }

  @Test
  void idle_isRemovedAfterItsTime() {
    view(1, 1);
    cycle();
    cycle();
    now = now.plus(Duration.ofMinutes(31));
    view(1, 1);

    cycle();

    said.expectMessage("delete");
  }

  @Test
  void idle_withRememberedTime_isRemovedSoonAfterARestart() {
    testKit.stop(scaler);
    remembered = Optional.of(new Removal(null, 0, now.minus(Duration.ofHours(1)), false, null));
    start();
    view(1, 1);

    cycle();

    said.expectMessage("delete");
  }

  @Test
  void idle_whileTheMemoryIsAway_isNotRemoved() {
    testKit.stop(scaler);
    memoryAway = true;
    start();
    view(1, 1);
    cycle();
    now = now.plus(Duration.ofMinutes(31));
    view(1, 1);

    cycle();

    said.expectNoMessage();
    assertNull(state().removal());
  }

  @Test
  void idle_withIncompleteDemand_isNotRemoved() {
    demand = Optional.of(demand(0, false));
    view(1, 1);
    cycle();
    now = now.plus(Duration.ofMinutes(31));
    view(1, 1);

    cycle();

    said.expectNoMessage();
  }

  @Test
  void memory_isStoredAtMostOnceAMinute() {
    view(1, 1);
    cycle();
    demand = Optional.of(new Demand(0, 0, 1, now, true));
    for (int i = 0; i < 30; i++) {
      cycle();
    }
    said.expectNoMessage();
    for (int i = 0; i < 31; i++) {
      view(1, 1);
      cycle();
    }

    said.expectMessage("store");
    said.expectNoMessage();
  }

  @Test
  void broken_isRemovedAfterItsTime() {
    parameters.put("idle-timeout-mins", 0);
    broken();
    cycle();
    now = now.plus(Duration.ofMinutes(31));
    broken();

    cycle();

    said.expectMessage("delete");
  }

  @Test
  void gone_forgetsAndEnds_unlessTheServiceIsBack() {
    view(1, 1);
    scaler.tell(new ServiceScaler.Gone(A, new ServiceView.Version(1, 0)));
    said.expectNoMessage();

    scaler.tell(new ServiceScaler.Gone(A, new ServiceView.Version(1, 99)));

    said.expectMessage("forget");
    said.expectMessage("passivate");
    scaler.tell(ServiceScaler.Stop.INSTANCE);
    said.expectTerminated(scaler);
  }

  @Test
  void silence_endsTheScaler() {
    view(1, 1);
    now = now.plusSeconds(61);

    cycle();

    said.expectMessage("passivate");
  }

  @Test
  void messages_thatLeaveTheNode_canBeSerialized() {
    var kit = testKit.serializationTestKit();
    var cycle = new ScalerState.Cycle(1, 2, 3, -1, 4, 4.5, Scaling.SCALE_DOWN);
    var removal = new Removal(now, 1, now, true, null);
    kit.verifySerialization(
        new ServiceScaler.Viewed(Instances.view(1, A, 1, List.of(Instances.healthy(A, 1)))), true);
    kit.verifySerialization(new ServiceScaler.Gone(A, new ServiceView.Version(1, 2)), true);
    kit.verifySerialization(new ServiceScaler.GetState(states.ref()), true);
    kit.verifySerialization(new ScalerState(A, cycle, removal, 1, 2, 3), true);
    kit.verifySerialization(new ScalerState(A, null, null, 1, 2, 3), true);
    kit.verifySerialization(new DurableRemovalMemory.Stored(removal), true);
    kit.verifySerialization(new DurableRemovalMemory.Stored(null), true);
  }

  /** One cycle; when this returns, its demand has been asked for and answered. */
  private void cycle() {
    now = now.plusSeconds(1);
    time.timePasses(Duration.ofSeconds(1));
    state();
    state();
  }

  private void view(int requested, int running) {
    var active = IntStream.range(0, running).mapToObj(i -> Instances.healthy(A, i)).toList();
    scaler.tell(new ServiceScaler.Viewed(Instances.view(++sequence, A, requested, active)));
    state(); // the clock must not move on before the view was seen
  }

  private void broken() {
    var failed = List.of(Instances.unhealthy(A, 1), Instances.unhealthy(A, 2));
    scaler.tell(
        new ServiceScaler.Viewed(
            new ServiceView(
                new ServiceView.Version(1, ++sequence),
                A,
                1,
                0,
                List.of(),
                failed,
                List.of(),
                null)));
    state();
  }

  private ScalerState state() {
    scaler.tell(new ServiceScaler.GetState(states.ref()));
    return states.receiveMessage();
  }

  private static ScalerState.Cycle cycleOf(ScalerState state) {
    assertNotNull(state.cycle());
    return state.cycle();
  }

  private static Demand demand(int outstanding, boolean complete) {
    return new Demand(outstanding, 0, outstanding, null, complete);
  }

  private final class FakeReservations implements ScalerPorts.Reservations {
    @Override
    public CompletionStage<Demand> demand(ServiceId id) {
      return demand
          .<CompletionStage<Demand>>map(CompletableFuture::completedFuture)
          .orElseGet(() -> CompletableFuture.failedFuture(new IllegalStateException("not known")));
    }

    @Override
    public CompletionStage<Optional<InstanceId>> prepareKill(ServiceId id, Set<InstanceId> tried) {
      said.ref().tell("prepare " + tried);
      var slow = preparing;
      return slow != null ? slow : CompletableFuture.completedFuture(candidate);
    }

    @Override
    public void killEnded(ServiceId id, InstanceId instance, boolean success) {
      said.ref().tell("ended " + instance + " " + success);
    }

    @Override
    public void scaling(ServiceId id, Scaling scaling) {
      said.ref().tell("scaling " + scaling);
    }
  }

  private final class FakeOrders implements ScalerPorts.Orders {
    @Override
    public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
      return said("scale " + target + " " + force, OK);
    }

    @Override
    public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
      return said("kill " + instance, killed);
    }

    @Override
    public CompletionStage<Result> delete(ServiceId id) {
      return said("delete", OK);
    }
  }

  private final class FakeMemory implements RemovalMemory {
    @Override
    public CompletionStage<Optional<Removal>> load(ServiceId id) {
      return memoryAway
          ? CompletableFuture.failedFuture(new IllegalStateException("away"))
          : CompletableFuture.completedFuture(remembered);
    }

    @Override
    public CompletionStage<Done> store(ServiceId id, Removal removal) {
      // What is stored first, on an empty memory, is of no interest here.
      return removal.lastRequestTime() == null
          ? CompletableFuture.completedFuture(Done.getInstance())
          : said("store", Done.getInstance());
    }

    @Override
    public CompletionStage<Done> forget(ServiceId id) {
      return said("forget", Done.getInstance());
    }
  }

  private <T> CompletionStage<T> said(String what, T answer) {
    said.ref().tell(what);
    return CompletableFuture.completedFuture(answer);
  }
}
