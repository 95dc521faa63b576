package io.maitred.autoscaler;

import io.maitred.autoscaler.ServiceScaler.Effects;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops single instances, one at a time and not too often (contract waiter 8.6): reservation takes
 * all slots of one back, only then the scheduler kills it. Mutable, owned by {@link ServiceScaler}.
 */
final class InstanceKiller {
  /** After so many failures the first is tried again. */
  private static final int MAX_TRIED = 8;

  /** How long to wait for discovery to notice that an instance is gone. */
  private static final Duration NOTICE = Duration.ofSeconds(10);

  private final ServiceId id;
  private final ScalerPorts ports;
  private final Duration interval;
  private final Effects effects;
  private final Set<InstanceId> tried = new LinkedHashSet<>();
  private @Nullable Instant last;
  private @Nullable InstanceId killed;
  private boolean busy;
  private boolean ended;

  InstanceKiller(ServiceId id, ScalerPorts ports, Duration interval, Effects effects) {
    this.id = id;
    this.ports = ports;
    this.interval = interval;
    this.effects = effects;
  }

  /**
   * Kills one instance, unless one is being killed, or was, and the view still shows it: its
   * numbers are then too high by one.
   *
   * @param wanted asked again when the slots are back, which takes a moment
   */
  void killOne(ServiceView view, Instant now, BooleanSupplier wanted) {
    if (busy || stillShows(view, now)) {
      return;
    }
    busy = true;
    effects.after(
        ports.reservations().prepareKill(id, Set.copyOf(tried)),
        candidate -> prepared(candidate, wanted),
        failure -> {
          busy = false;
          effects.log().debug("No instance of {} could be prepared: {}", id, failure.toString());
        });
  }

  private boolean stillShows(ServiceView view, Instant now) {
    return killed != null
        && last != null
        && now.isBefore(last.plus(NOTICE))
        && view.active().stream().anyMatch(i -> i.id().equals(killed));
  }

  /** The scaler ends: an instance that is still being prepared will be used again. */
  void giveBack() {
    ended = true;
  }

  private void prepared(Optional<InstanceId> candidate, BooleanSupplier wanted) {
    if (candidate.isEmpty()) {
      busy = false;
      tried.clear();
      return;
    }
    var instance = candidate.get();
    if (ended || !wanted.getAsBoolean()) {
      ended(instance, false);
      return;
    }
    var now = ports.clock().instant();
    if (last != null && now.isBefore(last.plus(interval))) {
      var rest = Duration.between(now, last.plus(interval));
      effects.later(rest, () -> prepared(candidate, wanted));
      return;
    }
    last = now;
    effects.log().info("Killing {}", instance);
    effects.after(
        ports.orders().kill(id, instance),
        result -> {
          if (!result.success()) {
            effects.log().warn("Killing {} was refused: {}", instance, result.message());
            remember(instance);
          } else {
            killed = instance;
          }
          ended(instance, result.success());
        },
        failure -> {
          effects.log().warn("Could not kill {}", instance, failure);
          remember(instance);
          ended(instance, false);
        });
  }

  private void remember(InstanceId instance) {
    tried.add(instance);
    if (tried.size() > MAX_TRIED) {
      tried.remove(tried.iterator().next());
    }
  }

  private void ended(InstanceId instance, boolean success) {
    busy = false;
    ports.reservations().killEnded(id, instance, success);
  }
}
