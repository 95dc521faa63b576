package io.maitred.waitingroom.model;

import io.maitred.division.LargestRemainder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Divides slots among data centers in exact integers (contract waiting room 8.5, 9).
 *
 * <pre>
 * weight(dc) = traffic(dc, minute - lag); all 0: of the minute after, once it is closed for 20 s;
 *              all 0 again: 1 for each expected data center
 * part(dc)   = largest remainder of slots * weight / sum of weights, ties to the smaller name
 * </pre>
 *
 * Parts sum to the slots, and each data center computes the same from the same input.
 */
public final class RoomDivision {
  /** Stands for slots that any data center may use. */
  public static final String ANYWHERE = "Anywhere";

  /** By bytes, but slots for anywhere come first. */
  static final Comparator<String> BY_NAME =
      Comparator.comparing((String name) -> !name.equals(ANYWHERE))
          .thenComparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private static final int SETTLED_SECOND = 20;

  private RoomDivision() {}

  /**
   * Divides in proportion to weights.
   *
   * @param weights by name, none negative
   * @return parts by name; they sum to the slots unless no weight is above 0
   */
  public static Map<String, Long> divide(long slots, Map<String, Long> weights) {
    var names = weights.keySet().stream().sorted(BY_NAME).toList();
    long[] ordered = names.stream().mapToLong(weights::get).toArray();
    var parts = new TreeMap<String, Long>(BY_NAME);
    boolean possible = Arrays.stream(ordered).anyMatch(weight -> weight > 0);
    long[] divided =
        possible ? LargestRemainder.divide(Math.max(0, slots), ordered) : new long[ordered.length];
    for (int i = 0; i < divided.length; i++) {
      parts.put(names.get(i), divided[i]);
    }
    return parts;
  }

  /** One each. */
  public static Map<String, Long> equal(Collection<String> names) {
    var weights = new TreeMap<String, Long>(BY_NAME);
    names.forEach(name -> weights.put(name, 1L));
    return weights;
  }

  /**
   * The weights of the data centers at a state's epoch.
   *
   * @param expected data centers that are weighed alike when there is no traffic to go by
   */
  public static Map<String, Long> weights(
      RoomState state, Collection<String> expected, int lagMinutes) {
    var traffic = traffic(state, expected, lagMinutes);
    return traffic.values().stream().anyMatch(users -> users > 0) ? traffic : equal(expected);
  }

  /** The users of each data center in the minute that weighs; all 0 when none is known. */
  static Map<String, Long> traffic(RoomState state, Collection<String> expected, int lagMinutes) {
    var key = traffic(state, expected, state.minute() - lagMinutes);
    boolean none = key.values().stream().allMatch(users -> users == 0);
    if (none && lagMinutes > 1 && state.second() >= SETTLED_SECOND) {
      return traffic(state, expected, state.minute() - 1);
    }
    return key;
  }

  private static Map<String, Long> traffic(
      RoomState state, Collection<String> expected, long minute) {
    var names = new TreeSet<>(expected);
    names.addAll(state.dataCenters().keySet());
    var traffic = new TreeMap<String, Long>(BY_NAME);
    names.forEach(name -> traffic.put(name, state.traffic(name, minute)));
    return traffic;
  }

  /**
   * Divides in proportion to weights, but gives nobody more than it can use: what is left over is
   * divided again, by the same weights, among those who can use more; by their caps when their
   * weights are all 0.
   *
   * @param caps by name; without one, nothing
   * @return parts that sum to the slots, or to the caps if these are fewer
   */
  public static Map<String, Long> divideCapped(
      long slots, Map<String, Long> weights, Map<String, Long> caps) {
    var names = new TreeSet<>(BY_NAME);
    names.addAll(weights.keySet());
    names.addAll(caps.keySet());
    var parts = new TreeMap<String, Long>(BY_NAME);
    names.forEach(name -> parts.put(name, 0L));
    long left = slots;
    var open = List.copyOf(names);
    while (left > 0 && !open.isEmpty()) {
      // the first round is the uncapped rule, so that the result is the same when no cap binds
      var round = new TreeMap<String, Long>(BY_NAME);
      open.forEach(name -> round.put(name, weights.getOrDefault(name, 0L)));
      if (round.values().stream().allMatch(weight -> weight == 0)) {
        open.forEach(name -> round.put(name, caps.getOrDefault(name, 0L)));
      }
      if (round.values().stream().allMatch(weight -> weight == 0)) {
        break;
      }
      for (var part : divide(left, round).entrySet()) {
        long cap = caps.getOrDefault(part.getKey(), 0L);
        long has = parts.getOrDefault(part.getKey(), 0L);
        long more = Math.min(part.getValue(), Math.max(0, cap - has));
        parts.put(part.getKey(), has + more);
        left -= more;
      }
      open =
          names.stream()
              .filter(name -> parts.getOrDefault(name, 0L) < caps.getOrDefault(name, 0L))
              .toList();
    }
    return parts;
  }
}
