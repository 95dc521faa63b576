package io.maitred.scheduler.local;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.Scheduler.Watcher;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.local.Records.StoredService;
import io.maitred.scheduler.local.model.LocalInstance;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of instances: start, watch, judge, end. Confined to the adapter's thread, on which every
 * method runs; what blocks is given to the workers.
 */
final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final int HOSTS = 10;

  private final Map<ServiceId, TrackedService> services = new LinkedHashMap<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private final LocalSettings settings;
  private final Threads threads;
  private final Records records;
  private final Launcher launcher;
  private final Sandboxes sandboxes;
  private final HealthWatch health;
  private final Clock clock;

  /** False once another owner has taken over. */
  private final BooleanSupplier acting;

  /** Draws a number from 0 to the given bound, exclusive. */
  private final IntUnaryOperator draw;

  private boolean passRunning;

  Supervisor(
      LocalSettings settings,
      Threads threads,
      Records records,
      Launcher launcher,
      Sandboxes sandboxes,
      HealthWatch health,
      Clock clock,
      BooleanSupplier acting,
      IntUnaryOperator draw) {
    this.settings = settings;
    this.threads = threads;
    this.records = records;
    this.launcher = launcher;
    this.sandboxes = sandboxes;
    this.health = health;
    this.clock = clock;
    this.acting = acting;
    this.draw = draw;
  }

  @Nullable TrackedService find(ServiceId id) {
    return services.get(id);
  }

  void watch(Watcher watcher) {
    watchers.add(watcher);
    watcher.initial(services.values().stream().map(each -> each.report(sandboxes)).toList());
  }

  /** Another owner has taken over: nothing is written, started, ended or told any more. */
  void standDown() {
    services.clear();
    watchers.clear();
  }

  void changed(TrackedService service) {
    ServiceReport report = service.report(sandboxes);
    watchers.forEach(each -> each.changed(report));
  }

  /**
   * Begins with what an earlier owner left: running processes, ended ones, unfinished deletions.
   */
  void adopt(StoredService stored, List<Adoption.Found> found) {
    var service = new TrackedService(stored.spec(), stored.requested());
    services.put(stored.spec().id(), service);
    for (var each : found) {
      if (each.process() == null) {
        service.remember(each.instance());
        continue;
      }
      var tracked = new TrackedInstance(each.instance());
      tracked.process = each.process();
      service.present.put(each.instance().id(), tracked);
      if (each.instance().active()) {
        LOG.info("Adopted instance {}, process {}", each.instance().id(), each.process().pid());
        health.begin(service, tracked, first -> healthChanged(service, tracked, first));
        watchExit(service, tracked);
      } else {
        service.remember(each.instance());
        if (each.process().alive()) {
          end(service, tracked);
        } else {
          destroy(service, tracked); // what it left behind, if anything
        }
      }
    }
    if (stored.deleted()) {
      delete(service, new CompletableFuture<>());
    }
  }

  /**
   * A new service; its first instance is still to be started.
   *
   * @throws IOException if it cannot be recorded, then there is no such service
   */
  TrackedService add(StoredService stored) throws IOException {
    records.write(stored);
    var service = new TrackedService(stored.spec(), stored.requested());
    services.put(stored.spec().id(), service);
    return service;
  }

  /** Records what was asked for. The state in memory holds even if the disk does not take it. */
  void save(TrackedService service) {
    if (service.removing) {
      return;
    }
    try {
      records.write(new StoredService(service.spec, service.requested, service.deleting()));
    } catch (IOException e) {
      LOG.error("Cannot record service {}", service.spec.id(), e);
    }
  }

  void save(LocalInstance instance) {
    try {
      records.write(instance);
    } catch (IOException e) {
      LOG.error("Cannot record instance {}", instance.id(), e);
    }
  }

  /** Starts one instance. The future holds the reason if that was not possible, and never fails. */
  CompletableFuture<Optional<String>> launch(TrackedService service) {
    int running = services.values().stream().mapToInt(each -> each.present.size()).sum();
    if (running >= settings.maxInstances()) {
      var limit = "This node runs as many instances as it may: " + settings.maxInstances();
      refuseStart(service, limit);
      return CompletableFuture.completedFuture(Optional.of(limit));
    }
    var planned =
        LocalInstance.planned(
            freshId(service.spec.id()), service.spec.id(), host(service), clock.instant());
    var tracked = new TrackedInstance(planned);
    service.present.put(planned.id(), tracked);
    var outcome = new CompletableFuture<Optional<String>>();
    var spec = service.spec;
    threads.work(
        () -> launcher.launch(spec, planned),
        launched -> {
          started(service, tracked, launched);
          outcome.complete(Optional.empty());
        },
        failure -> {
          var reason = "Cannot start: " + failure.getMessage();
          LOG.warn("Cannot start instance {}", planned.id(), failure);
          service.present.remove(planned.id());
          tracked.gone.complete(null);
          refuseStart(service, reason);
          finishDeletion(service);
          outcome.complete(Optional.of(reason));
        });
    return outcome;
  }

  private void refuseStart(TrackedService service, String reason) {
    if (!reason.equals(service.error)) {
      service.error = reason;
      changed(service);
    }
  }

  private InstanceId freshId(ServiceId id) {
    return new InstanceId(
        "%s.%08x%04x".formatted(id, draw.applyAsInt(Integer.MAX_VALUE), draw.applyAsInt(1 << 16)));
  }

  /**
   * Failures count as a service's own fault only if they happened on several hosts (contract waiter
   * 9.4), so the host of the last failure is not drawn again.
   */
  private String host(TrackedService service) {
    var hosts = new ArrayList<String>(HOSTS);
    for (int i = 1; i <= HOSTS; i++) {
      hosts.add("127.0.0." + i);
    }
    hosts.remove(String.valueOf(service.lastFailedHost()));
    return hosts.get(draw.applyAsInt(hosts.size()));
  }

  private void started(
      TrackedService service, TrackedInstance tracked, Launcher.Launched launched) {
    var killed = tracked.value.ending();
    tracked.process = launched.process();
    if (killed != null) { // while it was being started
      tracked.value =
          launched
              .instance()
              .kill(killed.message(), killed.decidedAt(), Objects.requireNonNull(killed.killAt()));
      save(tracked.value);
      destroy(service, tracked);
      return;
    }
    tracked.value = launched.instance();
    service.error = null;
    LOG.info(
        "Started instance {} on {}:{}, process {}",
        tracked.value.id(),
        tracked.value.host(),
        tracked.value.ports(),
        launched.process().pid());
    watchExit(service, tracked);
    changed(service);
    health.begin(service, tracked, first -> healthChanged(service, tracked, first));
  }

  private void healthChanged(
      TrackedService service, TrackedInstance tracked, boolean firstSuccess) {
    if (firstSuccess) {
      save(tracked.value);
    }
    changed(service);
  }

  private void watchExit(TrackedService service, TrackedInstance tracked) {
    var process = Objects.requireNonNull(tracked.process);
    Runnable exited = () -> threads.stepUnlessClosed(() -> exited(service, tracked));
    ProcessHandle.of(process.pid()).ifPresentOrElse(handle -> onExit(handle, exited), exited);
  }

  private static void onExit(ProcessHandle handle, Runnable exited) {
    var unused = handle.onExit().thenRun(exited);
  }

  private void exited(TrackedService service, TrackedInstance tracked) {
    var process = Objects.requireNonNull(tracked.process);
    if (process.alive() || !tracked.value.active() || !acting.getAsBoolean()) {
      return; // the id is another process's, or the end is being dealt with
    }
    threads.work(
        () -> Optional.ofNullable(records.exitCode(tracked.value)),
        code -> {
          if (tracked.value.active()) {
            retire(
                service,
                tracked,
                tracked.value.exited(code.orElse(LocalInstance.SIGKILLED), clock.instant()));
          }
        },
        failure -> LOG.error("Cannot read how {} ended", tracked.value.id(), failure));
  }

  /** Ends an instance, or whatever an instance that has ended by itself has left behind. */
  void retire(TrackedService service, TrackedInstance tracked, LocalInstance ended) {
    tracked.value = ended;
    LOG.info("Instance {} ends: {}", ended.id(), Objects.requireNonNull(ended.ending()).message());
    if (tracked.process != null) {
      save(ended);
    }
    var forgotten = service.remember(ended);
    if (forgotten != null && !service.present.containsKey(forgotten.id())) {
      deleteRecord(forgotten);
    }
    end(service, tracked);
    changed(service);
  }

  private void end(TrackedService service, TrackedInstance tracked) {
    var killAt = Objects.requireNonNull(tracked.value.ending()).killAt();
    var wait = killAt == null ? Duration.ZERO : Duration.between(clock.instant(), killAt);
    if (wait.isNegative() || wait.isZero()) {
      destroy(service, tracked);
    } else {
      watchEnd(service, tracked);
      threads.stepLater(wait, () -> destroy(service, tracked));
    }
  }

  /** A process that ends in time after a soft kill need not wait for the SIGKILL. */
  private void watchEnd(TrackedService service, TrackedInstance tracked) {
    var process = tracked.process;
    if (process != null) {
      Runnable ended = () -> threads.stepUnlessClosed(() -> destroy(service, tracked));
      ProcessHandle.of(process.pid()).ifPresent(handle -> onExit(handle, ended));
    }
  }

  private void destroy(TrackedService service, TrackedInstance tracked) {
    var process = tracked.process;
    if (process == null || tracked.destroying || tracked.gone.isDone()) {
      return; // what is being started is destroyed when it has started
    }
    tracked.destroying = true;
    var instance = tracked.value;
    threads.work(
        () -> ProcessGroups.destroy(process, InstanceEnvironment.marker(instance)),
        gone -> {
          if (gone) {
            bury(service, tracked);
          } else {
            LOG.warn("Instance {} is not gone after SIGKILL; trying again", instance.id());
            tracked.destroying = false; // the next pass tries again
          }
        },
        failure -> {
          LOG.error("Cannot kill instance {}", instance.id(), failure);
          tracked.destroying = false;
        });
  }

  private void bury(TrackedService service, TrackedInstance tracked) {
    if (!acting.getAsBoolean()) {
      tracked.gone.complete(null);
      return; // the next owner finds that it has ended
    }
    tracked.value = tracked.value.over();
    var instance = tracked.value;
    service.present.remove(instance.id());
    if (service.remembers(instance.id())) {
      save(instance);
    } else {
      deleteRecord(instance);
    }
    var id = instance.serviceId();
    // Of the instances with a record only these are over, whatever is started in the meantime.
    var over = service.over();
    threads.work(
        () -> {
          launcher.release(instance);
          sandboxes.pruneInstances(
              id,
              name -> records.exists(id, name) && !over.contains(name),
              settings.keptSandboxes());
          return instance;
        },
        done -> {},
        failure -> LOG.error("Cannot clean up after {}", instance.id(), failure));
    tracked.gone.complete(null);
    finishDeletion(service);
  }

  private void deleteRecord(LocalInstance instance) {
    try {
      records.delete(instance);
    } catch (IOException e) {
      LOG.error("Cannot remove the record of {}", instance.id(), e);
    }
  }

  /** Kills all instances and then forgets the service; may repeat. */
  void delete(TrackedService service, CompletableFuture<Result> deleted) {
    if (service.deletion == null) {
      service.deletion = new ArrayList<>();
      service.requested = 0;
      save(service);
    }
    service.deletion.add(deleted);
    for (var each : service.active().toList()) {
      kill(service, each, "Killed using scheduler API", Duration.ZERO);
    }
    finishDeletion(service);
  }

  /** Ends an instance on request, by SIGKILL after the given time. */
  void kill(TrackedService service, TrackedInstance tracked, String message, Duration killAfter) {
    var now = clock.instant();
    retire(service, tracked, tracked.value.kill(message, now, now.plus(killAfter)));
  }

  /** SIGTERM to the instance's processes. The future holds the reason if it cannot be sent. */
  CompletableFuture<Optional<String>> terminate(TrackedInstance tracked) {
    var outcome = new CompletableFuture<Optional<String>>();
    var process = tracked.process;
    if (process == null) { // not yet started: nothing that could end softly
      return CompletableFuture.completedFuture(Optional.empty());
    }
    threads.work(
        () -> {
          ProcessGroups.terminate(process, InstanceEnvironment.marker(tracked.value));
          return process;
        },
        done -> outcome.complete(Optional.empty()),
        failure -> outcome.complete(Optional.of("Cannot send SIGTERM: " + failure.getMessage())));
    return outcome;
  }

  private void finishDeletion(TrackedService service) {
    var waiting = service.deletion;
    if (waiting == null || !service.present.isEmpty() || service.removing) {
      return;
    }
    service.removing = true;
    var id = service.spec.id();
    threads.work(
        () -> {
          records.delete(id);
          sandboxes.pruneServices(records::exists, settings.keptServices());
          return id;
        },
        done -> {
          services.remove(id);
          watchers.forEach(each -> each.gone(id));
          var result = new Result(200, "Deleted " + id);
          waiting.forEach(each -> each.complete(result));
        },
        failure -> {
          LOG.error("Cannot remove the records of {}", id, failure);
          service.removing = false; // the next pass tries again
        });
  }

  /** What happens every few seconds: memory, grace periods, exits that were missed, restarts. */
  void pass() {
    if (passRunning) {
      return; // the machine is busy
    }
    passRunning = true;
    var leaders = new HashMap<ProcessIdentity, String>();
    services.values().stream()
        .flatMap(TrackedService::active)
        .forEach(
            each -> {
              if (each.process != null) {
                leaders.put(each.process, InstanceEnvironment.marker(each.value));
              }
            });
    threads.work(
        () -> ProcessGroups.residentKiB(leaders),
        used -> {
          passRunning = false;
          List.copyOf(services.values()).forEach(each -> pass(each, used));
        },
        failure -> {
          passRunning = false;
          LOG.error("Cannot read the process table", failure);
        });
  }

  private void pass(TrackedService service, Map<ProcessIdentity, Long> usedKiB) {
    for (var each : List.copyOf(service.present.values())) {
      var process = each.process;
      if (process == null) {
        continue;
      }
      var ending = each.value.ending();
      if (ending != null) {
        if (ending.killAt() == null || !clock.instant().isBefore(ending.killAt())) {
          destroy(service, each);
        }
      } else if (!process.alive()) {
        exited(service, each);
      } else {
        judge(service, each, usedKiB.getOrDefault(process, 0L));
      }
    }
    if (service.deleting()) {
      finishDeletion(service);
      return;
    }
    for (int missing = service.requested - service.activeCount(); missing > 0; missing--) {
      var unused = launch(service); // the report says if it is not possible
    }
  }

  private void judge(TrackedService service, TrackedInstance tracked, long usedKiB) {
    var effective = service.spec.effective();
    tracked
        .value
        .judge(
            clock.instant(),
            effective.decimal("mem"),
            usedKiB,
            Duration.ofSeconds(effective.integer("grace-period-secs")))
        .ifPresent(ended -> retire(service, tracked, ended));
  }
}
