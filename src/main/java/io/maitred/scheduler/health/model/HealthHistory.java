package io.maitred.scheduler.health.model;

import io.maitred.service.model.Instance;
import io.maitred.service.model.Instance.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the health checks of one instance have found so far. Immutable: every change is a new value.
 *
 * @param status HTTP status of the last check if it failed and was answered
 * @param flags of the checks that failed since the last success, and those that others set
 * @param onceHealthy it has passed a check at some time
 * @param failedChecks checks failed in a row
 */
public record HealthHistory(
    Health health,
    @Nullable Integer status,
    Set<String> flags,
    boolean onceHealthy,
    int failedChecks) {

  /** Nothing was checked yet. */
  public static final HealthHistory UNKNOWN =
      new HealthHistory(Health.UNKNOWN, null, Set.of(), false, 0);

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  public HealthHistory {
    flags = Collections.unmodifiableSortedSet(new TreeSet<>(flags));
  }

  /**
   * After one more check.
   *
   * @param patience how many failures in a row make a healthy instance unhealthy, at least 1
   */
  public HealthHistory after(CheckResult result, int patience) {
    if (result.healthy()) {
      var kept = flags.contains(Instance.EXPIRED) ? Set.of(Instance.EXPIRED) : Set.<String>of();
      return new HealthHistory(Health.HEALTHY, null, kept, true, 0);
    }
    if (health == Health.HEALTHY && failedChecks + 1 < patience) {
      return new HealthHistory(health, status, flags, onceHealthy, failedChecks + 1);
    }
    var all = new TreeSet<>(flags);
    all.addAll(result.flags());
    return new HealthHistory(Health.UNHEALTHY, result.status(), all, onceHealthy, failedChecks + 1);
  }

  /**
   * How long to wait before the next check. Somebody waits for an instance that is not healthy, so
   * it is asked after a fifth of the time for which it has not been, but not more often than every
   * 100 ms; and soon again after a failure that may have been the machine's.
   *
   * @param since when it was started, or became unhealthy
   * @param healthy while it is healthy
   * @param unhealthy at most this while it is not
   */
  public Duration nextCheckIn(Instant since, Instant now, Duration healthy, Duration unhealthy) {
    if (health == Health.HEALTHY) {
      return failedChecks == 0 ? healthy : SHORTEST_INTERVAL;
    }
    var byAge = Duration.between(since, now).dividedBy(5);
    var least = byAge.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : byAge;
    return least.compareTo(unhealthy) > 0 ? unhealthy : least;
  }
}
