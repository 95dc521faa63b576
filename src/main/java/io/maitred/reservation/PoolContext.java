package io.maitred.reservation;

import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.reservation.model.Ejections;
import io.maitred.service.model.ServiceDescription;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the pools of a node share.
 *
 * @param descriptions effective descriptions; null while unknown
 * @param executor completes the futures of queued requests
 * @param reports counts the reports of this node
 * @param onUrgent called on any thread when the reserver should hear of a service at once
 */
record PoolContext(
    RouterId router,
    Function<ServiceId, @Nullable ServiceDescription> descriptions,
    Ejections.Rule ejection,
    Fence fence,
    Clocks clocks,
    RandomGenerator random,
    Executor executor,
    AtomicLong reports,
    Consumer<ServiceId> onUrgent) {

  long nextReport() {
    return reports.incrementAndGet();
  }

  void urgent(ServiceId service) {
    onUrgent.accept(service);
  }
}
