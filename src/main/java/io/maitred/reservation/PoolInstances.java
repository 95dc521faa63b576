package io.maitred.reservation;

import io.maitred.common.InstanceId;
import io.maitred.reservation.model.Ejections;
import io.maitred.reservation.model.InstanceOrder;
import io.maitred.reservation.model.RouterLeases;
import io.maitred.service.model.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The instances of one pool and which of them have a free slot; guarded by the pool's lock. */
final class PoolInstances {
  private final Map<InstanceId, PoolInstance> byId = new HashMap<>();
  private PoolInstance[] order = {};
  private RankSet free = new RankSet(0);
  private int inUse;

  @Nullable PoolInstance pick(InstanceOrder.Pick pick, RandomGenerator random) {
    int rank =
        switch (pick) {
          case OLDEST -> free.first();
          case YOUNGEST -> free.last();
          case RANDOM -> free.random(random);
        };
    return rank == RankSet.NONE ? null : order[rank];
  }

  void begin(Slot slot) {
    inUse++;
    slot.holder.begin(slot);
    refresh(slot.holder);
  }

  void end(Slot slot) {
    inUse--;
    slot.holder.end(slot);
    refresh(slot.holder);
  }

  /** Takes new leases into effect; {@link #arrange} must follow if {@code locked} changed. */
  void lease(RouterLeases leases, Set<InstanceId> locked) {
    leases.targets().keySet().forEach(id -> byId.computeIfAbsent(id, PoolInstance::new));
    for (var instance : byId.values()) {
      instance.target = leases.target(instance.id);
      instance.locked = locked.contains(instance.id);
      refresh(instance);
    }
  }

  /** Takes new instances into account, and forgets those that are neither known nor held. */
  void discover(Collection<Instance> active) {
    byId.values().forEach(known -> known.instance = null);
    for (var instance : active) {
      byId.computeIfAbsent(instance.id(), PoolInstance::new).instance = instance;
    }
    byId.values().removeIf(known -> known.instance == null && known.held() == 0);
  }

  /** Ranks the instances that may get requests. */
  void arrange(Ejections ejections, PoolPolicy policy, Instant now) {
    var servable = new ArrayList<Instance>();
    for (var known : byId.values()) {
      var instance = known.instance;
      known.rank = PoolInstance.UNRANKED;
      known.expired =
          ejections.isExpired(known.id)
              || (instance != null
                  && InstanceOrder.isExpired(instance, policy.expiryMinutes(), now));
      known.servable =
          instance != null && instance.healthy() && !known.locked && !ejections.isEjected(known.id);
      if (instance != null && known.servable) {
        servable.add(instance);
      }
    }
    rank(InstanceOrder.sort(servable, instance -> get(instance.id()).expired));
  }

  private void rank(List<Instance> sorted) {
    order = new PoolInstance[sorted.size()];
    free = new RankSet(order.length);
    for (int rank = 0; rank < order.length; rank++) {
      order[rank] = get(sorted.get(rank).id());
      order[rank].rank = rank;
      refresh(order[rank]);
    }
  }

  /** Whether time alone made an instance expired since the last {@link #arrange}. */
  boolean isOutdated(PoolPolicy policy, Instant now) {
    return byId.values().stream()
        .anyMatch(
            known ->
                known.instance != null
                    && !known.expired
                    && InstanceOrder.isExpired(known.instance, policy.expiryMinutes(), now));
  }

  private void refresh(PoolInstance instance) {
    if (instance.rank != PoolInstance.UNRANKED) {
      free.set(instance.rank, instance.hasFree());
    }
  }

  private PoolInstance get(InstanceId id) {
    return Objects.requireNonNull(byId.get(id));
  }

  boolean knows(InstanceId id) {
    return byId.containsKey(id);
  }

  Collection<PoolInstance> all() {
    return byId.values();
  }

  /** In the order of picking; only those that may get requests. */
  List<InstanceId> sortedIds() {
    return java.util.Arrays.stream(order).map(instance -> instance.id).toList();
  }

  int inUse() {
    return inUse;
  }

  int held() {
    return byId.values().stream().mapToInt(PoolInstance::held).sum();
  }

  int available() {
    return byId.values().stream()
        .filter(instance -> instance.servable)
        .mapToInt(instance -> Math.max(0, instance.target - instance.inUse))
        .sum();
  }
}
