package io.maitred.autoscaler;

import io.maitred.autoscaler.model.Scaling;
import io.maitred.autoscaler.model.Staleness;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.service.model.ServiceDescription;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What {@link ServiceScaler} needs of the rest of the node. Functions are called on the scaler's
 * thread and must not block; every stage must end some time.
 *
 * @param descriptions the effective description of a service; empty when it is not known here
 * @param staleness present for a stale service
 */
public record ScalerPorts(
    Function<ServiceId, Optional<ServiceDescription>> descriptions,
    Function<ServiceId, Optional<Staleness>> staleness,
    Reservations reservations,
    Orders orders,
    RemovalMemory memory,
    InstantSource clock) {

  /** A service's slots. */
  public interface Reservations {
    /** What the requests ask for now. A failed stage means that nobody knows. */
    CompletionStage<Demand> demand(ServiceId id);

    /**
     * Finds an instance that may be killed, and takes all its slots back. Every instance that is
     * returned must be handed to {@link #killEnded}.
     *
     * @param tried instances that the scheduler could not kill a moment ago
     * @return the instance on which no request can start any more; empty when there is none
     */
    CompletionStage<Optional<InstanceId>> prepareKill(ServiceId id, Set<InstanceId> tried);

    /** The instance is gone, or, if not killed, is to be used again. */
    void killEnded(ServiceId id, InstanceId instance, boolean killed);

    /** What the scaler is about to do has changed. */
    void scaling(ServiceId id, Scaling scaling);
  }

  /** Orders to the scheduler. */
  public interface Orders {
    CompletionStage<Result> scale(ServiceId id, int target, boolean force);

    CompletionStage<Result> kill(ServiceId id, InstanceId instance);

    CompletionStage<Result> delete(ServiceId id);
  }
}
