package io.maitred.autoscaler.model;

import io.maitred.service.model.ServiceDescription;

/** The parameters of a service that scaling obeys (contract waiter 5.1 tells their ranges). */
public record ScalingParameters(
    int minInstances,
    int maxInstances,
    int concurrencyLevel,
    double scaleFactor,
    double scaleUpFactor,
    double scaleDownFactor,
    double jitterThreshold,
    double expiredInstanceRestartRate) {

  public ScalingParameters {
    if (minInstances < 1 || maxInstances < minInstances || concurrencyLevel < 1) {
      throw new IllegalArgumentException(
          "minInstances, maxInstances, concurrencyLevel: %d, %d, %d (expected: 1 <= min <= max, 1 <= level)"
              .formatted(minInstances, maxInstances, concurrencyLevel));
    }
  }

  /**
   * @param stale whether every token that led to the service has changed since: such a service
   *     keeps one instance only for want of requests (contract waiter 5.6)
   */
  public static ScalingParameters of(ServiceDescription effective, boolean stale) {
    int min = Math.max(1, stale ? 1 : effective.integer("min-instances"));
    return new ScalingParameters(
        min,
        Math.max(min, effective.integer("max-instances")),
        effective.integer("concurrency-level"),
        effective.decimal("scale-factor"),
        effective.decimal("scale-up-factor"),
        effective.decimal("scale-down-factor"),
        effective.decimal("jitter-threshold"),
        effective.decimal("expired-instance-restart-rate"));
  }
}
