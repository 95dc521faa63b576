package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All slots go to data centers in proportion to their traffic (contract waiting room 8.3, 8.5, 9.2,
 * 13.2). Slots for queued users go where they wait.
 */
final class RatioAllocation implements SlotAllocation {
  private final AllocationRules rules;

  RatioAllocation(AllocationRules rules) {
    this.rules = rules;
  }

  @Override
  public RoomShares atDataCenter(
      RoomState state,
      EligibleSlots eligible,
      EffectiveConfig config,
      Collection<String> expected,
      List<String> grants) {
    var weights = RoomDivision.weights(state, expected, rules.trafficLagMinutes());
    var newUsers = RoomDivision.divide(eligible.remaining(), weights);
    if (config.method() == QueueingMethod.RANDOM) {
      long queued = eligible.buckets().stream().mapToLong(Allotment.BucketState::eligible).sum();
      var random =
          RoomDivision.divideCapped(
              queued, weights, present(state, Long.MIN_VALUE, Long.MAX_VALUE));
      return new RoomShares(newUsers, Map.of(), random, 0);
    }
    return new RoomShares(newUsers, partial(state, eligible, weights), Map.of(), 0);
  }

  private Map<String, Long> partial(
      RoomState state, EligibleSlots eligible, Map<String, Long> weights) {
    if (rules.strictPartial()) {
      return RoomDivision.divide(eligible.partialSlots(), weights);
    }
    return RoomDivision.divideCapped(
        eligible.partialSlots(),
        weights,
        present(state, eligible.partialKey(), eligible.partialEnd()));
  }

  private static Map<String, Long> present(RoomState state, long from, long to) {
    var present = new TreeMap<String, Long>();
    state.dataCenters().forEach((name, own) -> present.put(name, own.present(from, to)));
    return present;
  }
}
