package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import io.maitred.reservation.model.CapacityDivision.Claim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns shares into targets per instance, changing as little as possible: idle slots are taken
 * before busy ones, and a router that has requests waiting is served from slots that are free now
 * before it is promised slots that others still use. Used once.
 */
final class Placement {
  private final List<Claim> claims;
  private final List<InstanceId> instances;
  private final Map<InstanceId, Integer> capacity;
  private final Map<MemberId, Integer> shares;
  private final Map<MemberId, Map<InstanceId, Integer>> targets = new HashMap<>();

  /** Slots without a target. */
  private final Map<InstanceId, Integer> unassigned = new HashMap<>();

  /** Slots that nobody is counted for. */
  private final Map<InstanceId, Integer> free;

  /**
   * @param instances those to place on, in the order of preference
   * @param free slots per instance that no member is counted for
   */
  Placement(
      List<Claim> claims,
      List<InstanceId> instances,
      Map<InstanceId, Integer> capacity,
      Map<InstanceId, Integer> free,
      Map<MemberId, Integer> shares) {
    this.claims = claims;
    this.instances = instances;
    this.capacity = capacity;
    this.free = new HashMap<>(free);
    this.shares = shares;
  }

  Map<MemberId, Map<InstanceId, Integer>> place() {
    claims.forEach(claim -> targets.put(claim.member(), new HashMap<>(claim.current())));
    instances.forEach(this::fitCapacity);
    claims.forEach(this::coverUses);
    claims.forEach(this::fitShare);
    for (boolean now : new boolean[] {true, false}) {
      for (int i = 0; i < claims.size(); i++) {
        raise(i, Math.min(share(claims.get(i)), claims.get(i).demand()), now);
      }
    }
    for (boolean now : new boolean[] {true, false}) {
      for (int i = 0; i < claims.size(); i++) {
        raise(i, share(claims.get(i)), now);
      }
    }
    return targets;
  }

  /** The concurrency level went down, or others hold slots of the instance. */
  private void fitCapacity(InstanceId instance) {
    int assigned = claims.stream().mapToInt(claim -> target(claim, instance)).sum();
    int left = capacity.getOrDefault(instance, 0) - assigned;
    for (boolean idle : new boolean[] {true, false}) {
      for (var claim : claims) {
        left += lower(claim, instance, -left, idle);
      }
    }
    unassigned.put(instance, left);
  }

  /**
   * A request above the target keeps its slot before an idle one is kept: else its router would
   * hold both, and more than its share.
   */
  private void coverUses(Claim claim) {
    claim
        .used()
        .forEach(
            (instance, used) -> {
              int target = target(claim, instance);
              int given = Math.min(used - target, unassigned.getOrDefault(instance, 0));
              if (given > 0) {
                set(claim, instance, target + given);
                unassigned.merge(instance, -given, Integer::sum);
              }
            });
  }

  private void fitShare(Claim claim) {
    int excess = total(claim) - share(claim);
    for (boolean idle : new boolean[] {true, false}) {
      for (int i = instances.size() - 1; i >= 0 && excess > 0; i--) {
        var instance = instances.get(i);
        int taken = lower(claim, instance, excess, idle);
        unassigned.merge(instance, taken, Integer::sum);
        excess -= taken;
      }
    }
  }

  /** Takes up to {@code wanted} slots; only those without a request if {@code idle}. */
  private int lower(Claim claim, InstanceId instance, int wanted, boolean idle) {
    int target = target(claim, instance);
    int most = idle ? target - claim.used().getOrDefault(instance, 0) : target;
    int taken = Math.max(0, Math.min(wanted, most));
    if (taken > 0) {
      set(claim, instance, target - taken);
    }
    return taken;
  }

  /**
   * Gives slots up to {@code wanted} in sum.
   *
   * @param now only those that can be sent at once
   */
  private void raise(int index, int wanted, boolean now) {
    var claim = claims.get(index);
    int missing = wanted - total(claim);
    // each router starts at another instance, so that they do not all crowd the first ones
    int start = index * instances.size() / claims.size();
    for (int i = 0; i < instances.size() && missing > 0; i++) {
      var instance = instances.get((start + i) % instances.size());
      if (claim.ejected().contains(instance)) {
        continue;
      }
      int target = target(claim, instance);
      int own = Math.max(0, claim.counted().getOrDefault(instance, 0) - target);
      int ready = own + Math.max(0, free.getOrDefault(instance, 0));
      int given = Math.min(missing, unassigned.getOrDefault(instance, 0));
      given = Math.max(0, now ? Math.min(given, ready) : given);
      if (given > 0) {
        set(claim, instance, target + given);
        unassigned.merge(instance, -given, Integer::sum);
        free.merge(instance, -Math.max(0, given - own), Integer::sum);
        missing -= given;
      }
    }
  }

  private int share(Claim claim) {
    return shares.getOrDefault(claim.member(), 0);
  }

  private int total(Claim claim) {
    return of(claim).values().stream().mapToInt(Integer::intValue).sum();
  }

  private int target(Claim claim, InstanceId instance) {
    return of(claim).getOrDefault(instance, 0);
  }

  private void set(Claim claim, InstanceId instance, int target) {
    of(claim).put(instance, target);
  }

  private Map<InstanceId, Integer> of(Claim claim) {
    return targets.computeIfAbsent(claim.member(), id -> new HashMap<>());
  }
}
