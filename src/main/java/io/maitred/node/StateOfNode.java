package io.maitred.node;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.maitred.autoscaler.ScalerState;
import io.maitred.autoscaler.ServiceScaler;
import io.maitred.common.InstanceId;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.RouterDirectory;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.waiter.Apps;
import io.maitred.http.waiter.StateRoutes;
import io.maitred.reservation.PoolState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code /state} shows, from the parts of this node. */
final class StateOfNode implements StateRoutes.State {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Wiring parts;
  private final Apps apps;
  private final ClusterSharding sharding;

  StateOfNode(Wiring parts, Apps apps, ActorSystem<?> system) {
    this.parts = parts;
    this.apps = apps;
    this.sharding = ClusterSharding.get(system);
  }

  @Override
  public Map<RouterId, String> routers() {
    return parts.routers.local().stream()
        .collect(
            Collectors.toMap(
                RouterDirectory.Router::id,
                RouterDirectory.Router::url,
                (one, same) -> one,
                TreeMap::new));
  }

  @Override
  public @Nullable RouterId leader() {
    return parts.directory.snapshot().leader();
  }

  @Override
  public List<Apps.Service> services() {
    return List.copyOf(apps.running());
  }

  @Override
  public Map<ServiceId, Map<InstanceId, Integer>> slots() {
    var slots = new TreeMap<ServiceId, Map<InstanceId, Integer>>();
    parts.pools.states().forEach(pool -> slots.put(pool.service(), slots(pool)));
    return slots;
  }

  private static Map<InstanceId, Integer> slots(PoolState pool) {
    var slots = new TreeMap<InstanceId, Integer>();
    if (pool.responder().get("instance-id->state") instanceof Map<?, ?> states) {
      states.forEach(
          (id, state) -> {
            if (state instanceof Map<?, ?> fields
                && fields.get("slots-assigned") instanceof Integer assigned) {
              slots.put(new InstanceId(String.valueOf(id)), assigned);
            }
          });
    }
    return slots;
  }

  @Override
  public CompletionStage<Optional<Map<String, Object>>> service(ServiceId id) {
    var view = parts.directory.snapshot().find(id);
    if (view.isEmpty()) {
      return CompletableFuture.completedFuture(
          parts.store.tables().service(id) == null
              ? Optional.empty()
              : Optional.of(state(id, null, null)));
    }
    return sharding
        .entityRefFor(ServiceScaler.TYPE_KEY, id.value())
        .ask(ServiceScaler.GetState::new, PATIENCE)
        .<@Nullable ScalerState>thenApply(state -> state)
        .exceptionally(failure -> null)
        .thenApply(scaler -> Optional.of(state(id, view.get(), scaler)));
  }

  private Map<String, Object> state(
      ServiceId id, @Nullable ServiceView view, @Nullable ScalerState scaler) {
    var pool = parts.pools.state(id);
    var state = new LinkedHashMap<String, Object>();
    state.put("autoscaler-state", scaler == null ? Map.of() : autoscaler(scaler));
    state.put("autoscaling-multiplexer-state", Map.of());
    state.put("interstitial-maintainer-state", Map.of());
    state.put("local-usage", pool.map(StateOfNode::usage).orElse(Map.of()));
    state.put("responder-state", pool.map(PoolState::responder).orElse(Map.of()));
    state.put("scheduler-broken-services-gc-state", scaler == null ? Map.of() : broken(scaler));
    state.put("scheduler-services-gc-state", scaler == null ? Map.of() : idle(scaler));
    state.put("scheduler-state", view == null ? Map.of() : scheduler(view));
    state.put(
        "service-maintainer-state",
        Map.of("maintainer-chan-available", true, "last-state-update-time", parts.clock.instant()));
    state.put("transient-metrics-gc-state", Map.of());
    state.put("work-stealing-state", "disabled");
    return state;
  }

  private static Map<String, Object> autoscaler(ScalerState scaler) {
    var state = new LinkedHashMap<String, Object>();
    state.put("healthy-instances", scaler.healthy());
    state.put("instances", scaler.instances());
    state.put("task-count", scaler.taskCount());
    var cycle = scaler.cycle();
    if (cycle != null) {
      state.put("expired-healthy-instances", cycle.expiredHealthy());
      state.put("expired-unhealthy-instances", cycle.expiredUnhealthy());
      state.put("outstanding-requests", cycle.outstanding());
      state.put("scale-amount", cycle.scaleAmount());
      state.put("scale-to-instances", cycle.scaleTo());
      state.put("target-instances", cycle.target());
    }
    return state;
  }

  private static Map<String, Object> usage(PoolState pool) {
    return timed("last-request-time", pool.lastRequestTime());
  }

  private static Map<String, Object> idle(ScalerState scaler) {
    var removal = scaler.removal();
    if (removal == null) {
      return Map.of();
    }
    var state = new LinkedHashMap<>(timed("last-request-time", removal.lastRequestTime()));
    state.put("outstanding", removal.outstanding());
    state.put("last-modified-time", removal.lastModified());
    return state;
  }

  private static Map<String, Object> broken(ScalerState scaler) {
    var removal = scaler.removal();
    return removal == null ? Map.of() : timed("broken-since", removal.brokenSince());
  }

  private static Map<String, Object> scheduler(ServiceView view) {
    return Map.of(
        "instances", view.requested(),
        "task-count", view.scheduled(),
        "healthy", view.healthy().size(),
        "unhealthy", view.unhealthy().size());
  }

  private static Map<String, Object> timed(String name, @Nullable Instant time) {
    return time == null ? Map.of() : Map.of(name, time);
  }
}
