package io.maitred.reservation;

import static io.maitred.reservation.Fixtures.SERVICE;
import static io.maitred.reservation.Fixtures.id;
import static io.maitred.reservation.Fixtures.instance;
import static io.maitred.reservation.Fixtures.view;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import io.maitred.common.Refusal;
import io.maitred.common.RefusedException;
import io.maitred.common.RouterId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.LeaseTargets;
import io.maitred.reservation.model.MemberId;
import io.maitred.reservation.model.Outcome;
import io.maitred.reservation.model.Term;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotPoolTest {
  private static final MemberId MEMBER = new MemberId("node");
  private final RuntimeException gone = new IllegalStateException("the client is gone");
  private static final Term TERM = new Term(1, "a");
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final Clocks clocks = new Clocks(nanos::get, millis::get);
  private final Fence fence = new Fence(Duration.ofSeconds(6), clocks);
  private ServiceDescription description = Fixtures.description(1, "oldest", 1000);
  private Executor executor = Runnable::run;
  private final SlotPools pools =
      new SlotPools(
          new RouterId("r"),
          Fixtures.settings(),
          fence,
          clocks,
          action -> executor.execute(action),
          id -> description);
  private long sequence;

  @BeforeEach
  void start() {
    pools.discovered(view(1, instance("a", 100, true), instance("b", 200, true)));
  }

  @Test
  void reserve_freeSlots_givesTheOldestFirst() {
    lease(Map.of(id("a"), 1, id("b"), 1));
    assertEquals(id("a"), granted().instance().id());
    assertEquals(id("b"), granted().instance().id());
    assertInstanceOf(Reservation.Queued.class, reserve(0, 10));
  }

  @Test
  void reserve_youngest_givesTheYoungestFirst() {
    description = Fixtures.description(1, "youngest", 1000);
    lease(Map.of(id("a"), 1, id("b"), 1));
    pools.sweep();
    assertEquals(id("b"), granted().instance().id());
  }

  @Test
  void release_twice_countsOnce() {
    lease(Map.of(id("a"), 1));
    var slot = granted();
    assertTrue(slot.release(Outcome.SUCCESS));
    assertFalse(slot.release(Outcome.SUCCESS));
    assertEquals(0, state().inUse());
  }

  @Test
  void queue_slotFreed_priorityFirstThenInOrder() {
    lease(Map.of(id("a"), 1));
    var slot = granted();
    var first = queued(0, 10);
    var second = queued(0, 10);
    var ping = queued(1, 10);
    slot.release(Outcome.SUCCESS);
    assertTrue(ping.slot().toCompletableFuture().isDone());
    ping.slot().toCompletableFuture().join().release(Outcome.SUCCESS);
    first.slot().toCompletableFuture().join().release(Outcome.SUCCESS);
    assertTrue(second.slot().toCompletableFuture().isDone());
  }

  @Test
  void queue_deadlinePasses_isRefusedWithCounts() {
    lease(Map.of(id("a"), 1));
    granted();
    var waiting = queued(0, 5);
    pass(5_000);
    var refusal = refusal(waiting);
    assertEquals(503, refusal.status());
    assertEquals(
        "After 5 seconds, no instance available to handle request."
            + " Check that your service is able to scale properly!",
        refusal.message());
    assertEquals("waiter.RequestTimeout", refusal.details().get("error-class"));
    assertEquals(2, refusal.details().get("outstanding-requests"));
    assertEquals(1, refusal.details().get("waiting-for-available-instance"));
    assertEquals(1, refusal.details().get("slots-in-use"));
    assertEquals("svc", refusal.details().get("service-id"));
  }

  @Test
  void queue_nodeIsDowned_isRefusedAtOnceAndSoIsWhatComes() {
    lease(Map.of(id("a"), 1));
    granted();
    var waiting = queued(0, 300);
    fence.downed();
    assertEquals(503, refusal(waiting).status());
    var next = assertInstanceOf(Reservation.Refused.class, reserve(0, 300));
    assertEquals(
        "This router has been removed from the cluster; send the request again",
        next.refusal().message());
  }

  @Test
  void queue_onlyUnhealthyInstances_saysThatItDoesNotStart() {
    pools.discovered(view(2, instance("a", 100, false)));
    var waiting = queued(0, 2);
    pass(2_000);
    assertEquals(
        "After 2 seconds, no instance available to handle request."
            + " Check that your service is able to start properly!",
        refusal(waiting).message());
  }

  @Test
  void queue_unhealthyInstancesWithReasons_saysThem() {
    pools.discovered(
        view(
            2,
            Fixtures.unhealthy("a", "It is closed"),
            Fixtures.unhealthy("b", "It is closed"),
            Fixtures.unhealthy("c", "Nobody answers"),
            instance("d", 100, false)));
    var waiting = queued(0, 2);
    pass(2_000);
    assertEquals(
        "After 2 seconds, no instance available to handle request."
            + " Check that your service is able to start properly!"
            + " Health checks fail: It is closed; Nobody answers.",
        refusal(waiting).message());
  }

  @Test
  void queue_deploymentError_refusesQueuedAndNewRequests() {
    var waiting = queued(0, 100);
    var error = new ServiceView.DeploymentError("bad-startup-command", "Invalid startup command");
    pools.discovered(view(2, error));
    assertEquals("Deployment error: Invalid startup command", refusal(waiting).message());
    var refused = assertInstanceOf(Reservation.Refused.class, reserve(0, 10));
    assertEquals("waiter.DeploymentError", refused.refusal().details().get("error-class"));
  }

  @Test
  void queue_longerThanAllowed_isRefused() {
    description = Fixtures.description(1, "oldest", 2);
    for (int i = 0; i < 3; i++) {
      queued(0, 10);
    }
    pools.sweep();
    var refused = assertInstanceOf(Reservation.Refused.class, reserve(0, 10));
    assertEquals("Max queue length exceeded", refused.refusal().message());
    assertEquals(3, refused.refusal().details().get("current-queue-length"));
    assertEquals(2, refused.refusal().details().get("max-queue-length"));
  }

  @Test
  void queue_bufferFull_isBackPressure() {
    description = Fixtures.description(1, "oldest", 1_000_000);
    for (int i = 0; i < 1024; i++) {
      queued(0, 10);
    }
    var refused = assertInstanceOf(Reservation.Refused.class, reserve(0, 10));
    assertEquals("waiter.ReserveBackPressure", refused.refusal().details().get("error-class"));
  }

  @Test
  void cancel_queuedOrGranted_losesNoSlot() {
    lease(Map.of(id("a"), 1));
    var slot = granted();
    var first = queued(0, 10);
    first.cancel(gone);
    var late = queued(0, 10);
    var later = new ArrayDeque<Runnable>();
    executor = later::add;
    slot.release(Outcome.SUCCESS);
    assertEquals(1, state().inUse(), "granted, but not handed over");
    late.cancel(gone);
    later.forEach(Runnable::run);
    assertEquals(0, state().inUse());
    assertEquals(0, state().waiting());
  }

  @Test
  void cancel_slotAlreadyTaken_staysWithWhoTookIt() {
    lease(Map.of(id("a"), 1));
    var first = granted();
    var second = queued(0, 10);
    first.release(Outcome.SUCCESS);
    var taken = second.slot().toCompletableFuture().join();
    second.cancel(gone);
    assertTrue(taken.mayStart());
    assertEquals(1, state().inUse());
    taken.release(Outcome.SUCCESS);
    assertEquals(0, state().inUse());
  }

  @Test
  void pool_newsWhileItIsMade_areNotLost() throws Exception {
    var asked = new AtomicInteger();
    var other = new ArrayDeque<Thread>();
    var made = new SlotPools[1];
    made[0] =
        new SlotPools(
            new RouterId("r"),
            Fixtures.settings(),
            fence,
            clocks,
            Runnable::run,
            id -> {
              // asked for the second time: the pool has looked for a view, and found none
              if (asked.getAndIncrement() == 1) {
                var thread =
                    new Thread(() -> made[0].discovered(view(1, instance("a", 100, true))));
                other.add(thread);
                runUntilDoneOrBlocked(thread);
              }
              return description;
            });
    made[0].reserve(SERVICE, "request", 0, Duration.ofSeconds(10));
    other.remove().join();
    var known = made[0].state(SERVICE).orElseThrow().responder().get("id->instance");
    assertTrue(String.valueOf(known).contains(id("a").value()), String.valueOf(known));
  }

  private static void runUntilDoneOrBlocked(Thread thread) {
    thread.start();
    while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }
  }

  @Test
  void release_failure_ejectsTheInstanceForAWhile() {
    lease(Map.of(id("a"), 1));
    granted().release(Outcome.INSTANCE_ERROR);
    assertEquals(java.util.List.of(id("a")), pools.ejected(SERVICE));
    var waiting = queued(0, 100);
    pass(9_000);
    assertFalse(waiting.slot().toCompletableFuture().isDone());
    pass(2_000);
    assertTrue(waiting.slot().toCompletableFuture().isDone());
  }

  @Test
  void leases_lowered_slotGoesBackThoughOthersWait() {
    lease(Map.of(id("a"), 1));
    var slot = granted();
    var waiting = queued(0, 100);
    lease(Map.of());
    slot.release(Outcome.SUCCESS);
    assertFalse(waiting.slot().toCompletableFuture().isDone());
    assertEquals(0, state().held());
  }

  @Test
  void fence_longPause_startsNothingUntilTheReserverAnswered() {
    lease(Map.of(id("a"), 2));
    var slot = granted();
    assertTrue(slot.mayStart());
    var aborted = new AtomicInteger();
    fence.onClosed(aborted::incrementAndGet);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
    assertFalse(slot.mayStart());
    assertEquals(1, aborted.get());
    var waiting = queued(0, 100);
    lease(Map.of(id("a"), 2));
    assertTrue(waiting.slot().toCompletableFuture().isDone());
    assertTrue(waiting.slot().toCompletableFuture().join().mayStart());
  }

  @Test
  void leases_meantForAnEarlierPool_areIgnored() {
    var pool = pool();
    pool.greeted(TERM);
    pool.report(MEMBER, Map.of());
    pool.receive(new LeaseTargets(TERM, 1, 0, 0, Map.of(id("a"), 1), Set.of(), false));
    assertEquals(0, state().held());
  }

  @Test
  void manyThreads_neverMoreThanLeased_andNoSlotIsLost() throws Exception {
    lease(Map.of(id("a"), 2, id("b"), 1));
    var executor = Executors.newFixedThreadPool(8);
    var inUse = new AtomicInteger();
    var most = new AtomicInteger();
    var done = new CountDownLatch(8 * 2_000);
    try {
      for (int thread = 0; thread < 8; thread++) {
        executor.execute(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                var reservation = reserve(0, 1_000_000);
                var slot =
                    reservation instanceof Reservation.Granted g
                        ? g.slot()
                        : ((Reservation.Queued) reservation).slot().toCompletableFuture().join();
                most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                inUse.decrementAndGet();
                slot.release(Outcome.SUCCESS);
                done.countDown();
              }
            });
      }
      assertTrue(done.await(60, TimeUnit.SECONDS), "a request waits for ever");
    } finally {
      executor.shutdownNow();
    }
    assertTrue(most.get() <= 3, "at once: " + most.get());
    assertEquals(0, state().inUse());
    assertEquals(3, state().available());
  }

  /** What a reserver would answer to a report. */
  private void lease(Map<InstanceId, Integer> targets) {
    var pool = pool();
    pool.greeted(TERM);
    var report = pool.report(MEMBER, Map.of());
    pool.receive(
        new LeaseTargets(
            TERM, ++sequence, report.sequence(), report.nonce(), targets, Set.of(), false));
  }

  private SlotPool pool() {
    if (pools.find(SERVICE) == null) {
      queued(0, 1).cancel(gone); // the first request makes the pool
    }
    return java.util.Objects.requireNonNull(pools.find(SERVICE));
  }

  private Reservation reserve(int priority, long seconds) {
    return pools.reserve(SERVICE, "request", priority, Duration.ofSeconds(seconds));
  }

  private Slot granted() {
    return assertInstanceOf(Reservation.Granted.class, reserve(0, 10)).slot();
  }

  private Reservation.Queued queued(int priority, long seconds) {
    return assertInstanceOf(Reservation.Queued.class, reserve(priority, seconds));
  }

  private PoolState state() {
    return pools.state(SERVICE).orElseThrow();
  }

  /** Time passes evenly, so that the fence sees no pause. */
  private void pass(long ms) {
    for (long passed = 0; passed < ms; passed += 500) {
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
      millis.addAndGet(500);
      fence.check();
    }
    pools.sweep();
  }

  private static Refusal refusal(Reservation.Queued queued) {
    var failure =
        assertThrows(CompletionException.class, () -> queued.slot().toCompletableFuture().join());
    return assertInstanceOf(RefusedException.class, failure.getCause()).refusal();
  }
}
