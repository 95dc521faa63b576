package io.maitred.scheduler.local;

import io.maitred.scheduler.local.model.LocalInstance;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks each active instance again and again. Confined to the adapter's thread. */
final class HealthWatch {
  private final LocalSettings settings;
  private final Threads threads;
  private final HealthChecker checker;
  private final Clock clock;
  private final AtomicLong checks = new AtomicLong();

  HealthWatch(LocalSettings settings, Threads threads, HealthChecker checker, Clock clock) {
    this.settings = settings;
    this.threads = threads;
    this.checker = checker;
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
    threads.stepLater(young ? wait : Duration.ZERO, () -> check(service, tracked, changed));
  }

  private Duration next(LocalInstance instance) {
    return instance.nextCheckIn(
        clock.instant(), settings.healthCheckInterval(), settings.startUpHealthCheckInterval());
  }

  private void check(TrackedService service, TrackedInstance tracked, Consumer<Boolean> changed) {
    if (!tracked.value.active()) {
      return;
    }
    var unused =
        checker
            .check(target(service, tracked.value))
            .thenAccept(
                result ->
                    threads.stepUnlessClosed(
                        () -> {
                          if (!tracked.value.active()) {
                            return;
                          }
                          var before = tracked.value;
                          tracked.value = before.checked(result);
                          if (visible(before, tracked.value)) {
                            changed.accept(!before.onceHealthy() && tracked.value.onceHealthy());
                          }
                          threads.stepLater(
                              next(tracked.value), () -> check(service, tracked, changed));
                        }));
  }

  private static boolean visible(LocalInstance before, LocalInstance after) {
    return before.health() != after.health()
        || !before.flags().equals(after.flags())
        || !Objects.equals(before.healthCheckStatus(), after.healthCheckStatus());
  }

  private HealthChecker.Target target(TrackedService service, LocalInstance instance) {
    var effective = service.spec.effective();
    var own = effective.string("health-check-proto");
    var protocol = own == null ? String.valueOf(effective.string("backend-proto")) : own;
    var port = instance.ports().get(effective.integer("health-check-port-index"));
    return new HealthChecker.Target(
        instance.host(),
        port,
        protocol.equals("https") || protocol.equals("h2"),
        path(effective.string("health-check-url")),
        instance.id() + "-" + checks.incrementAndGet(),
        "standard".equals(effective.string("health-check-authentication"))
            ? "waiter:" + service.spec.password()
            : null,
        String.valueOf(effective.get("run-as-user")));
  }

  private static String path(@Nullable String url) {
    if (url == null) {
      return "/status";
    }
    return url.startsWith("/") ? url : "/" + url;
  }
}
