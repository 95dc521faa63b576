package io.maitred.reservation.model;

import io.maitred.service.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** In which order a service's instances are offered requests (contract waiter 7.3, 7.9). */
public final class InstanceOrder {
  private InstanceOrder() {}

  /** Which free instance gets the next request. */
  public enum Pick {
    OLDEST,
    YOUNGEST,
    RANDOM;

    /**
     * @param loadBalancing the service's parameter; null or unknown words mean oldest
     * @param scalingDown the autoscaler wants fewer instances: then random gives way to youngest
     */
    public static Pick of(@Nullable String loadBalancing, boolean scalingDown) {
      if ("youngest".equals(loadBalancing)) {
        return YOUNGEST;
      }
      if ("random".equals(loadBalancing)) {
        return scalingDown ? YOUNGEST : RANDOM;
      }
      return OLDEST;
    }
  }

  /**
   * Those that are not expired first, oldest first; then the expired ones, youngest first; then by
   * id. {@code oldest} takes the first that is free, {@code youngest} the last.
   */
  public static List<Instance> sort(List<Instance> instances, Predicate<Instance> expired) {
    Comparator<Instance> byStart = Comparator.comparing(Instance::startedAt);
    Comparator<Instance> order =
        (a, b) -> {
          boolean aExpired = expired.test(a);
          boolean bExpired = expired.test(b);
          if (aExpired != bExpired) {
            return aExpired ? 1 : -1;
          }
          int starts = aExpired ? byStart.compare(b, a) : byStart.compare(a, b);
          return starts != 0 ? starts : a.id().compareTo(b.id());
        };
    return instances.stream().sorted(order).toList();
  }

  /**
   * Marked as expired, or older than the service allows.
   *
   * @param expiryMinutes {@code instance-expiry-mins}; 0 means never
   */
  public static boolean isExpired(Instance instance, int expiryMinutes, Instant now) {
    return instance.has(Instance.EXPIRED)
        || (expiryMinutes > 0
            && instance.startedAt().plus(Duration.ofMinutes(expiryMinutes)).isBefore(now));
  }

  /** Not healthy, but still within its grace period. */
  public static boolean isStarting(Instance instance, int gracePeriodSeconds, Instant now) {
    return !instance.healthy() && instance.startedAt().plusSeconds(gracePeriodSeconds).isAfter(now);
  }
}
