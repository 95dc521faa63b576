package io.maitred.waitingroom.model;

import java.util.Map;

/**
 * What each data center may let in since an epoch.
 *
 * @param newUsers slots for users without a ticket, by data center
 * @param partial slots for users of the partial bucket
 * @param random slots for queued users when they are drawn by lot
 * @param anywhere slots for new users that any data center may use
 */
public record RoomShares(
    Map<String, Long> newUsers,
    Map<String, Long> partial,
    Map<String, Long> random,
    long anywhere) {
  public static final RoomShares NONE = new RoomShares(Map.of(), Map.of(), Map.of(), 0);

  public RoomShares {
    newUsers = Map.copyOf(newUsers);
    partial = Map.copyOf(partial);
    random = Map.copyOf(random);
  }

  /** All slots of a data center but those that any may use. */
  public long of(String dataCenter) {
    return newUsers.getOrDefault(dataCenter, 0L)
        + partial.getOrDefault(dataCenter, 0L)
        + random.getOrDefault(dataCenter, 0L);
  }

  /** All slots. */
  public long total() {
    return sum(newUsers) + sum(partial) + sum(random) + anywhere;
  }

  private static long sum(Map<String, Long> parts) {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }
}
