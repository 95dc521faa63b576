package io.maitred.waitingroom.model;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;

/**
 * What a worker, or a data center, has counted (contract waiting room 5): signed counts by time.
 * Only their sums over all senders mean something. No cell is 0; each key appears once; lists are
 * sorted by key.
 *
 * @param active accepted users by the data center that admitted them and the cell of 10 s in which
 *     they were last seen
 * @param waiting queued users by {@link QueueKey} and the minute of their last check-in
 * @param newUsers users admitted, by minute
 * @param traffic distinct users seen here, by minute
 */
public record RoomCells(
    List<Active> active, List<Waiting> waiting, List<PerMinute> newUsers, List<PerMinute> traffic) {

  public static final RoomCells NONE = new RoomCells(List.of(), List.of(), List.of(), List.of());

  /** Accepted users last seen in a cell. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Active(String home, long cell, long users) {}

  /** Queued users of a bucket that last checked in in a minute. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Waiting(long key, long minute, long users) {}

  /** Users of a minute. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record PerMinute(long minute, long users) {}

  public RoomCells {
    active = List.copyOf(active);
    waiting = List.copyOf(waiting);
    newUsers = List.copyOf(newUsers);
    traffic = List.copyOf(traffic);
  }

  public boolean isEmpty() {
    return active.isEmpty() && waiting.isEmpty() && newUsers.isEmpty() && traffic.isEmpty();
  }
}
