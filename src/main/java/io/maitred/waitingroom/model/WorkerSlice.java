package io.maitred.waitingroom.model;

/** The slots of one worker out of those of its data center (contract waiting room 10). */
@FunctionalInterface
public interface WorkerSlice {
  /**
   * @param allotment as the worker got it, with its rank
   * @param pool which of its shares
   * @return slots that this worker may give without asking
   */
  long of(Allotment allotment, Outcome.Pool pool);
}
