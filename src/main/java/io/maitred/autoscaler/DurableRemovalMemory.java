package io.maitred.autoscaler;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.persistence.state.DurableStateStoreRegistry;
import akka.persistence.state.javadsl.DurableStateUpdateStore;
import akka.persistence.state.javadsl.GetObjectResult;
import io.maitred.autoscaler.model.Removal;
import io.maitred.common.CborSerializable;
import io.maitred.common.ServiceId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Memory in the durable state store that the cluster is configured with. It needs no entity of its
 * own, since a service's scaler is the only one that writes; should two overlap in a partition, the
 * store refuses the later one's revision.
 */
public final class DurableRemovalMemory implements RemovalMemory {

  /**
   * What is stored. Forgetting stores it empty: a deleted object could not be written again under
   * its old revision.
   */
  record Stored(@Nullable Removal removal) implements CborSerializable {}

  private final DurableStateUpdateStore<Stored> store;

  private DurableRemovalMemory(DurableStateUpdateStore<Stored> store) {
    this.store = store;
  }

  /** Uses the default plugin, {@code akka.persistence.state.plugin}. */
  @SuppressWarnings("unchecked")
  public static DurableRemovalMemory of(ActorSystem<?> system) {
    var plugin = system.settings().config().getString("akka.persistence.state.plugin");
    return new DurableRemovalMemory(
        (DurableStateUpdateStore<Stored>)
            DurableStateStoreRegistry.get(system)
                .getDurableStateStoreFor(DurableStateUpdateStore.class, plugin));
  }

  @Override
  public CompletionStage<Optional<Removal>> load(ServiceId id) {
    return store.getObject(key(id)).thenApply(found -> found.value().map(Stored::removal));
  }

  @Override
  public CompletionStage<Done> store(ServiceId id, Removal removal) {
    return write(id, new Stored(removal));
  }

  @Override
  public CompletionStage<Done> forget(ServiceId id) {
    return write(id, new Stored(null));
  }

  private CompletionStage<Done> write(ServiceId id, Stored value) {
    return store
        .getObject(key(id))
        .thenApply(GetObjectResult::revision)
        .thenCompose(revision -> store.upsertObject(key(id), revision + 1, value, ""));
  }

  private static String key(ServiceId id) {
    return "Removal|" + id;
  }
}
