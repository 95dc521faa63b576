package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import io.maitred.reservation.model.CapacityDivision.Claim;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** One look at all accounts of a {@link LeaseLedger}: what may be divided, and what may be sent. */
final class LeaseDesk {
  private final List<Account> eligible;
  private final List<InstanceId> usable;
  private final Map<InstanceId, Integer> available = new HashMap<>();

  /** Slots that nobody is counted for; negative after the level was lowered. */
  private final Map<InstanceId, Integer> free = new HashMap<>();

  private boolean pending;

  /**
   * @param targets of those members whose targets change
   * @param pending some raises wait for slots to come back
   */
  record Plan(Map<MemberId, Map<InstanceId, Integer>> targets, boolean pending) {}

  /**
   * @param eligible those accounts that may get slots
   * @param usable instances to divide, in the order of preference
   * @param level slots of each
   */
  LeaseDesk(List<Account> all, List<Account> eligible, List<InstanceId> usable, int level) {
    this.eligible = eligible;
    this.usable = usable;
    for (var instance : usable) {
      int counted = 0;
      int fixed = 0;
      for (var account : all) {
        int slots = account.counted(instance);
        counted += slots;
        // not to be divided: of a member that gets nothing, or of one that cannot use them
        if (!eligible.contains(account) || account.use(instance).ejected()) {
          fixed += slots;
        }
      }
      free.put(instance, level - counted);
      available.put(instance, Math.max(0, level - fixed));
    }
  }

  Map<InstanceId, Integer> available() {
    return available;
  }

  List<Claim> claims() {
    return eligible.stream().map(this::claim).toList();
  }

  private Claim claim(Account account) {
    var current = new HashMap<InstanceId, Integer>();
    var counted = new HashMap<InstanceId, Integer>();
    var used = new HashMap<InstanceId, Integer>();
    var targets = account.targets();
    for (var instance : usable) {
      var use = account.use(instance);
      if (!use.ejected()) {
        putPositive(current, instance, targets.getOrDefault(instance, 0));
        putPositive(counted, instance, account.counted(instance));
        putPositive(used, instance, use.inUse());
      }
    }
    return new Claim(
        account.id(),
        used.values().stream().mapToInt(Integer::intValue).sum(),
        account.waiting(),
        account.takesSpare(),
        current,
        counted,
        used,
        usable.stream().filter(instance -> account.use(instance).ejected()).toList());
  }

  private static void putPositive(Map<InstanceId, Integer> map, InstanceId key, int value) {
    if (value > 0) {
      map.put(key, value);
    }
  }

  /**
   * What to send for a division: lowerings at once, raises as far as slots are free.
   *
   * @param kept whether targets stay on an instance that is not divided now
   */
  Plan plan(CapacityDivision division, Predicate<InstanceId> kept) {
    var placed = division.place(claims(), usable, free);
    var changed = new LinkedHashMap<MemberId, Map<InstanceId, Integer>>();
    for (var account : eligible) {
      var before = account.targets();
      var after = new HashMap<InstanceId, Integer>();
      before.forEach(
          (instance, target) -> {
            if (usable.contains(instance) ? account.use(instance).ejected() : kept.test(instance)) {
              putPositive(after, instance, target);
            }
          });
      placed
          .getOrDefault(account.id(), Map.of())
          .forEach(
              (instance, target) ->
                  putPositive(
                      after,
                      instance,
                      affordable(account, instance, before.getOrDefault(instance, 0), target)));
      if (!after.equals(before)) {
        changed.put(account.id(), after);
      }
    }
    return new Plan(changed, pending);
  }

  private int affordable(Account account, InstanceId instance, int before, int target) {
    if (target <= before) {
      return target;
    }
    int counted = account.counted(instance);
    int most = counted + Math.max(0, free.getOrDefault(instance, 0));
    int given = Math.max(before, Math.min(target, most));
    free.merge(instance, -Math.max(0, given - counted), Integer::sum);
    pending |= given < target;
    return given;
  }
}
