package io.maitred.autoscaler.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When a service that nobody uses is removed (contract waiter 10.1). */
public final class IdleRemoval {
  private IdleRemoval() {}

  /**
   * What the requests of now add to the memory.
   *
   * @param lastRequestTime null when no router remembers one: the time known before is kept
   */
  public static Removal observed(
      Removal before, @Nullable Instant lastRequestTime, int outstanding, Instant now) {
    var last = later(before.lastRequestTime(), lastRequestTime);
    if (Objects.equals(last, before.lastRequestTime()) && outstanding == before.outstanding()) {
      return before;
    }
    return new Removal(last, outstanding, now, before.manyHosts(), before.brokenSince());
  }

  /**
   * The time after which it may go.
   *
   * @param staleness null unless the service is stale
   * @param idleTimeoutMins {@code idle-timeout-mins}; 0 means never, unless it is stale
   */
  public static Optional<Instant> dueAfter(
      Removal removal, @Nullable Staleness staleness, int idleTimeoutMins) {
    if (staleness != null) {
      var since = staleness.since() == null ? removal.lastModified() : staleness.since();
      return Optional.of(since.plus(staleness.keep()));
    }
    return idleTimeoutMins > 0
        ? Optional.of(removal.lastModified().plus(Duration.ofMinutes(idleTimeoutMins)))
        : Optional.empty();
  }

  /** Whether it goes now. */
  public static boolean due(
      Removal removal, @Nullable Staleness staleness, int idleTimeoutMins, Instant now) {
    return removal.outstanding() == 0
        && dueAfter(removal, staleness, idleTimeoutMins).filter(now::isAfter).isPresent();
  }

  private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isAfter(b) ? a : b;
  }
}
