package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.util.SortedMap;

/**
 * R, the average number of users admitted per minute (contract waiting room 5.6).
 *
 * <pre>
 * window = the last max(5, S + 1) closed minutes, not before the room's first traffic
 * R      = min(mean of n over the window, N, T / S)
 * </pre>
 *
 * The window is longer than a session, and the caps hold, because the first fill of an empty room
 * would inflate the mean. Without T / S when the origin may end sessions early. 0 when no minute of
 * the window is closed.
 */
final class AdmissionRate {

  private AdmissionRate() {}

  static double of(
      SortedMap<Long, Long> newUsers,
      SortedMap<Long, Long> traffic,
      long minute,
      EffectiveConfig config) {
    int window = new Retention(config.sessionMinutes()).rateWindow();
    long first = traffic.isEmpty() ? minute : traffic.firstKey();
    long from = Math.max(minute - window, first);
    if (from >= minute) {
      return 0;
    }
    long admitted =
        newUsers.subMap(from, minute).values().stream().mapToLong(Long::longValue).sum();
    double mean = Math.max(0, (double) admitted / (minute - from));
    double capped = Math.min(mean, config.newUsersPerMinute());
    return config.revoke()
        ? capped
        : Math.min(capped, (double) config.totalActiveUsers() / config.sessionMinutes());
  }
}
