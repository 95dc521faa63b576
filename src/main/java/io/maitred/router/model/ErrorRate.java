package io.maitred.router.model;

/**
 * How often something happened in the last minute, estimated from two counters: those of the
 * present minute, and of the one before the part that is not yet a minute ago.
 *
 * @param minute number of the present minute of a monotonic clock
 * @param current how often in the present minute
 * @param previous how often in the minute before
 */
public record ErrorRate(long minute, long current, long previous) {
  private static final long MINUTE_MS = 60_000;

  /** Nothing happened yet. */
  public static ErrorRate none(long nowMillis) {
    return new ErrorRate(minuteOf(nowMillis), 0, 0);
  }

  /** It happened once more. */
  public ErrorRate counted(long nowMillis) {
    var now = at(nowMillis);
    return new ErrorRate(now.minute, now.current + 1, now.previous);
  }

  /** The estimate, rounded down. */
  public long perMinute(long nowMillis) {
    var now = at(nowMillis);
    long left = MINUTE_MS - Math.floorMod(nowMillis, MINUTE_MS);
    return now.current + now.previous * left / MINUTE_MS;
  }

  private ErrorRate at(long nowMillis) {
    long now = minuteOf(nowMillis);
    if (now == minute) {
      return this;
    }
    return new ErrorRate(now, 0, now == minute + 1 ? current : 0);
  }

  private static long minuteOf(long nowMillis) {
    return Math.floorDiv(nowMillis, MINUTE_MS);
  }
}
