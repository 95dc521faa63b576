package io.maitred.waitingroom.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How long cells count and are kept (contract waiting room 5.3, 5.4, 5.6, 5.7).
 *
 * <pre>
 * active    cell(t) - c   &lt;= 6 * S
 * waiting   minute(t) - m &lt;= G, and present while it is &lt;= 2
 * new users minute(t) - m &lt;= max(5, S + 1), the window of the admission rate
 * traffic   two minutes more, which show whether that window is full
 * kept      max(S, G) + 10 minutes, in which a cell may still be evened out by another sender
 * </pre>
 *
 * @param sessionMinutes S
 */
public record Retention(int sessionMinutes) {
  /** Cells that lie further in the future are the work of a wrong clock (contract 17.10). */
  static final Duration AHEAD = Duration.ofMinutes(2);

  private static final int TRAFFIC_BEFORE_WINDOW = 2;
  private static final int SHORTEST_WINDOW = 5;
  private static final int KEPT_LONGER = 10;

  /** Closed minutes over which the admission rate is averaged. */
  public int rateWindow() {
    return Math.max(SHORTEST_WINDOW, sessionMinutes + 1);
  }

  /** How long a worker keeps its cells. */
  public Duration kept() {
    return Duration.ofMinutes(Math.max(sessionMinutes, RoomTime.GRACE_MINUTES) + KEPT_LONGER);
  }

  boolean countsActive(long cell, Instant now) {
    return RoomTime.cell(now) - cell <= (long) RoomTime.CELLS_PER_MINUTE * sessionMinutes;
  }

  static boolean countsWaiting(long minute, long now) {
    return now - minute <= RoomTime.GRACE_MINUTES;
  }

  static boolean isPresent(long minute, long now) {
    return now - minute <= RoomTime.PRESENCE_MINUTES;
  }

  /** Only the cells that still count at a time. */
  public RoomCells counting(RoomCells cells, Instant now) {
    long minute = RoomTime.minute(now);
    return new RoomCells(
        cells.active().stream().filter(cell -> countsActive(cell.cell(), now)).toList(),
        cells.waiting().stream().filter(cell -> countsWaiting(cell.minute(), minute)).toList(),
        cells.newUsers().stream().filter(cell -> minute - cell.minute() <= rateWindow()).toList(),
        cells.traffic().stream()
            .filter(cell -> minute - cell.minute() <= rateWindow() + TRAFFIC_BEFORE_WINDOW)
            .toList());
  }

  /** Moves cells that lie too far in the future to the present (contract 17.10). */
  public static RoomCells clamped(RoomCells cells, Instant now) {
    long lastMinute = RoomTime.minute(now.plus(AHEAD));
    long lastCell = RoomTime.cell(now.plus(AHEAD));
    if (within(cells.active(), RoomCells.Active::cell, lastCell)
        && within(cells.waiting(), RoomCells.Waiting::minute, lastMinute)
        && within(cells.newUsers(), RoomCells.PerMinute::minute, lastMinute)
        && within(cells.traffic(), RoomCells.PerMinute::minute, lastMinute)) {
      return cells;
    }
    long minute = RoomTime.minute(now);
    long cell = RoomTime.cell(now);
    return CellSums.of(
        cells.active().stream()
            .map(a -> a.cell() > lastCell ? new RoomCells.Active(a.home(), cell, a.users()) : a)
            .toList(),
        cells.waiting().stream()
            .map(
                w ->
                    w.minute() > lastMinute ? new RoomCells.Waiting(w.key(), minute, w.users()) : w)
            .toList(),
        clamped(cells.newUsers(), lastMinute, minute),
        clamped(cells.traffic(), lastMinute, minute));
  }

  private static List<RoomCells.PerMinute> clamped(
      List<RoomCells.PerMinute> cells, long last, long minute) {
    return cells.stream()
        .map(c -> c.minute() > last ? new RoomCells.PerMinute(minute, c.users()) : c)
        .toList();
  }

  private static <C> boolean within(List<C> cells, ToLongFunction<C> time, long last) {
    return cells.stream().allMatch(cell -> time.applyAsLong(cell) <= last);
  }
}
