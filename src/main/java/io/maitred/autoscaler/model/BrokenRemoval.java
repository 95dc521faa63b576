package io.maitred.autoscaler.model;

import java.time.Duration;
import java.time.Instant;

/** When a service that cannot start is removed (contract waiter 10.2). */
public final class BrokenRemoval {
  private BrokenRemoval() {}

  /**
   * What the instances of now add to the memory.
   *
   * @param failed remembered failed instances
   * @param failedHosts on so many distinct hosts
   * @param minHosts so many hosts prove that the service is to blame
   */
  public static Removal observed(
      Removal before, int healthy, int failed, long failedHosts, int minHosts, Instant now) {
    boolean manyHosts = before.manyHosts() || failedHosts >= minHosts;
    boolean broken = healthy == 0 && failed > 0 && manyHosts;
    var since = !broken ? null : before.brokenSince() == null ? now : before.brokenSince();
    return new Removal(
        before.lastRequestTime(), before.outstanding(), before.lastModified(), manyHosts, since);
  }

  /**
   * Whether it goes now.
   *
   * @param gracePeriodSecs {@code grace-period-secs}
   */
  public static boolean due(Removal removal, int gracePeriodSecs, Duration timeout, Instant now) {
    return removal.brokenSince() != null
        && now.isAfter(removal.brokenSince().plusSeconds(gracePeriodSecs).plus(timeout));
  }
}
