package io.maitred.scheduler.local;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.health.HealthChecker;
import io.maitred.scheduler.local.Records.StoredService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs instances as processes of this machine (contract waiter 9.5). Processes outlive the node; an
 * adapter that is created later for the same data directory, cluster and data center adopts them.
 * The last one created is the one that acts: earlier ones notice it and do nothing any more.
 */
public final class LocalScheduler implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(LocalScheduler.class);
  private static final String NO_SERVICE = "service does not exist";
  private static final String NO_INSTANCE = "instance does not exist";
  private static final String ALREADY_KILLED = "instance has already been killed";

  private final LocalSettings settings;
  private final Threads threads = new Threads();
  private final HealthChecker checker;
  private final Home home;
  private final Sandboxes sandboxes;
  private final Supervisor supervisor;
  private final CompletableFuture<Void> started = new CompletableFuture<>();

  /** Set when another adapter has taken over, on the adapter's thread. */
  private boolean superseded;

  /**
   * Begins at once to take over what is recorded; {@link #started} tells when it is done.
   *
   * @param dataDirectory the node's data directory, the same for all nodes of this machine
   * @param cluster name of the cluster, also {@code WAITER_CLUSTER} of the instances
   * @param random used on the adapter's thread only
   */
  public LocalScheduler(
      LocalSettings settings,
      Path dataDirectory,
      String cluster,
      String dataCenter,
      Clock clock,
      RandomGenerator random) {
    this.settings = settings;
    this.home = new Home(dataDirectory, cluster, dataCenter);
    this.checker =
        new HealthChecker(
            "maitred-local-health",
            settings.healthCheckTimeout(),
            settings.maxHealthChecksInFlight(),
            HealthChecker.AGENT,
            true);
    this.sandboxes = new Sandboxes(home.directory().resolve(settings.workDirectory()).normalize());
    var records = new Records(home.services());
    var ports = new Ports(home.ports(), settings, clock);
    var launcher = new Launcher(home, settings, records, ports, sandboxes);
    this.supervisor =
        new Supervisor(
            settings,
            threads,
            records,
            launcher,
            sandboxes,
            new HealthWatch(settings, threads, checker, clock),
            clock,
            this::acting,
            random::nextInt);
    threads.step(() -> start(launcher, new Adoption(home, records, ports, clock)));
  }

  private void start(Launcher launcher, Adoption adoption) {
    try {
      var found = adoption.takeOver();
      launcher.prepare();
      found.forEach(supervisor::adopt);
      threads.stepEvery(settings.retryInterval(), this::pass);
      started.complete(null);
    } catch (IOException | RuntimeException e) {
      LOG.error("The local scheduler cannot start", e);
      started.completeExceptionally(e);
    }
  }

  /**
   * Done when the records are taken over; fails if the directory cannot be used, then every order
   * fails too.
   */
  public CompletionStage<Void> started() {
    return started.minimalCompletionStage();
  }

  @Override
  public String kind() {
    return "local";
  }

  @Override
  public void watch(Watcher watcher) {
    threads.step(() -> supervisor.watch(watcher));
  }

  @Override
  public CompletionStage<Result> create(ServiceSpec spec) {
    var refusal = refusal(spec);
    return refusal == null
        ? order(() -> createNow(spec))
        : CompletableFuture.completedFuture(new Result(400, refusal));
  }

  private static @Nullable String refusal(ServiceSpec spec) {
    if (!Records.safe(spec.id())) {
      return "The local scheduler cannot run a service with the id " + spec.id();
    }
    if (spec.effective().get("image") != null) {
      return "The local scheduler runs commands of this machine: image is not supported";
    }
    if ("docker".equals(spec.effective().string("cmd-type"))) {
      return "The local scheduler runs commands of this machine: cmd-type docker is not supported";
    }
    return null;
  }

  private CompletionStage<Result> createNow(ServiceSpec spec) {
    var service = supervisor.find(spec.id());
    if (service != null && service.deletion != null) {
      var deleted = new CompletableFuture<Result>();
      service.deletion.add(deleted);
      return deleted.thenCompose(ignored -> createNow(spec));
    }
    if (service != null) {
      if (!service.spec.equals(spec)) { // overrides have changed
        service.spec = spec;
        supervisor.save(service);
        supervisor.changed(service);
      }
      return done(spec.id() + " exists already");
    }
    TrackedService added;
    try {
      added = supervisor.add(new StoredService(spec, 1, false));
    } catch (IOException e) {
      LOG.error("Cannot record service {}", spec.id(), e);
      return result(500, "Cannot record the service: " + e.getMessage());
    }
    return supervisor.launch(added).thenApply(failure -> result(failure, "Created " + spec.id()));
  }

  @Override
  public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
    return order(
        () -> {
          var service = present(id);
          if (service == null) {
            return result(404, NO_SERVICE);
          }
          int before = service.requested;
          int active = service.activeCount();
          if (target > before) {
            service.requested = target;
          } else if (force && target < before) {
            service.requested = Math.max(target, Math.min(active, before));
          }
          if (service.requested == before) {
            return done("Stays at " + before);
          }
          supervisor.save(service);
          supervisor.changed(service);
          // What failed earlier waits for the next pass; what is new starts at once.
          int more = Math.min(service.requested - before, service.requested - active);
          for (int i = 0; i < more; i++) {
            var unused = supervisor.launch(service); // the report says if it is not possible
          }
          return done("Scaled to " + service.requested);
        });
  }

  @Override
  public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
    return order(
        () ->
            withActive(
                id,
                instance,
                (service, tracked) -> {
                  end(service, tracked, "Killed using scheduler API", Duration.ZERO);
                  return tracked.gone.thenCompose(gone -> done("Killed using scheduler API"));
                }));
  }

  @Override
  public CompletionStage<Result> delete(ServiceId id) {
    return order(
        () -> {
          var service = supervisor.find(id);
          if (service == null) {
            return result(404, NO_SERVICE);
          }
          var deleted = new CompletableFuture<Result>();
          supervisor.delete(service, deleted);
          return deleted;
        });
  }

  @Override
  public CompletionStage<Result> signal(
      ServiceId id, InstanceId instance, Signal signal, @Nullable Duration timeout) {
    return order(
        () ->
            withActive(
                id, instance, (service, tracked) -> signal(service, tracked, signal, timeout)));
  }

  private CompletionStage<Result> signal(
      TrackedService service, TrackedInstance tracked, Signal signal, @Nullable Duration timeout) {
    var sent = name(signal) + " successfully sent to " + tracked.value.id();
    switch (signal) {
      case EXPIRE -> {
        tracked.value = tracked.value.expire();
        supervisor.save(tracked.value);
        supervisor.changed(service);
        return done(sent);
      }
      case FORCE_KILL -> {
        end(service, tracked, "Sent force-kill using scheduler API", Duration.ZERO);
        return tracked.gone.thenCompose(gone -> done(sent));
      }
      case SOFT_KILL -> {
        end(service, tracked, "Sent soft-kill using scheduler API", patience(service, timeout));
        return supervisor.terminate(tracked).thenApply(failure -> result(failure, sent));
      }
    }
    throw new IllegalStateException("unknown signal " + signal);
  }

  private Duration patience(TrackedService service, @Nullable Duration timeout) {
    if (timeout != null) {
      return timeout;
    }
    var own = service.spec.effective().get("termination-grace-period-secs");
    return own instanceof Integer seconds && seconds > 0
        ? Duration.ofSeconds(seconds)
        : settings.softKillTimeout();
  }

  private static String name(Signal signal) {
    return switch (signal) {
      case SOFT_KILL -> "soft-kill";
      case FORCE_KILL -> "force-kill";
      case EXPIRE -> "expire";
    };
  }

  @Override
  public CompletionStage<List<LogEntry>> logs(ServiceId id, InstanceId instance, String path) {
    var listed = new CompletableFuture<List<LogEntry>>();
    threads.work(
        () -> sandboxes.list(id, instance, path), listed::complete, listed::completeExceptionally);
    return listed;
  }

  private void end(
      TrackedService service, TrackedInstance tracked, String message, Duration killAfter) {
    service.requested = Math.max(service.requested - 1, 0);
    supervisor.save(service);
    supervisor.kill(service, tracked, message, killAfter);
  }

  private @Nullable TrackedService present(ServiceId id) {
    var service = supervisor.find(id);
    return service == null || service.deleting() ? null : service;
  }

  /** What is done with an active instance. */
  private interface InstanceOrder {
    CompletionStage<Result> run(TrackedService service, TrackedInstance tracked);
  }

  private CompletionStage<Result> withActive(
      ServiceId id, InstanceId instance, InstanceOrder order) {
    var service = present(id);
    if (service == null) {
      return result(404, NO_SERVICE);
    }
    var tracked = service.present.get(instance);
    if (tracked != null && tracked.value.active()) {
      return order.run(service, tracked);
    }
    return service.hasKilled(instance) ? result(400, ALREADY_KILLED) : result(404, NO_INSTANCE);
  }

  private CompletionStage<Result> order(Supplier<CompletionStage<Result>> work) {
    var outcome = new CompletableFuture<Result>();
    try {
      threads.step(
          () -> {
            try {
              requireActing();
              work.get()
                  .whenComplete(
                      (result, failure) -> {
                        if (failure == null) {
                          outcome.complete(result);
                        } else {
                          outcome.completeExceptionally(failure);
                        }
                      });
            } catch (RuntimeException e) {
              outcome.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      outcome.completeExceptionally(new IllegalStateException("the scheduler is closed", e));
    }
    return outcome;
  }

  private void requireActing() {
    if (started.isCompletedExceptionally()) {
      throw new IllegalStateException(
          "the local scheduler could not start", started.handle((ok, e) -> e).join());
    }
    if (!acting()) {
      throw new IllegalStateException("another node has taken over the local scheduler");
    }
  }

  private boolean acting() {
    try {
      if (!superseded && !home.owned()) {
        superseded = true;
        supervisor.standDown();
        LOG.warn(
            "Another node has taken over {}; this one does nothing any more", home.directory());
      }
      return !superseded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every {@code retry-interval}, and in tests whenever they like. */
  void pass() {
    if (acting()) {
      supervisor.pass();
    }
  }

  private static CompletionStage<Result> done(String message) {
    return result(200, message);
  }

  private static CompletionStage<Result> result(int status, String message) {
    return CompletableFuture.completedFuture(new Result(status, message));
  }

  private static Result result(Optional<String> failure, String success) {
    return failure.map(reason -> new Result(500, reason)).orElseGet(() -> new Result(200, success));
  }

  /** Blocks until work that has begun is done, a moment as a rule, ten seconds at most. */
  @Override
  public void close() {
    threads.close();
    checker.close();
  }
}
