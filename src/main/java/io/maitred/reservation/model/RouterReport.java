package io.maitred.reservation.model;

import io.maitred.common.CborSerializable;
import io.maitred.common.InstanceId;
import io.maitred.common.RouterId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of one service at one router, for its reserver. Never a delta: lost, doubled or
 * reordered reports change nothing.
 *
 * @param sequence grows with every report of the member, over all services
 * @param term the highest term that the router knows
 * @param applied sequence of the latest {@link LeaseTargets} of that term in effect, 0 before
 * @param waiting requests without a slot
 * @param oldestWaitMillis age of the oldest of them, 0 if none
 * @param instances every instance that the router holds slots of or has ejected
 * @param total requests so far
 * @param lastRequestTime arrival of the latest request, or null
 * @param pooled the router has a pool of the service, and takes spare slots
 * @param nonce to be answered by the present reserver after a pause of the router, else 0
 * @param removals members that left by downing, and how long ago the sender saw it, in milliseconds
 */
public record RouterReport(
    MemberId member,
    RouterId router,
    long sequence,
    Term term,
    long applied,
    int waiting,
    long oldestWaitMillis,
    Map<InstanceId, InstanceUse> instances,
    long total,
    @Nullable Instant lastRequestTime,
    boolean pooled,
    long nonce,
    Map<MemberId, Long> removals)
    implements CborSerializable {

  public RouterReport {
    instances = Map.copyOf(instances);
    removals = Map.copyOf(removals);
  }

  /** Of a router without a pool of the service: it holds nothing. */
  public static RouterReport none(
      MemberId member,
      RouterId router,
      long sequence,
      Term term,
      long applied,
      Map<MemberId, Long> removals) {
    return new RouterReport(
        member, router, sequence, term, applied, 0, 0, Map.of(), 0, null, false, 0, removals);
  }

  public InstanceUse use(InstanceId id) {
    return instances.getOrDefault(id, InstanceUse.NONE);
  }
}
