package io.maitred.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for conditions, never for time. Limits are generous: they only end a test that failed. */
public final class Await {
  private static final long BETWEEN_PROBES = TimeUnit.MILLISECONDS.toNanos(50);

  private Await() {}

  /**
   * Probes until the condition holds. A probe that throws counts as "not yet"; the last failure is
   * the cause of the error.
   *
   * @throws AssertionError when the limit has passed
   */
  public static void until(String what, Duration limit, Callable<Boolean> condition) {
    value(what, limit, condition, holds -> holds);
  }

  /** The first probed value that is accepted. */
  public static <T> T value(
      String what, Duration limit, Callable<? extends T> probe, Predicate<T> accepted) {
    long deadline = System.nanoTime() + limit.toNanos();
    Object last = "nothing";
    @Nullable Throwable failure = null;
    while (true) {
      try {
        T value = probe.call();
        if (accepted.test(value)) {
          return value;
        }
        last = value;
        failure = null;
      } catch (Exception | AssertionError e) {
        failure = e;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "not within " + limit.toSeconds() + " s: " + what + "; last seen: " + last, failure);
      }
      LockSupport.parkNanos(BETWEEN_PROBES);
      if (Thread.interrupted()) {
        throw new AssertionError("interrupted while waiting for: " + what);
      }
    }
  }
}
