package io.maitred.scheduler.local;

import io.maitred.scheduler.health.HealthChecker;
import io.maitred.scheduler.health.HealthLoop;
import io.maitred.scheduler.health.model.CheckResult;
import io.maitred.scheduler.local.model.LocalInstance;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** Checks each active instance again and again. Confined to the adapter's thread. */
final class HealthWatch {
  private final LocalSettings settings;
  private final HealthLoop loop;
  private final Clock clock;

  HealthWatch(LocalSettings settings, Threads threads, HealthChecker checker, Clock clock) {
    this.settings = settings;
    this.loop = new HealthLoop(threads.state(), checker);
    this.clock = clock;
  }

  /**
   * Checks the instance until it is not active any more; an adopted one at once.
   *
   * @param changed called after each change that a report shows; its argument tells whether this
   *     was the instance's first success
   */
  void begin(TrackedService service, TrackedInstance tracked, Consumer<Boolean> changed) {
    var wait = next(tracked.value);
    boolean young =
        Duration.between(tracked.value.startedAt(), clock.instant()).compareTo(wait) < 0;
    loop.begin(new Watched(service, tracked, changed), young ? wait : Duration.ZERO);
  }

  private Duration next(LocalInstance instance) {
    return instance.nextCheckIn(
        clock.instant(), settings.healthCheckInterval(), settings.startUpHealthCheckInterval());
  }

  private final class Watched implements HealthLoop.Subject {
    private final TrackedService service;
    private final TrackedInstance tracked;
    private final Consumer<Boolean> changed;

    Watched(TrackedService service, TrackedInstance tracked, Consumer<Boolean> changed) {
      this.service = service;
      this.tracked = tracked;
      this.changed = changed;
    }

    @Override
    public boolean active() {
      return tracked.value.active();
    }

    @Override
    public HealthChecker.Target target(long check) {
      var instance = tracked.value;
      var effective = service.spec.effective();
      var own = effective.string("health-check-proto");
      var protocol = own == null ? String.valueOf(effective.string("backend-proto")) : own;
      return HealthChecker.Target.of(
          service.spec,
          instance.host(),
          instance.ports().get(effective.integer("health-check-port-index")),
          protocol.equals("https") || protocol.equals("h2"),
          instance.id() + "-" + check);
    }

    @Override
    public void checked(CheckResult result) {
      var before = tracked.value;
      tracked.value = before.checked(result);
      if (visible(before, tracked.value)) {
        changed.accept(!before.onceHealthy() && tracked.value.onceHealthy());
      }
    }

    @Override
    public Duration pause() {
      return next(tracked.value);
    }

    private static boolean visible(LocalInstance before, LocalInstance after) {
      return before.health() != after.health()
          || !before.flags().equals(after.flags())
          || !Objects.equals(before.healthCheckStatus(), after.healthCheckStatus());
    }
  }
}
