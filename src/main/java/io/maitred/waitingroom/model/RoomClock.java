package io.maitred.waitingroom.model;

import java.time.Duration;
import java.time.Instant;

/**
 * The room clock (contract waiting room 9.7): the global aggregator's time as it was last heard,
 * and the time since then by a monotonic clock. Before anything was heard it is the node's own
 * time.
 *
 * <p>Immutable. When the heard time is behind what this clock shows, the clock does not step back:
 * it runs at half its speed until both meet. Only the first time heard may set it back.
 *
 * @param base the time at {@code baseNanos}
 * @param baseNanos reading of the monotonic clock
 * @param aheadMillis by how much the clock was ahead of {@code base} at {@code baseNanos}
 * @param heard whether {@code base} was heard, not the node's own
 */
public record RoomClock(Instant base, long baseNanos, long aheadMillis, boolean heard) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A clock that shows the node's own time until another is heard. */
  public static RoomClock own(Instant wall, long nanos) {
    return new RoomClock(wall, nanos, 0, false);
  }

  /** The time now, whole milliseconds. */
  public Instant now(long nanos) {
    long elapsed = (nanos - baseNanos) / NANOS_PER_MILLI;
    return Instant.ofEpochMilli(
        base.toEpochMilli() + elapsed + Math.max(0, aheadMillis - Math.max(0, elapsed) / 2));
  }

  /** The clock once it was told the time. */
  public RoomClock hear(Instant time, long nanos) {
    long ahead = heard ? Math.max(0, now(nanos).toEpochMilli() - time.toEpochMilli()) : 0;
    return new RoomClock(time, nanos, ahead, true);
  }

  /** By how much the node's own clock is ahead of this one. */
  public Duration skew(Instant wall, long nanos) {
    return Duration.between(now(nanos), wall);
  }
}
