package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ServiceLauncherTest {
  private static final ServiceId ID = new ServiceId("svc");
  private static final Duration LONG = Duration.ofMinutes(5);

  private final ManualTimers timers = new ManualTimers();
  private final Set<ServiceId> running = new HashSet<>();
  private final Set<ServiceId> waiting = new HashSet<>();
  private final List<CompletableFuture<Scheduler.Result>> orders = new ArrayList<>();
  private final ServiceLauncher launcher =
      new ServiceLauncher(running::contains, waiting::contains, this::order, timers, timers::nanos);

  private CompletionStage<Scheduler.Result> order(ServiceSpec spec) {
    var order = new CompletableFuture<Scheduler.Result>();
    orders.add(order);
    return order;
  }

  @Test
  void ensure_severalAtOnce_shareOneOrder() {
    var first = ensure(LONG);
    var second = ensure(LONG);
    assertEquals(1, orders.size());
    answer(0, 200);
    first.join();
    second.join();
    ensure(LONG).join();
    assertEquals(1, orders.size(), "not repeated while the directory learns of the service");
  }

  @Test
  void ensure_serviceGone_ordersAgainAtOnce() {
    var unused = ensure(LONG);
    answer(0, 200);
    launcher.gone(ID);
    assertFalse(ensure(LONG).isDone());
    assertEquals(2, orders.size());
  }

  @Test
  void ensure_orderCannotBeMade_failsAndTheNextOneTriesAgain() {
    var broken =
        launcher.ensure(
            ID,
            () -> {
              throw new IllegalStateException("no password");
            },
            LONG);
    assertThrows(CompletionException.class, () -> broken.toCompletableFuture().join());
    assertFalse(ensure(LONG).isDone());
    assertEquals(1, orders.size());
  }

  @Test
  void ensure_schedulerRefuses_isToldToAll() {
    var first = ensure(LONG);
    var second = ensure(LONG);
    answer(0, 400);
    assertEquals(400, status(first));
    assertEquals(400, status(second));
  }

  @Test
  void ensure_schedulerAway_isRepeatedWithinThePatience() {
    var launch = ensure(Duration.ofSeconds(2));
    answer(0, 503);
    timers.pass(1_500);
    answer(1, 503);
    timers.pass(1_500);
    assertEquals(3, orders.size());
    answer(2, 503);
    assertEquals(503, status(launch));
  }

  @Test
  void ensure_whoBeganItHadLessPatience_othersGoOn() {
    var hasty = ensure(Duration.ofMillis(1));
    var patient = ensure(LONG);
    timers.pass(10);
    answer(0, 503);
    assertEquals(503, status(hasty));
    assertFalse(patient.isDone());
    answer(1, 200);
    patient.join();
  }

  @Test
  void keepWhileWaiting_serviceDeletedAsTheRequestCame_isStartedAgain() {
    var unused = ensure(LONG);
    answer(0, 200);
    // the request finds the earlier order, just before the directory tells that the service is gone
    waiting.add(ID);
    ensure(LONG).join();
    launcher.keepWhileWaiting(ID, ServiceLauncherTest::spec);
    launcher.gone(ID);
    timers.pass(1_500);
    assertEquals(2, orders.size());
  }

  @Test
  void keepWhileWaiting_requestQueuedAndServiceDeletedLater_isStartedAgain() {
    running.add(ID);
    waiting.add(ID);
    launcher.keepWhileWaiting(ID, ServiceLauncherTest::spec);
    timers.pass(60_000);
    assertTrue(orders.isEmpty(), "it runs");
    running.remove(ID);
    launcher.gone(ID);
    timers.pass(1_500);
    assertEquals(1, orders.size());
  }

  @Test
  void keepWhileWaiting_nobodyWaitsAnyMore_endsAndBeginsAgainWithTheNext() {
    running.add(ID);
    waiting.add(ID);
    launcher.keepWhileWaiting(ID, ServiceLauncherTest::spec);
    launcher.keepWhileWaiting(ID, ServiceLauncherTest::spec);
    assertEquals(1, timers.pending(), "one look for all who wait");
    waiting.remove(ID);
    timers.pass(1_500);
    assertEquals(0, timers.pending());
    launcher.keepWhileWaiting(ID, ServiceLauncherTest::spec);
    assertEquals(1, timers.pending());
  }

  private CompletableFuture<Void> ensure(Duration patience) {
    return launcher.ensure(ID, ServiceLauncherTest::spec, patience).toCompletableFuture();
  }

  private void answer(int order, int status) {
    orders.get(order).complete(new Scheduler.Result(status, "told"));
  }

  private static int status(CompletableFuture<Void> launch) {
    var failure = assertThrows(CompletionException.class, launch::join);
    return assertInstanceOf(RefusedException.class, failure.getCause()).refusal().status();
  }

  private static ServiceSpec spec() {
    return new ServiceSpec(ID, new ServiceDescription(Map.of()), "secret");
  }
}
