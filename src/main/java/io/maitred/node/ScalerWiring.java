package io.maitred.node;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import io.maitred.autoscaler.AutoscalerSettings;
import io.maitred.autoscaler.DurableRemovalMemory;
import io.maitred.autoscaler.ScalerPorts;
import io.maitred.autoscaler.ServiceScaler;
import io.maitred.autoscaler.model.Scaling;
import io.maitred.autoscaler.model.Staleness;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.reservation.InstanceReserver;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler;
import io.maitred.service.model.DescriptionDefaults;
import io.maitred.service.model.References;
import io.maitred.service.model.SourceToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Gives the scalers what they need of the other parts. */
final class ScalerWiring {
  /** The reserver answers from memory; who has not answered by then is being moved. */
  private static final Duration DEMAND_PATIENCE = Duration.ofSeconds(2);

  /** The reserver tries several candidates, each for a second. */
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(15);

  private ScalerWiring() {}

  static void start(ActorSystem<?> system, Wiring parts) {
    ServiceScaler.init(
        system,
        AutoscalerSettings.from(parts.config),
        new ScalerPorts(
            id -> Optional.ofNullable(parts.effective.of(id)),
            id -> staleness(parts, id),
            new Slots(ClusterSharding.get(system)),
            new Orders(parts),
            DurableRemovalMemory.of(system),
            parts.clock));
  }

  private static Optional<Staleness> staleness(Wiring parts, ServiceId id) {
    var tables = parts.store.tables();
    var record = tables.service(id);
    if (record == null || !References.stale(record.references(), tables::token)) {
      return Optional.empty();
    }
    var since = References.staleTime(record.references(), tables::token);
    var keep =
        record.sourceTokens().stream()
            .map(sources -> keptFor(parts, sources))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    return Optional.of(
        new Staleness(since.isPresent() ? Instant.ofEpochMilli(since.getAsLong()) : null, keep));
  }

  private static Duration keptFor(Wiring parts, List<SourceToken> sources) {
    var merged = new TreeMap<String, Object>();
    for (var source : sources) {
      var token = parts.store.tables().token(source.token());
      if (token != null) {
        DescriptionDefaults.mergeInto(merged, token.data());
      }
    }
    var settings = parts.descriptions.defaults().settingsOf(merged);
    return Duration.ofSeconds(number(settings.get("fallback-period-secs")))
        .plusMinutes(number(settings.get("stale-timeout-mins")));
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number n ? n.longValue() : 0;
  }

  private record Slots(ClusterSharding sharding) implements ScalerPorts.Reservations {
    @Override
    public CompletionStage<Demand> demand(ServiceId id) {
      return reserver(id).ask(InstanceReserver.GetDemand::new, DEMAND_PATIENCE);
    }

    @Override
    public CompletionStage<Optional<InstanceId>> prepareKill(ServiceId id, Set<InstanceId> tried) {
      return reserver(id)
          .<InstanceReserver.KillReply>ask(
              replyTo -> new InstanceReserver.PrepareKill(tried, replyTo), KILL_PATIENCE)
          .thenApply(
              reply ->
                  reply instanceof InstanceReserver.Locked locked
                      ? Optional.of(locked.instance())
                      : Optional.empty());
    }

    @Override
    public void killEnded(ServiceId id, InstanceId instance, boolean killed) {
      reserver(id).tell(new InstanceReserver.KillEnded(instance, killed));
    }

    @Override
    public void scaling(ServiceId id, Scaling scaling) {
      reserver(id).tell(new InstanceReserver.Scaling(scaling == Scaling.SCALE_DOWN));
    }

    private EntityRef<InstanceReserver.Command> reserver(ServiceId id) {
      return sharding.entityRefFor(InstanceReserver.TYPE_KEY, id.value());
    }
  }

  private record Orders(Wiring parts) implements ScalerPorts.Orders {
    @Override
    public CompletionStage<Scheduler.Result> scale(ServiceId id, int target, boolean force) {
      return parts.orders.scale(id, target, force);
    }

    @Override
    public CompletionStage<Scheduler.Result> kill(ServiceId id, InstanceId instance) {
      return parts.orders.kill(id, instance);
    }

    @Override
    public CompletionStage<Scheduler.Result> delete(ServiceId id) {
      return parts.orders.delete(id);
    }
  }
}
