package io.maitred.discovery.model;

import io.maitred.service.model.Instance;
import java.time.Duration;
import java.time.Instant;

/** What an instance's age means (contract waiter 7.9, without the routers' own failure counts). */
public final class InstanceAge {
  private InstanceAge() {}

  /**
   * Whether it ought to be replaced: it was told to expire, or is older than its service allows.
   *
   * @param expiryMins {@code instance-expiry-mins}; 0 means never
   */
  public static boolean expired(Instance instance, int expiryMins, Instant now) {
    return instance.has(Instance.EXPIRED)
        || (expiryMins > 0 && olderThan(instance, Duration.ofMinutes(expiryMins), now));
  }

  /**
   * Whether it is not healthy yet but may still become so.
   *
   * @param gracePeriodSecs {@code grace-period-secs}
   */
  public static boolean starting(Instance instance, int gracePeriodSecs, Instant now) {
    return !instance.healthy() && instance.startedAt().plusSeconds(gracePeriodSecs).isAfter(now);
  }

  private static boolean olderThan(Instance instance, Duration age, Instant now) {
    return instance.startedAt().plus(age).isBefore(now);
  }
}
