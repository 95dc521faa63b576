package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.RoomCells.Active;
import io.maitred.waitingroom.model.RoomCells.PerMinute;
import io.maitred.waitingroom.model.RoomCells.Waiting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Sums of cells over senders (contract waiting room 6.2, 6.3). The order of the senders does not
 * matter; cells that sum to 0 vanish, negative ones stay: another sender may hold their
 * counterpart.
 *
 * <p>Each sender's lists are sorted already, so that sorting their concatenation merges runs.
 */
public final class CellSums {
  private static final Comparator<Active> BY_HOME_AND_CELL =
      Comparator.comparing(Active::home).thenComparingLong(Active::cell);
  private static final Comparator<Waiting> BY_KEY_AND_MINUTE =
      Comparator.comparingLong(Waiting::key).thenComparingLong(Waiting::minute);
  private static final Comparator<PerMinute> BY_MINUTE =
      Comparator.comparingLong(PerMinute::minute);

  private CellSums() {}

  /** The sum of all senders' cells. */
  public static RoomCells sum(Collection<RoomCells> senders) {
    var active = new ArrayList<Active>();
    var waiting = new ArrayList<Waiting>();
    var newUsers = new ArrayList<PerMinute>();
    var traffic = new ArrayList<PerMinute>();
    for (var sender : senders) {
      active.addAll(sender.active());
      waiting.addAll(sender.waiting());
      newUsers.addAll(sender.newUsers());
      traffic.addAll(sender.traffic());
    }
    return of(active, waiting, newUsers, traffic);
  }

  /** Cells from lists in any order, in which a key may appear more than once. */
  public static RoomCells of(
      List<Active> active,
      List<Waiting> waiting,
      List<PerMinute> newUsers,
      List<PerMinute> traffic) {
    return new RoomCells(
        merge(
            active,
            BY_HOME_AND_CELL,
            (a, b) -> new Active(a.home(), a.cell(), a.users() + b.users()),
            Active::users),
        merge(
            waiting,
            BY_KEY_AND_MINUTE,
            (a, b) -> new Waiting(a.key(), a.minute(), a.users() + b.users()),
            Waiting::users),
        merge(newUsers, BY_MINUTE, CellSums::plus, PerMinute::users),
        merge(traffic, BY_MINUTE, CellSums::plus, PerMinute::users));
  }

  private static PerMinute plus(PerMinute a, PerMinute b) {
    return new PerMinute(a.minute(), a.users() + b.users());
  }

  private static <C> List<C> merge(
      List<C> cells,
      Comparator<C> order,
      BinaryOperator<C> plus,
      java.util.function.ToLongFunction<C> users) {
    var sorted = new ArrayList<>(cells);
    sorted.sort(order);
    var merged = new ArrayList<C>(sorted.size());
    for (int i = 0; i < sorted.size(); ) {
      C sum = sorted.get(i++);
      while (i < sorted.size() && order.compare(sum, sorted.get(i)) == 0) {
        sum = plus.apply(sum, sorted.get(i++));
      }
      if (users.applyAsLong(sum) != 0) {
        merged.add(sum);
      }
    }
    return merged;
  }
}
