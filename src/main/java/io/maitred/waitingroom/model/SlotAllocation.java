package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.util.Collection;
import java.util.List;

/**
 * Who may let in how many: the one place that decides it, on each of the three levels (contract
 * waiting room 9, 10, 16.7). The present rules need nothing from above; one that guarantees a limit
 * would grant quotas at the top.
 */
public interface SlotAllocation {

  /**
   * What the top grants, given the data centers' newest reports.
   *
   * @param outstanding what was granted before
   * @return opaque grants; empty for rules that need none
   */
  default List<String> atGlobal(Collection<DataCenterReport> reports, List<String> outstanding) {
    return List.of();
  }

  /**
   * Divides the slots of a state among data centers; the same everywhere.
   *
   * @param eligible what the queue takes of the slots
   * @param expected data centers that are expected to take part
   */
  RoomShares atDataCenter(
      RoomState state,
      EligibleSlots eligible,
      EffectiveConfig config,
      Collection<String> expected,
      List<String> grants);

  /**
   * What a worker may still let in on a share.
   *
   * @param admitted what it let in on the share since the epoch
   */
  default long atWorker(Share share, int rank, int workers, long minute, long admitted) {
    return Math.max(0, WorkerSlices.slice(share, rank, workers, minute) - admitted);
  }

  /** The rule that an operator chose. */
  static SlotAllocation of(AllocationRules rules) {
    return rules.reserve() ? new ReserveAllocation(rules) : new RatioAllocation(rules);
  }
}
