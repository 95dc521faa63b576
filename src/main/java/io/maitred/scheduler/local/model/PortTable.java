package io.maitred.scheduler.local.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which ports of the machine are given to whom. Immutable: every change is a new value. */
public record PortTable(SortedMap<Integer, Reservation> reservations) {

  /**
   * @param holder names the instance, over all clusters and data centers of the machine
   * @param freeFrom null while the holder lives, later when the port may be given again
   */
  public record Reservation(String holder, Instant reservedAt, @Nullable Instant freeFrom) {}

  public static final PortTable EMPTY = new PortTable(new TreeMap<>());

  public PortTable {
    reservations = Collections.unmodifiableSortedMap(new TreeMap<>(reservations));
  }

  /** Without the reservations that have run out at {@code now}. */
  public PortTable at(Instant now) {
    return without(r -> r.freeFrom() != null && !r.freeFrom().isAfter(now));
  }

  /** Without the reservations that the predicate names. */
  public PortTable without(Predicate<Reservation> stale) {
    var left = new TreeMap<>(reservations);
    left.values().removeIf(stale);
    return new PortTable(left);
  }

  /**
   * The lowest ports from first to last that nobody holds and that are usable, as many as wanted;
   * fewer if there are not as many.
   */
  public List<Integer> lowestFree(int first, int last, int wanted, IntPredicate usable) {
    var found = new ArrayList<Integer>(wanted);
    for (int port = first; port <= last && found.size() < wanted; port++) {
      if (!reservations.containsKey(port) && usable.test(port)) {
        found.add(port);
      }
    }
    return found;
  }

  public PortTable reserve(List<Integer> ports, String holder, Instant now) {
    var next = new TreeMap<>(reservations);
    ports.forEach(port -> next.put(port, new Reservation(holder, now, null)));
    return new PortTable(next);
  }

  /** Ends the reservations of the holder at {@code freeFrom}; may repeat. */
  public PortTable release(Predicate<String> holder, Instant freeFrom) {
    var next = new TreeMap<>(reservations);
    next.replaceAll(
        (port, r) ->
            r.freeFrom() == null && holder.test(r.holder())
                ? new Reservation(r.holder(), r.reservedAt(), freeFrom)
                : r);
    return new PortTable(next);
  }

  /** The ports that the holder has now. */
  public List<Integer> heldBy(String holder) {
    return reservations.entrySet().stream()
        .filter(e -> e.getValue().freeFrom() == null && e.getValue().holder().equals(holder))
        .map(Map.Entry::getKey)
        .toList();
  }
}
