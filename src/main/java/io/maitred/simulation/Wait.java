package io.maitred.simulation;

/** One visitor's time in the queue, as the visitor sees it. */
final class Wait {
  private static final long NONE = -1;

  private final long since;
  private int refreshesInTime;
  private long estimatedAt = NONE;
  private long estimatedMinutes;
  private long cutOffAt = Long.MIN_VALUE;

  /**
   * @param since the first visit, in milliseconds
   */
  Wait(long since) {
    this.since = since;
  }

  long since() {
    return since;
  }

  /** The next refresh is planned. */
  void refreshes(boolean inTime) {
    refreshesInTime = inTime ? refreshesInTime + 1 : 0;
  }

  /** Refreshes in time without interruption, the present one included. */
  int refreshesInTime() {
    return refreshesInTime;
  }

  /** The visitor asked where nothing is heard of other data centers. */
  void cutOff(long now) {
    cutOffAt = now;
  }

  boolean wasCutOff(long since) {
    return cutOffAt >= since;
  }

  /** The queue page says how long it will take; only the first time counts. */
  void estimate(long now, long minutes) {
    if (estimatedAt == NONE) {
      estimatedAt = now;
      estimatedMinutes = minutes;
    }
  }

  boolean hasEstimate() {
    return estimatedAt != NONE;
  }

  long estimatedAt() {
    return estimatedAt;
  }

  long estimatedMinutes() {
    return estimatedMinutes;
  }
}
