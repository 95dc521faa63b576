package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ErrorThrottleTest {
  private static final ServiceId ID = new ServiceId("svc");
  private static final Refusal QUEUE =
      Refusal.of(503, "Max queue length exceeded").errorClass("waiter.QueueLength");
  private static final Refusal DEPLOYMENT =
      Refusal.of(503, "Deployment error").errorClass("waiter.DeploymentError");

  private final ManualTimers timers = new ManualTimers();
  private final ErrorThrottle throttle =
      new ErrorThrottle(ErrorThrottle.rule(ConfigFactory.load()), timers, timers::millis);

  @Test
  void refused_fewErrors_failsAtOnce() {
    for (int i = 0; i < 99; i++) {
      assertTrue(refused(QUEUE).isCompletedExceptionally());
    }
  }

  @Test
  void refused_hundredthErrorInAMinute_isHeldBackByOneStep() {
    many(99, QUEUE);
    var held = refused(QUEUE);
    timers.pass(49);
    assertFalse(held.isDone());
    timers.pass(1);
    assertTrue(held.isCompletedExceptionally());
  }

  @Test
  void refused_otherServiceOrClass_countsOnItsOwn() {
    many(99, QUEUE);
    assertTrue(refused(DEPLOYMENT).isDone());
    assertTrue(throttle.refused(new ServiceId("other"), QUEUE).toCompletableFuture().isDone());
    assertFalse(refused(QUEUE).isDone());
  }

  @Test
  void refused_otherErrors_areNeverHeldBack() {
    var timeout = Refusal.of(503, "After 5 seconds").errorClass("waiter.RequestTimeout");
    many(5_000, timeout);
    assertTrue(refused(timeout).isDone());
    assertTrue(refused(Refusal.of(400, "plain")).isDone());
  }

  @Test
  void refused_minutesLater_isFreeAgain() {
    many(5_000, DEPLOYMENT);
    timers.pass(120_000);
    assertTrue(refused(DEPLOYMENT).isDone());
  }

  @Test
  void refused_tooManyHeldBack_furtherOnesPass() {
    many(99 + ErrorThrottle.MAX_DELAYED, QUEUE);
    assertEquals(ErrorThrottle.MAX_DELAYED, timers.pending());
    assertTrue(refused(QUEUE).isDone());
    timers.pass(2_000);
    assertEquals(0, timers.pending());
    assertFalse(refused(QUEUE).isDone(), "there is room again");
  }

  private void many(int times, Refusal refusal) {
    for (int i = 0; i < times; i++) {
      var unused = refused(refusal);
    }
  }

  private CompletableFuture<Object> refused(Refusal refusal) {
    return throttle.refused(ID, refusal).toCompletableFuture();
  }
}
