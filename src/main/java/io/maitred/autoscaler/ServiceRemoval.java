package io.maitred.autoscaler;

import io.maitred.autoscaler.ServiceScaler.Effects;
import io.maitred.autoscaler.model.BrokenRemoval;
import io.maitred.autoscaler.model.IdleRemoval;
import io.maitred.autoscaler.model.Removal;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.Demand;
import io.maitred.service.model.Instance;
import io.maitred.service.model.ServiceDescription;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes the service when nobody uses it or it cannot start, by {@link IdleRemoval} and {@link
 * BrokenRemoval}. Until its memory is loaded it removes nothing. Mutable, owned by {@link
 * ServiceScaler}.
 */
final class ServiceRemoval {
  private final ServiceId id;
  private final ScalerPorts ports;
  private final AutoscalerSettings settings;
  private final Effects effects;
  private @Nullable Removal state;
  private @Nullable Removal stored;
  private @Nullable Instant lastCheck;
  private @Nullable Instant lastStore;
  private boolean loading;
  private boolean storing;
  private boolean deleting;

  ServiceRemoval(ServiceId id, ScalerPorts ports, AutoscalerSettings settings, Effects effects) {
    this.id = id;
    this.ports = ports;
    this.settings = settings;
    this.effects = effects;
  }

  @Nullable Removal state() {
    return state;
  }

  void load() {
    if (loading) {
      return;
    }
    loading = true;
    effects.after(
        ports.memory().load(id),
        this::loaded,
        failure -> {
          loading = false;
          effects.log().warn("Could not load what removal of {} remembers", id, failure);
        });
  }

  private void loaded(Optional<Removal> found) {
    loading = false;
    stored = found.orElse(null);
    state = found.orElseGet(() -> Removal.fresh(ports.clock().instant()));
  }

  /** Called each cycle with a demand that is complete; checks once in a while. */
  void consider(ServiceView view, Demand demand, ServiceDescription effective, Instant now) {
    if (deleting || (lastCheck != null && now.isBefore(lastCheck.plus(settings.gcInterval())))) {
      return;
    }
    lastCheck = now;
    if (state == null) {
      load();
      return;
    }
    state = observed(state, view, demand, now);
    var staleness = ports.staleness().apply(id).orElse(null);
    if (IdleRemoval.due(state, staleness, effective.integer("idle-timeout-mins"), now)) {
      delete("nobody uses it");
    } else if (BrokenRemoval.due(
        state, effective.integer("grace-period-secs"), settings.brokenServiceTimeout(), now)) {
      delete("it cannot start");
    } else {
      remember(state, now);
    }
  }

  /** The service is gone. */
  void forget() {
    state = null;
    effects.after(
        ports.memory().forget(id),
        done -> {},
        failure ->
            effects.log().warn("Could not forget what removal of {} remembers", id, failure));
  }

  private Removal observed(Removal before, ServiceView view, Demand demand, Instant now) {
    var used = IdleRemoval.observed(before, demand.lastRequestTime(), demand.outstanding(), now);
    return BrokenRemoval.observed(
        used,
        view.healthy().size(),
        view.failed().size(),
        view.failed().stream().map(Instance::host).distinct().count(),
        settings.brokenServiceMinHosts(),
        now);
  }

  private void delete(String reason) {
    deleting = true;
    effects.log().info("Removing {}: {}", id, reason);
    effects.after(
        ports.orders().delete(id),
        result -> {
          deleting = false;
          if (!result.success()) {
            effects.log().warn("Removing {} was refused: {}", id, result.message());
          }
        },
        failure -> {
          deleting = false;
          effects.log().warn("Could not remove {}", id, failure);
        });
  }

  private void remember(Removal now, Instant at) {
    boolean tooEarly =
        lastStore != null && at.isBefore(lastStore.plus(settings.rememberInterval()));
    if (storing || tooEarly || now.equals(stored)) {
      return;
    }
    storing = true;
    lastStore = at;
    effects.after(
        ports.memory().store(id, now),
        done -> {
          storing = false;
          stored = now;
        },
        failure -> {
          storing = false;
          effects.log().warn("Could not store what removal of {} remembers", id, failure);
        });
  }
}
