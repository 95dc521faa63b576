package io.maitred.waitingroom;

import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.RoomTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/** What a room was like in each minute of the last day, as this node was told; in memory only. */
public final class RoomHistory {
  static final int MINUTES = 24 * 60;

  /**
   * The last that was known of a minute. Minutes in which the room was silent have no point.
   *
   * @param minute since 1970
   * @param queued users that waited
   * @param active users at the origin
   * @param admitted users let in during the minute so far
   * @param rawSlots U_raw
   * @param admissionRate R, users per minute
   */
  public record Point(
      long minute, long queued, long active, long admitted, long rawSlots, double admissionRate) {}

  private final ArrayDeque<Point> points = new ArrayDeque<>();

  synchronized void note(Allotment allotment) {
    long minute = RoomTime.minute(Instant.ofEpochMilli(allotment.epoch()));
    var last = points.peekLast();
    if (last != null && last.minute() > minute) {
      return;
    }
    if (last != null && last.minute() == minute) {
      points.removeLast();
    }
    long queued = allotment.buckets().stream().mapToLong(Allotment.BucketState::waiting).sum();
    points.addLast(
        new Point(
            minute,
            queued,
            allotment.activeUsers(),
            allotment.admittedThisMinute(),
            allotment.rawSlots(),
            allotment.admissionRate()));
    while (points.getFirst().minute() <= minute - MINUTES) {
      points.removeFirst();
    }
  }

  /** Oldest first. */
  synchronized List<Point> points() {
    return List.copyOf(points);
  }
}
