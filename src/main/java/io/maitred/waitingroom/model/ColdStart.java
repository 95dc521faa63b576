package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.util.Collection;

/**
 * What may be let in while nothing is known of a room (contract waiting room 6.5, 17.1): the limits
 * are all there is, so min(T, N) is divided by all data centers and workers that may take part.
 */
public final class ColdStart {

  private ColdStart() {}

  /**
   * A data center's part, to be divided evenly among its expected workers.
   *
   * @param expected all data centers that may take part
   */
  public static Share share(
      EffectiveConfig config, Collection<String> expected, String dataCenter) {
    if (config.isClosed()) {
      return Share.NONE;
    }
    long slots = Math.min(config.totalActiveUsers(), config.newUsersPerMinute());
    var parts = RoomDivision.divide(slots, RoomDivision.equal(expected));
    return new Share(parts.getOrDefault(dataCenter, 0L), false);
  }
}
