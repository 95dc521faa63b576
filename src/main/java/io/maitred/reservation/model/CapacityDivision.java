package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import io.maitred.division.LargestRemainder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many slots each router should have.
 *
 * <pre>
 * demand = in use + waiting
 * all demands fit:    share = demand + an even part of what is left
 * they do not:        share = largest remainder of the demands, with carry
 * </pre>
 *
 * While all fit, a division stays as long as every router has half of its spare part, so that small
 * changes cause no messages. When they do not fit, a division stays in force for a turn at least,
 * and until every router has what it was given: only then is the carry spent. So a router whose
 * share is a fraction of a slot gets a whole one from time to time, however long requests last. If
 * somebody no longer needs its share, the division is repeated at once from the carry before.
 *
 * @param shares slots per member
 * @param capacity what was divided, per instance
 * @param contended demand exceeded capacity
 * @param carryBefore units of {@link LargestRemainder} that the division started from
 * @param carryAfter those to start the next one from
 * @param sinceMillis when it was made, monotonic
 */
record CapacityDivision(
    Map<MemberId, Integer> shares,
    Map<InstanceId, Integer> capacity,
    boolean contended,
    Map<MemberId, Long> carryBefore,
    Map<MemberId, Long> carryAfter,
    long sinceMillis) {

  static CapacityDivision none() {
    return new CapacityDivision(Map.of(), Map.of(), false, Map.of(), Map.of(), 0);
  }

  /**
   * The division for these claims: this one if it is still good.
   *
   * @param available slots per instance that the claims may share
   * @param settled every router was given its share of this division
   */
  CapacityDivision next(
      List<Claim> claims,
      Map<InstanceId, Integer> available,
      boolean settled,
      long nowMillis,
      long turnMillis) {
    int whole = available.values().stream().mapToInt(Integer::intValue).sum();
    long demand = claims.stream().mapToLong(Claim::demand).sum();
    boolean comparable =
        capacity.equals(available)
            && shares.size() == claims.size()
            && claims.stream().allMatch(claim -> shares.containsKey(claim.member()));
    return demand <= whole
        ? fitting(claims, available, whole - (int) demand, comparable, nowMillis)
        : contended(
            claims,
            available,
            whole,
            comparable && contended,
            settled && nowMillis - sinceMillis >= turnMillis,
            nowMillis);
  }

  private CapacityDivision fitting(
      List<Claim> claims,
      Map<InstanceId, Integer> available,
      int rest,
      boolean comparable,
      long nowMillis) {
    var spread = claims.stream().mapToLong(claim -> claim.spare() ? 1 : 0).toArray();
    int spare = (int) claims.stream().filter(Claim::spare).count();
    int reserve = spare == 0 ? 0 : rest / spare / 2;
    boolean enough =
        claims.stream()
            .allMatch(
                claim ->
                    shares.getOrDefault(claim.member(), 0)
                        >= claim.demand() + (claim.spare() ? reserve : 0));
    if (comparable && !contended && enough) {
      return this;
    }
    var parts = spare == 0 ? new long[claims.size()] : LargestRemainder.divide(rest, spread);
    var next = new HashMap<MemberId, Integer>();
    for (int i = 0; i < parts.length; i++) {
      next.put(claims.get(i).member(), claims.get(i).demand() + (int) parts[i]);
    }
    return new CapacityDivision(
        Map.copyOf(next), Map.copyOf(available), false, Map.of(), Map.of(), nowMillis);
  }

  private CapacityDivision contended(
      List<Claim> claims,
      Map<InstanceId, Integer> available,
      int whole,
      boolean comparable,
      boolean done,
      long nowMillis) {
    boolean used =
        claims.stream().allMatch(claim -> shares.getOrDefault(claim.member(), 0) <= claim.demand());
    boolean good = comparable && used;
    if (good && !done) {
      return this;
    }
    var before = good ? carryAfter : carryBefore;
    var weights = claims.stream().mapToLong(Claim::demand).toArray();
    // who wants nothing is owed nothing
    var carry =
        claims.stream()
            .mapToLong(c -> c.demand() == 0 ? 0 : before.getOrDefault(c.member(), 0L))
            .toArray();
    var divided = LargestRemainder.divide(whole, weights, carry);
    var next = new HashMap<MemberId, Integer>();
    var after = new HashMap<MemberId, Long>();
    for (int i = 0; i < weights.length; i++) {
      next.put(claims.get(i).member(), (int) divided.parts()[i]);
      after.put(claims.get(i).member(), divided.carry()[i]);
    }
    return new CapacityDivision(
        Map.copyOf(next),
        Map.copyOf(available),
        true,
        Map.copyOf(before),
        Map.copyOf(after),
        nowMillis);
  }

  /**
   * What one router asks for.
   *
   * @param inUse its requests on the instances that are divided
   * @param waiting its requests without a slot
   * @param spare whether it takes part of what is left
   * @param current its present targets on the instances that are divided
   * @param counted slots there that nobody else may use
   * @param used requests per instance
   * @param ejected instances that it cannot use
   */
  record Claim(
      MemberId member,
      int inUse,
      int waiting,
      boolean spare,
      Map<InstanceId, Integer> current,
      Map<InstanceId, Integer> counted,
      Map<InstanceId, Integer> used,
      List<InstanceId> ejected) {

    int demand() {
      return inUse + waiting;
    }
  }

  /** The shares as slots of instances. */
  Map<MemberId, Map<InstanceId, Integer>> place(
      List<Claim> claims, List<InstanceId> instances, Map<InstanceId, Integer> free) {
    return new Placement(new ArrayList<>(claims), instances, capacity, free, shares).place();
  }
}
