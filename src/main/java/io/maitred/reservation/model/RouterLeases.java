package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import java.util.Map;

/**
 * What a router was granted for one service. It holds, per instance, the larger of its target and
 * its requests in use: a raise counts at once, and a slot above the target goes back as soon as its
 * request ends, even if others wait.
 *
 * @param term the highest that it knows
 * @param applied sequence of the targets in effect, 0 if they come from an earlier term
 */
public record RouterLeases(Term term, long applied, Map<InstanceId, Integer> targets) {

  public RouterLeases {
    targets = Map.copyOf(targets);
  }

  public static RouterLeases none() {
    return new RouterLeases(Term.NONE, 0, Map.of());
  }

  /** A reserver said its term: a higher one is followed, with the slots held so far. */
  public RouterLeases greeted(Term other) {
    return term.isBelow(other) ? new RouterLeases(other, 0, targets) : this;
  }

  /** Takes targets into effect, unless they are of another term or older than those in effect. */
  public RouterLeases apply(LeaseTargets leases) {
    if (!leases.term().equals(term)) {
      // a higher term must hear first what is held: until then its targets cannot know it
      return greeted(leases.term());
    }
    return leases.sequence() > applied
        ? new RouterLeases(term, leases.sequence(), leases.targets())
        : this;
  }

  public int target(InstanceId instance) {
    return targets.getOrDefault(instance, 0);
  }

  /** Whether one more request may start on the instance. */
  public boolean mayStart(InstanceId instance, int inUse) {
    return inUse < target(instance);
  }

  /** Slots that no other router may use. */
  public int held(InstanceId instance, int inUse) {
    return Math.max(target(instance), inUse);
  }
}
