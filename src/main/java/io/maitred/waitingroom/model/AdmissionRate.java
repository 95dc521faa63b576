package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.util.SortedMap;

/**
 * R, the average number of users admitted per minute (contract waiting room 5.6).
 *
 * <pre>
 * window = the last max(5, S + 1) closed minutes, not before the room's first traffic
 * queued = those of them that are not older than the oldest bucket that waits
 * R      = min(max(mean of n over the window, mean of n over queued), N, T / S)
 * </pre>
 *
 * The window is longer than a session, and the caps hold, because the first fill of an empty room
 * would inflate the mean. Without T / S when the origin may end sessions early. Before anybody had
 * to wait, as many came in as came, not as many as can: the mean of that alone would tell those who
 * wait first that they wait for hours. 0 when the room has no closed minute; the caps when the
 * queue has none.
 */
final class AdmissionRate {

  private AdmissionRate() {}

  /**
   * @param oldest minute of the oldest bucket that waits; {@link Ticket#NEVER} for none
   */
  static double of(
      SortedMap<Long, Long> newUsers,
      SortedMap<Long, Long> traffic,
      long minute,
      long oldest,
      EffectiveConfig config) {
    int window = new Retention(config.sessionMinutes()).rateWindow();
    long first = traffic.isEmpty() ? minute : traffic.firstKey();
    if (first >= minute) {
      return 0;
    }
    double cap =
        config.revoke()
            ? config.newUsersPerMinute()
            : Math.min(
                config.newUsersPerMinute(),
                (double) config.totalActiveUsers() / config.sessionMinutes());
    long from = Math.max(minute - window, first);
    if (oldest >= minute) {
      return cap;
    }
    double mean = mean(newUsers, from, minute);
    double queued = oldest <= from ? mean : mean(newUsers, oldest, minute);
    return Math.min(cap, Math.max(0, Math.max(mean, queued)));
  }

  private static double mean(SortedMap<Long, Long> newUsers, long from, long to) {
    long admitted = newUsers.subMap(from, to).values().stream().mapToLong(Long::longValue).sum();
    return (double) admitted / (to - from);
  }
}
