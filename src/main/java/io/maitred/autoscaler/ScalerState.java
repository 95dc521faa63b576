package io.maitred.autoscaler;

import io.maitred.autoscaler.model.Removal;
import io.maitred.autoscaler.model.Scaling;
import io.maitred.common.CborSerializable;
import io.maitred.common.ServiceId;
import org.jspecify.annotations.Nullable;

/**
 * What the scaler of a service last decided (contract waiter 3.17, {@code autoscaler-state}).
 *
 * @param cycle the last decision; null until the second cycle
 * @param removal what removal remembers; null until it is loaded
 * @param healthy {@code healthy-instances}
 * @param instances requested ones, {@code instances}
 * @param taskCount running ones, {@code task-count}
 */
public record ScalerState(
    ServiceId id,
    @Nullable Cycle cycle,
    @Nullable Removal removal,
    int healthy,
    int instances,
    int taskCount)
    implements CborSerializable {

  /**
   * @param scaleAmount {@code scale-amount}
   * @param scaleTo {@code scale-to-instances}
   * @param target {@code target-instances}
   * @param scaling {@code scaling-state}
   */
  public record Cycle(
      int expiredHealthy,
      int expiredUnhealthy,
      int outstanding,
      int scaleAmount,
      int scaleTo,
      double target,
      Scaling scaling)
      implements CborSerializable {}
}
