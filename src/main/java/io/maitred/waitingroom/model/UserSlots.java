package io.maitred.waitingroom.model;

/**
 * How many more users may enter (contract waiting room 7).
 *
 * <pre>
 * U_raw = min(T - A, N - n(m)),  U = max(0, U_raw)
 * paced: N is min(1, (s + 10) / 60) of N, rounded up, in second s of the minute
 * </pre>
 *
 * Slots are never remembered: each computation starts from the counts.
 */
public final class UserSlots {
  private static final int HEAD_START_SECONDS = 10;

  private UserSlots() {}

  /** U_raw; negative when more users are active, or were admitted, than the limits say. */
  public static long raw(
      long totalActiveUsers, long activeUsers, long ceiling, long admittedThisMinute) {
    return Math.min(totalActiveUsers - activeUsers, ceiling - admittedThisMinute);
  }

  /** What may have been admitted by a second of a minute, when admissions are paced. */
  public static long paced(long newUsersPerMinute, int second) {
    long part = Math.min(60, second + HEAD_START_SECONDS);
    return (newUsersPerMinute * part + 59) / 60;
  }
}
