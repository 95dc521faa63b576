package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import io.maitred.service.model.Instance;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which instance a scale-down ends (contract waiter 7.6): the oldest idle expired one, then an
 * expired one with lingering requests only, an idle unhealthy one, an idle ejected one, the
 * youngest idle healthy one.
 *
 * @param inUse requests on it at all routers
 * @param youngestUseMillis age of the latest of them
 * @param expired marked, too old, or failing at some router
 * @param starting not healthy, but within its grace period
 * @param ejected by some router
 * @param locked about to be killed already
 */
public record KillCandidate(
    Instance instance,
    int inUse,
    long youngestUseMillis,
    boolean expired,
    boolean starting,
    boolean ejected,
    boolean locked) {

  public InstanceId id() {
    return instance.id();
  }

  /** No request, or only requests that an expired instance waited for long enough. */
  public boolean isFree(long lingeringMillis) {
    return inUse == 0 || (expired && youngestUseMillis > lingeringMillis);
  }

  /**
   * @param excluded were tried already
   * @param pick the service's load balancing
   */
  public static Optional<KillCandidate> choose(
      List<KillCandidate> all,
      Set<InstanceId> excluded,
      InstanceOrder.Pick pick,
      long lingeringMillis) {
    boolean anyExpired = all.stream().anyMatch(KillCandidate::expired);
    boolean anyStarting = all.stream().anyMatch(KillCandidate::starting);
    return all.stream()
        .filter(c -> !c.locked && !excluded.contains(c.id()) && c.isFree(lingeringMillis))
        .filter(c -> !anyExpired || !c.instance.healthy() || c.expired || c.ejected)
        .filter(c -> !(anyExpired && anyStarting) || (!c.instance.healthy() && !c.starting))
        .max(preference(pick));
  }

  private static Comparator<KillCandidate> preference(InstanceOrder.Pick pick) {
    Comparator<KillCandidate> kind =
        Comparator.comparing((KillCandidate c) -> c.inUse == 0)
            .thenComparing(KillCandidate::expired)
            .thenComparing(c -> !c.instance.healthy())
            .thenComparing(KillCandidate::ejected);
    Comparator<KillCandidate> start =
        (a, b) -> {
          boolean oldestFirst =
              a.expired || (a.instance.healthy() && pick == InstanceOrder.Pick.YOUNGEST);
          int order = a.instance.startedAt().compareTo(b.instance.startedAt());
          return oldestFirst ? -order : order;
        };
    return kind.thenComparing(start).thenComparing(c -> c.id());
  }
}
