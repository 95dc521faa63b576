package io.maitred.autoscaler;

import akka.Done;
import io.maitred.autoscaler.model.Removal;
import io.maitred.common.ServiceId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Keeps what removal must remember over restarts. A stage fails when the store is away. */
public interface RemovalMemory {
  CompletionStage<Optional<Removal>> load(ServiceId id);

  CompletionStage<Done> store(ServiceId id, Removal removal);

  /** The service is gone: a later one of the same id starts with an empty memory. */
  CompletionStage<Done> forget(ServiceId id);
}
