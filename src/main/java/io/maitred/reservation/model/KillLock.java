package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import java.util.HashSet;
import java.util.Set;

/**
 * An instance that gets no requests because it is to be killed.
 *
 * @param ready all its slots are back
 * @param deadline end of the lock, monotonic milliseconds
 * @param excluded instances that are not tried after this one
 */
record KillLock(InstanceId instance, boolean ready, long deadline, Set<InstanceId> excluded) {
  KillLock {
    excluded = Set.copyOf(excluded);
  }

  KillLock ready(long newDeadline) {
    return new KillLock(instance, true, newDeadline, excluded);
  }

  /** Those not to try once this one has failed. */
  Set<InstanceId> tried() {
    var tried = new HashSet<>(excluded);
    tried.add(instance);
    return tried;
  }
}
