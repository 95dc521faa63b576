package io.maitred.router.model;

import java.time.Duration;

/**
 * How many errors came in the last minute, from two counters: those of the present minute, and
 * those of the one before as far as it still lies within the last 60 seconds, taken as evenly
 * spread. Constant size, and never more wrong than the spread.
 *
 * @param minute the present minute, counted from any origin
 * @param before errors of the minute before
 * @param present errors of the present minute so far
 */
public record ErrorRate(long minute, long before, long present) {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  /** No errors yet. */
  public static ErrorRate none(long nanos) {
    return new ErrorRate(Math.floorDiv(nanos, MINUTE), 0, 0);
  }

  /**
   * After one more error.
   *
   * @param nanos the time, on the clock of the calls before
   */
  public ErrorRate another(long nanos) {
    long now = Math.floorDiv(nanos, MINUTE);
    if (now == minute) {
      return new ErrorRate(minute, before, present + 1);
    }
    return new ErrorRate(now, now == minute + 1 ? present : 0, 1);
  }

  /**
   * @param nanos the time of the last error or a later one of the same minute
   */
  public long perMinute(long nanos) {
    long left = MINUTE - Math.floorMod(nanos, MINUTE);
    return present + Math.round(before * ((double) left / MINUTE));
  }
}
