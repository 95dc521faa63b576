package io.maitred.waitingroom.model;

import java.time.Instant;

/**
 * How time is cut into pieces (contract waiting room 4, 5.2, 9.6): minutes for buckets, waiting and
 * new users and traffic; cells of 10 s for active users; epochs of 2 s or more for reports. All are
 * counted from 1970-01-01 UTC.
 */
public final class RoomTime {
  /** Seconds of a cell of active users. */
  public static final int CELL_SECONDS = 10;

  public static final int CELLS_PER_MINUTE = 60 / CELL_SECONDS;

  /** Minutes without a check-in after which a place in the queue is lost (G). */
  public static final int GRACE_MINUTES = 5;

  /** Minutes without a check-in after which a waiting user gets no reserved slot any more. */
  public static final int PRESENCE_MINUTES = 2;

  private RoomTime() {}

  public static long minute(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), 60L);
  }

  public static Instant startOfMinute(long minute) {
    return Instant.ofEpochSecond(minute * 60);
  }

  public static long cell(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), (long) CELL_SECONDS);
  }

  /**
   * The newest epoch that has begun.
   *
   * @param epochMillis length of an epoch
   * @return its beginning, in milliseconds
   */
  public static long epoch(Instant time, long epochMillis) {
    return Math.floorDiv(time.toEpochMilli(), epochMillis) * epochMillis;
  }
}
