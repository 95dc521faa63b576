package io.maitred.node;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.maitred.autoscaler.ServiceScaler;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.Goal;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.waiter.Apps;
import io.maitred.reservation.InstanceReserver;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler;
import io.maitred.service.model.References;
import io.maitred.service.model.ServiceRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the routes of {@code /apps} need, from the parts of this node. */
final class AppsOfNode implements Apps {
  /** How long a list of services waits for the entities that know what moves. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Wiring parts;
  private final ClusterSharding sharding;

  AppsOfNode(Wiring parts, ActorSystem<?> system) {
    this.parts = parts;
    this.sharding = ClusterSharding.get(system);
  }

  @Override
  public Collection<Service> running() {
    return parts.directory.snapshot().ids().stream()
        .map(parts.store.tables()::service)
        .filter(Objects::nonNull)
        .map(this::service)
        .toList();
  }

  @Override
  public CompletionStage<Optional<Service>> find(ServiceId id) {
    return parts.store.fetchService(id).thenApply(found -> found.map(this::service));
  }

  private Service service(ServiceRecord record) {
    var effective = parts.effective.of(record.id());
    return new Service(
        record,
        effective == null
            ? parts.descriptions.defaults().effective(record.core().parameters())
            : effective,
        parts.directory.snapshot().find(record.id()).orElse(null),
        References.currentFor(record.references(), parts.store.tables()::token),
        null);
  }

  @Override
  public CompletionStage<Map<ServiceId, Activity>> activity(Set<ServiceId> ids) {
    var found = new ConcurrentHashMap<ServiceId, Activity>();
    var asked =
        ids.stream()
            .map(id -> activity(id).thenAccept(activity -> found.put(id, activity)))
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(asked).thenApply(done -> Map.copyOf(found));
  }

  private CompletionStage<Activity> activity(ServiceId id) {
    if (parts.directory.snapshot().find(id).isEmpty()) {
      // asking would wake entities for nothing
      return CompletableFuture.completedFuture(Activity.UNKNOWN);
    }
    return demand(id).thenCombine(scaleAmount(id), Activity::new);
  }

  private CompletionStage<@Nullable Demand> demand(ServiceId id) {
    return sharding
        .entityRefFor(InstanceReserver.TYPE_KEY, id.value())
        .ask(InstanceReserver.GetDemand::new, PATIENCE)
        .exceptionally(failure -> null);
  }

  private CompletionStage<@Nullable Integer> scaleAmount(ServiceId id) {
    return sharding
        .entityRefFor(ServiceScaler.TYPE_KEY, id.value())
        .ask(ServiceScaler.GetState::new, PATIENCE)
        .<@Nullable Integer>thenApply(
            state -> {
              var cycle = state.cycle();
              return cycle == null ? null : cycle.scaleAmount();
            })
        .exceptionally(failure -> null);
  }

  @Override
  public CompletionStage<Scheduler.Result> delete(ServiceId id) {
    return parts.orders.delete(id);
  }

  @Override
  public CompletionStage<Boolean> awaitGone(ServiceId id, Duration timeout) {
    return parts.directory.routersReach(id, Goal.DELETED, timeout);
  }

  @Override
  public CompletionStage<Scheduler.Result> signal(
      ServiceId id, InstanceId instance, Scheduler.Signal signal, @Nullable Duration timeout) {
    return parts.orders.signal(id, instance, signal, timeout);
  }

  @Override
  public Optional<ServiceView> present(ServiceId id) {
    return parts.directory.snapshot().find(id);
  }

  @Override
  public CompletionStage<Boolean> await(ServiceId id, Goal goal, Duration timeout) {
    return parts.directory.await(id, goal::reached, timeout);
  }

  @Override
  public CompletionStage<Optional<ServiceRecord>> override(
      ServiceId id, Map<String, Object> parameters, String by) {
    return parts.store.override(id, parameters, by, parts.clock.instant());
  }

  @Override
  public CompletionStage<Optional<ServiceRecord>> suspend(
      ServiceId id, boolean suspended, String by) {
    return parts.store.suspend(id, suspended, by, parts.clock.instant());
  }

  @Override
  public List<InstanceId> ejected(ServiceId id) {
    return parts.pools.ejected(id);
  }
}
