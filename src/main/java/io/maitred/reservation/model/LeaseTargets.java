package io.maitred.reservation.model;

import io.maitred.common.CborSerializable;
import io.maitred.common.InstanceId;
import java.util.Map;
import java.util.Set;

/**
 * The slots that one router may hold: the reserver's whole answer to it. An instance that is absent
 * has target 0.
 *
 * @param sequence grows with every change within a term
 * @param heard sequence of the latest report of this router that the reserver knows
 * @param nonce of that report, if it may be answered, else 0
 * @param targets slots per instance
 * @param locked instances that are about to be killed
 * @param scalingDown the autoscaler wants fewer instances
 */
public record LeaseTargets(
    Term term,
    long sequence,
    long heard,
    long nonce,
    Map<InstanceId, Integer> targets,
    Set<InstanceId> locked,
    boolean scalingDown)
    implements CborSerializable {

  public LeaseTargets {
    targets = Map.copyOf(targets);
    locked = Set.copyOf(locked);
  }
}
