package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * Slots for new users are reserved for data centers only as far as their users fill the room; any
 * data center may use the others (contract waiting room 9.8). Queued users are served as by the
 * ratio.
 *
 * <pre>
 * part(dc) = K * users(dc) / max(T, sum of users), the rest for anywhere
 * </pre>
 */
final class ReserveAllocation implements SlotAllocation {
  private final AllocationRules rules;
  private final RatioAllocation ratio;

  ReserveAllocation(AllocationRules rules) {
    this.rules = rules;
    this.ratio = new RatioAllocation(rules);
  }

  @Override
  public RoomShares atDataCenter(
      RoomState state,
      EligibleSlots eligible,
      EffectiveConfig config,
      Collection<String> expected,
      List<String> grants) {
    var queued = ratio.atDataCenter(state, eligible, config, expected, grants);
    var weights = new TreeMap<String, Long>(RoomDivision.BY_NAME);
    weights.putAll(RoomDivision.traffic(state, expected, rules.trafficLagMinutes()));
    long users = weights.values().stream().mapToLong(Long::longValue).sum();
    weights.put(RoomDivision.ANYWHERE, Math.max(0, config.totalActiveUsers() - users));
    var parts = new TreeMap<>(RoomDivision.divide(eligible.remaining(), weights));
    Long anywhere = parts.remove(RoomDivision.ANYWHERE);
    return new RoomShares(
        parts, queued.partial(), queued.random(), anywhere == null ? 0 : anywhere);
  }
}
