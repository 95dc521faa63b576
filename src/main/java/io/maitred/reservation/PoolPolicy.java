package io.maitred.reservation;

import io.maitred.reservation.model.InstanceOrder;
import io.maitred.service.model.ServiceDescription;
import org.jspecify.annotations.Nullable;

/**
 * What a pool needs of its service's description.
 *
 * @param maxQueueLength more requests than this in the queue refuse the next one
 * @param bufferSize most requests in the queue, whatever the service says
 */
record PoolPolicy(
    @Nullable String loadBalancing,
    int maxQueueLength,
    int bufferSize,
    int expiryMinutes,
    int graceSeconds) {

  static final PoolPolicy UNKNOWN = new PoolPolicy(null, Integer.MAX_VALUE, 1024, 0, 0);

  static PoolPolicy of(ServiceDescription effective) {
    return new PoolPolicy(
        effective.string("load-balancing"),
        effective.integer("max-queue-length"),
        bufferSize(effective.integer("concurrency-level"), effective.integer("max-instances")),
        effective.integer("instance-expiry-mins"),
        effective.integer("grace-period-secs"));
  }

  /** {@code clamp(ceil(ln(1 + concurrency-level)) * max-instances, 1024, 4096)}. */
  static int bufferSize(int concurrencyLevel, int maxInstances) {
    double size = Math.ceil(Math.log(1.0 + concurrencyLevel)) * maxInstances;
    return (int) Math.max(1024, Math.min(4096, size));
  }

  InstanceOrder.Pick pick(boolean scalingDown) {
    return InstanceOrder.Pick.of(loadBalancing, scalingDown);
  }
}
