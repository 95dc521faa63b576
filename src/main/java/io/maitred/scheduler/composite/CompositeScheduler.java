package io.maitred.scheduler.composite;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each service to one of several schedulers (contract waiter 9.8), and shows what all of them
 * have as one. A service that is found where it does not belong is deleted there. Safe to use from
 * all threads.
 */
public final class CompositeScheduler implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(CompositeScheduler.class);
  private static final Result NO_SERVICE = new Result(404, "service does not exist");

  private final Map<String, Scheduler> components = new LinkedHashMap<>();
  private final Function<ServiceSpec, String> selector;

  // All guarded by this: the components report on threads of their own.
  private final Set<String> silent = new LinkedHashSet<>();
  private final Map<ServiceId, String> owners = new HashMap<>();
  private final Map<ServiceId, ServiceReport> reports = new LinkedHashMap<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private boolean watching;

  /**
   * @param components of different kinds; closed with this
   * @param selector the kind that a service belongs to
   */
  public CompositeScheduler(List<Scheduler> components, Function<ServiceSpec, String> selector) {
    components.forEach(each -> this.components.put(each.kind(), each));
    this.selector = selector;
    this.silent.addAll(this.components.keySet());
  }

  /** By the parameter {@code scheduler}, or this kind. */
  public static Function<ServiceSpec, String> byParameter(String otherwise) {
    return spec -> Objects.requireNonNullElse(spec.effective().string("scheduler"), otherwise);
  }

  @Override
  public String kind() {
    return "composite";
  }

  @Override
  public void watch(Watcher watcher) {
    synchronized (this) {
      watchers.add(watcher);
      if (watching) {
        if (silent.isEmpty()) {
          watcher.initial(List.copyOf(reports.values()));
        }
        return;
      }
      watching = true;
    }
    components.forEach((kind, component) -> component.watch(new Union(kind)));
  }

  @Override
  public CompletionStage<Result> create(ServiceSpec spec) {
    var kind = selector.apply(spec);
    var component = components.get(kind);
    if (component == null) {
      return CompletableFuture.completedFuture(new Result(400, "No matching scheduler found!"));
    }
    synchronized (this) {
      owners.put(spec.id(), kind);
    }
    return component
        .create(spec)
        .whenComplete(
            (result, failure) -> {
              if (failure != null || !result.success()) {
                forgetUnlessReported(spec.id());
              }
            });
  }

  private synchronized void forgetUnlessReported(ServiceId id) {
    if (!reports.containsKey(id)) {
      owners.remove(id);
    }
  }

  @Override
  public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
    return order(id, owner -> owner.scale(id, target, force));
  }

  @Override
  public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
    return order(id, owner -> owner.kill(id, instance));
  }

  @Override
  public CompletionStage<Result> delete(ServiceId id) {
    return order(id, owner -> owner.delete(id));
  }

  @Override
  public CompletionStage<Result> signal(
      ServiceId id, InstanceId instance, Signal signal, @Nullable Duration timeout) {
    return order(id, owner -> owner.signal(id, instance, signal, timeout));
  }

  @Override
  public CompletionStage<List<LogEntry>> logs(ServiceId id, InstanceId instance, String path) {
    var owner = owner(id);
    // What has ended may have left logs with any of them; the first is the usual one.
    return (owner == null ? components.values().iterator().next() : owner).logs(id, instance, path);
  }

  private CompletionStage<Result> order(
      ServiceId id, Function<Scheduler, CompletionStage<Result>> order) {
    var owner = owner(id);
    return owner == null ? CompletableFuture.completedFuture(NO_SERVICE) : order.apply(owner);
  }

  private synchronized @Nullable Scheduler owner(ServiceId id) {
    var kind = owners.get(id);
    return kind == null ? null : components.get(kind);
  }

  @Override
  public void close() {
    components.values().forEach(Scheduler::close);
  }

  private synchronized void begun(String kind, List<ServiceReport> found) {
    found.forEach(report -> take(kind, report));
    silent.remove(kind);
    if (silent.isEmpty()) {
      watchers.forEach(each -> each.initial(List.copyOf(reports.values())));
    }
  }

  private synchronized void changed(String kind, ServiceReport report) {
    if (take(kind, report) && silent.isEmpty()) {
      watchers.forEach(each -> each.changed(report));
    }
  }

  private synchronized void gone(String kind, ServiceId id) {
    if (owners.remove(id, kind)) {
      reports.remove(id);
      if (silent.isEmpty()) {
        watchers.forEach(each -> each.gone(id));
      }
    }
  }

  /** Whether the service belongs there. */
  private boolean take(String kind, ServiceReport report) {
    var id = report.spec().id();
    if (selector.apply(report.spec()).equals(kind)) {
      owners.put(id, kind);
      reports.put(id, report);
      return true;
    }
    LOG.warn("{} does not belong to the {} scheduler and is deleted there", id, kind);
    var unused = Objects.requireNonNull(components.get(kind)).delete(id);
    return false;
  }

  /** What one component tells. */
  private final class Union implements Watcher {
    private final String kind;

    Union(String kind) {
      this.kind = kind;
    }

    @Override
    public void initial(List<ServiceReport> found) {
      begun(kind, found);
    }

    @Override
    public void changed(ServiceReport report) {
      CompositeScheduler.this.changed(kind, report);
    }

    @Override
    public void gone(ServiceId id) {
      CompositeScheduler.this.gone(kind, id);
    }
  }
}
