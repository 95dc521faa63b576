package io.maitred.scheduler.fixed;

import io.maitred.common.InstanceId;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.StateThread;
import io.maitred.scheduler.fixed.model.FixedBackend;
import io.maitred.scheduler.health.HealthChecker;
import io.maitred.scheduler.health.HealthLoop;
import io.maitred.scheduler.health.model.CheckResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches servers that somebody else runs: each backend of a service's description is an instance,
 * which is checked, but never started or stopped.
 *
 * <p>Nothing runs that could be found again after a restart, and nothing is recorded: the services
 * to begin with are told by whoever makes the adapter, others are created when a request wants
 * them. The first report waits for a moment until the backends are checked, so that those who know
 * them from an earlier adapter do not see them unhealthy in between.
 */
public final class FixedScheduler implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(FixedScheduler.class);
  private static final String NO_SERVICE = "service does not exist";
  private static final String NO_INSTANCE = "instance does not exist";
  private static final String NOT_OURS =
      "The backends of a fixed service are run by somebody else: ";

  /** Longest wait for the services to begin with. */
  private static final Duration KNOWN_LIMIT = Duration.ofSeconds(10);

  /** Longest wait for their first checks. */
  private static final Duration FIRST_CHECKS_LIMIT = Duration.ofMillis(1500);

  private final FixedSettings settings;
  private final InstantSource clock;
  private final StateThread thread = new StateThread("maitred-fixed");
  private final HealthChecker checker;
  private final HealthLoop health;

  // Confined to the thread.
  private final Map<ServiceId, FixedService> services = new LinkedHashMap<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private boolean loaded;
  private boolean begun;

  /**
   * Begins to watch at once.
   *
   * @param known the services to begin with; when it fails there are none
   */
  public FixedScheduler(
      FixedSettings settings, InstantSource clock, CompletionStage<List<ServiceSpec>> known) {
    this.settings = settings;
    this.clock = clock;
    this.checker =
        new HealthChecker(
            "maitred-fixed-health",
            settings.healthCheckTimeout(),
            settings.maxHealthChecksInFlight(),
            HealthChecker.AGENT,
            settings.trustAll());
    this.health = new HealthLoop(thread, checker);
    thread.stepLater(KNOWN_LIMIT, this::begin);
    var unused =
        known.handle(
            (specs, failure) -> {
              thread.stepUnlessClosed(() -> load(failure == null ? specs : List.of(), failure));
              return null;
            });
  }

  private void load(List<ServiceSpec> known, @Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("The fixed services of before are not known; requests will bring them", failure);
    }
    for (var spec : known) {
      if (!services.containsKey(spec.id()) && services.size() < settings.maxServices()) {
        add(spec);
      }
    }
    loaded = true;
    thread.stepLater(FIRST_CHECKS_LIMIT, this::begin);
    beginWhenKnown();
  }

  private void beginWhenKnown() {
    if (loaded && services.values().stream().allMatch(FixedService::known)) {
      begin();
    }
  }

  private void begin() {
    if (!begun) {
      begun = true;
      watchers.forEach(this::initial);
    }
  }

  private void initial(Watcher watcher) {
    watcher.initial(services.values().stream().map(FixedService::report).toList());
  }

  @Override
  public String kind() {
    return "fixed";
  }

  @Override
  public void watch(Watcher watcher) {
    thread.step(
        () -> {
          watchers.add(watcher);
          if (begun) {
            initial(watcher);
          }
        });
  }

  @Override
  public CompletionStage<Result> create(ServiceSpec spec) {
    return order(() -> createNow(spec));
  }

  private Result createNow(ServiceSpec spec) {
    var service = services.get(spec.id());
    if (service != null) {
      if (!service.spec.equals(spec)) { // overrides have changed
        service.spec = spec;
        changed(service);
      }
      return new Result(200, spec.id() + " exists already");
    }
    if (services.size() >= settings.maxServices()) {
      return new Result(
          500, "As many fixed services are watched as may be: " + settings.maxServices());
    }
    changed(add(spec));
    return new Result(200, "Created " + spec.id());
  }

  private FixedService add(ServiceSpec spec) {
    var service = new FixedService(spec, clock.instant());
    services.put(spec.id(), service);
    LOG.info("Watching {}, backends: {}", spec.id(), service.backends.size());
    for (int place = 0; place < service.backends.size(); place++) {
      health.begin(new Watched(service, place), Duration.ZERO);
    }
    return service;
  }

  private void changed(FixedService service) {
    if (begun) {
      var report = service.report();
      watchers.forEach(each -> each.changed(report));
    }
  }

  @Override
  public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
    return order(
        () -> services.containsKey(id) ? notOurs("their number is fixed") : missing(NO_SERVICE));
  }

  @Override
  public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
    return order(() -> refused(id, instance, "they cannot be killed"));
  }

  @Override
  public CompletionStage<Result> signal(
      ServiceId id, InstanceId instance, Signal signal, @Nullable Duration timeout) {
    var what = signal == Signal.EXPIRE ? "they cannot be expired" : "they cannot be killed";
    return order(() -> refused(id, instance, what));
  }

  private Result refused(ServiceId id, InstanceId instance, String what) {
    var service = services.get(id);
    if (service == null) {
      return missing(NO_SERVICE);
    }
    boolean present = service.backends.stream().anyMatch(each -> each.id().equals(instance));
    return present ? notOurs(what) : missing(NO_INSTANCE);
  }

  private static Result notOurs(String what) {
    return new Result(400, NOT_OURS + what);
  }

  private static Result missing(String what) {
    return new Result(404, what);
  }

  @Override
  public CompletionStage<Result> delete(ServiceId id) {
    return order(
        () -> {
          var service = services.remove(id);
          if (service == null) {
            return missing(NO_SERVICE);
          }
          service.over = true;
          if (begun) {
            watchers.forEach(each -> each.gone(id));
          }
          beginWhenKnown();
          return new Result(200, "Deleted " + id + "; its backends go on running");
        });
  }

  @Override
  public CompletionStage<List<LogEntry>> logs(ServiceId id, InstanceId instance, String path) {
    return CompletableFuture.failedFuture(
        Refusal.of(404, NOT_OURS + "their logs are not here").asException());
  }

  private CompletionStage<Result> order(Supplier<Result> work) {
    var outcome = new CompletableFuture<Result>();
    try {
      thread.step(
          () -> {
            try {
              outcome.complete(work.get());
            } catch (RuntimeException e) {
              outcome.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      outcome.completeExceptionally(new IllegalStateException("the scheduler is closed", e));
    }
    return outcome;
  }

  @Override
  public void close() {
    thread.close();
    checker.close();
  }

  /** One backend in the health loop. */
  private final class Watched implements HealthLoop.Subject {
    private final FixedService service;
    private final int place;

    Watched(FixedService service, int place) {
      this.service = service;
      this.place = place;
    }

    private FixedBackend backend() {
      return service.backends.get(place);
    }

    @Override
    public boolean active() {
      return !service.over;
    }

    @Override
    public HealthChecker.Target target(long check) {
      var url = backend().url();
      return HealthChecker.Target.of(
          service.spec, url.host(), url.port(), url.secure(), backend().id() + "-" + check);
    }

    @Override
    public void checked(CheckResult result) {
      var before = backend();
      var after = before.checked(result, settings.failuresInARow(), clock.instant());
      service.backends.set(place, after);
      if (before.history().health() != after.history().health()) {
        LOG.info(
            "{} of {} is {}",
            after.url(),
            service.spec.id(),
            after.reason() == null ? "healthy" : "unhealthy: " + after.reason());
      }
      if (!before.toInstance().equals(after.toInstance())) {
        changed(service);
      }
      beginWhenKnown();
    }

    @Override
    public Duration pause() {
      return backend().nextCheckIn(clock.instant(), service.interval());
    }
  }
}
