package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.maitred.common.InstanceId;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.StateThread;
import io.maitred.scheduler.health.HealthChecker;
import io.maitred.scheduler.kubernetes.model.KubernetesNames;
import io.maitred.scheduler.kubernetes.model.PodState;
import io.maitred.scheduler.kubernetes.model.ReplicaChange;
import io.maitred.service.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs instances as pods (contract waiter 9.7). All that must be known later is kept in Kubernetes
 * itself: an adapter that is created later for the same namespace and label takes everything over.
 *
 * <p>While the API server is away the last reports hold and orders are answered 503. The first
 * report waits until everything was seen once.
 */
public final class KubernetesScheduler implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesScheduler.class);

  private static final Result NO_SERVICE = new Result(404, "service does not exist");
  private static final Result NO_INSTANCE = new Result(404, "instance does not exist");
  private static final Result ALREADY_KILLED = new Result(400, "instance has already been killed");
  private static final Result NOT_YET =
      new Result(503, "The Kubernetes API server has not been reached yet");

  private static final String KILLED = "Killed using scheduler API";

  /** Nothing can be cheaper to delete. */
  private static final String LOWEST_COST = String.valueOf(Integer.MIN_VALUE);

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration CLIENT_RETRY = Duration.ofSeconds(10);

  private final KubernetesSettings settings;
  private final Manifests manifests;
  private final String clusterLabel;
  private final InstantSource clock;
  private final StateThread thread = new StateThread("maitred-kubernetes");
  private final ApiCalls calls = new ApiCalls();
  private final HealthChecker checker;
  private final Services services;

  /** Keys of services that are to be looked at, since a step for each of them waits. */
  private final Set<String> dirty = ConcurrentHashMap.newKeySet();

  // Confined to the thread.
  private final List<Deletion> deletions = new ArrayList<>();
  private @Nullable KubernetesClient client;
  private @Nullable ApiOrders api;
  private @Nullable ClusterWatch watch;

  /** Whether the API server told of changes when that was looked at last. */
  private volatile boolean watching;

  /** Somebody waits for the pods of a deleted service to go. */
  private record Deletion(
      String key, String uid, Instant until, Result result, CompletableFuture<Result> done) {}

  /**
   * Begins to watch at once.
   *
   * @param cluster {@code WAITER_CLUSTER} of the instances, and the label unless settings say
   * @param serviceIdPrefix left out of the names of ReplicaSets
   */
  public KubernetesScheduler(
      KubernetesSettings settings, String cluster, String serviceIdPrefix, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.clusterLabel =
        settings.clusterLabel().isBlank()
            ? KubernetesNames.label(cluster)
            : settings.clusterLabel();
    this.manifests = new Manifests(settings, cluster, clusterLabel, serviceIdPrefix);
    this.checker =
        new HealthChecker(
            "maitred-kubernetes-health",
            settings.healthCheckTimeout(),
            settings.maxHealthChecksInFlight(),
            HealthChecker.AGENT,
            true);
    Map<String, Object> common =
        settings.api().context().isBlank()
            ? Map.of()
            : Map.of("k8s/context", settings.api().context());
    this.services = new Services(settings, thread, checker, clock, common, this::replace);
    thread.step(this::connect);
    thread.stepEvery(TICK, this::tick);
  }

  /** Making a client may read files and run programs, but asks no server. */
  private void connect() {
    var unused =
        calls
            .call(() -> Clients.of(settings.api()))
            .handle(
                (made, failure) -> {
                  if (failure == null) {
                    takeClient(made);
                  } else {
                    LOG.error("There is no way to the Kubernetes API server: {}", failure + "");
                    thread.stepLater(CLIENT_RETRY, this::connect);
                  }
                  return null;
                });
  }

  private void takeClient(KubernetesClient made) {
    try {
      thread.step(() -> watch(made));
    } catch (RejectedExecutionException e) {
      made.close();
    }
  }

  private void watch(KubernetesClient made) {
    client = made;
    api = new ApiOrders(made);
    var url = made.getMasterUrl().toString();
    LOG.info("Services with the label {}={} run at {}", Labels.CLUSTER, clusterLabel, url);
    var source =
        new ClusterWatch(
            made,
            settings.allNamespaces() ? null : settings.namespace(),
            clusterLabel,
            thread,
            settings.relistAfter(),
            this::changed,
            this::lookAtAll);
    watch = source;
    services.source(source, url);
    source.start();
  }

  private void changed(String key) {
    if (dirty.add(key)) {
      thread.stepUnlessClosed(
          () -> {
            dirty.remove(key);
            services.look(key);
            settle();
          });
    }
  }

  private void lookAtAll() {
    services.lookAtAll();
    settle();
  }

  private void tick() {
    if (watch != null) {
      watching = watch.look(clock.instant());
      lookAtAll();
    }
  }

  private void settle() {
    var now = clock.instant();
    deletions.removeIf(
        each -> {
          boolean over = !services.anyPodOf(each.key(), each.uid()) || each.until().isBefore(now);
          return over && each.done().complete(each.result());
        });
  }

  boolean watching() {
    return watching;
  }

  @Override
  public String kind() {
    return "kubernetes";
  }

  @Override
  public void watch(Watcher watcher) {
    thread.step(() -> services.add(watcher));
  }

  @Override
  public CompletionStage<Result> create(ServiceSpec spec) {
    var refusal = Admission.refusal(spec.effective(), settings);
    return refusal == null
        ? order(orders -> create(orders, spec))
        : CompletableFuture.completedFuture(new Result(400, refusal));
  }

  private CompletionStage<Result> create(ApiOrders orders, ServiceSpec spec) {
    var known = services.find(spec.id());
    if (known != null) {
      return known.spec.equals(spec)
          ? result(200, spec.id() + " exists already")
          : call(
              "change " + spec.id(),
              () -> {
                var description = StoredSpec.write(spec.effective());
                var set = orders.describe(known.namespace(), known.name(), description);
                if (set == null) {
                  return new Result(503, "The ReplicaSet " + known.name() + " is gone");
                }
                thread.stepUnlessClosed(() -> services.made(set));
                return new Result(200, spec.id() + " exists already");
              });
    }
    var set = manifests.replicaSet(spec, clock.instant());
    return call("create " + spec.id(), () -> create(orders, spec.id(), set));
  }

  /** What was made is known to the next order. */
  private Result create(ApiOrders orders, ServiceId id, ReplicaSet set) {
    try {
      var made = orders.create(set);
      thread.stepUnlessClosed(() -> services.made(made));
      LOG.info("{} is ReplicaSet {}", id, made.getMetadata().getName());
      return new Result(200, "Created " + id);
    } catch (KubernetesClientException e) {
      if (!ApiFailure.conflict(e)) {
        throw e;
      }
    }
    var name = set.getMetadata().getName();
    var found = orders.find(set.getMetadata().getNamespace(), name);
    if (found == null || found.getMetadata().getDeletionTimestamp() != null) {
      return new Result(503, "An earlier ReplicaSet " + name + " is still being deleted");
    }
    boolean own =
        StoredSpec.read(found).filter(spec -> spec.id().equals(id)).isPresent()
            && clusterLabel.equals(found.getMetadata().getLabels().get(Labels.CLUSTER));
    if (!own) {
      return new Result(500, "The ReplicaSet " + name + " exists and is not of this cluster");
    }
    thread.stepUnlessClosed(() -> services.made(found));
    return new Result(200, id + " exists already");
  }

  @Override
  public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
    return order(
        orders -> {
          var service = services.find(id);
          if (service == null) {
            return done(NO_SERVICE);
          }
          int pods = service.pods.size();
          return call("scale " + id, () -> scale(orders, service, target, force, pods));
        });
  }

  private Result scale(
      ApiOrders orders, TrackedService service, int target, boolean force, int pods) {
    var change = ReplicaChange.scale(target, force);
    var set = orders.change(service.namespace(), service.name(), change, pods);
    if (set == null) {
      return NO_SERVICE;
    }
    thread.stepUnlessClosed(() -> services.made(set));
    int now = set.getSpec().getReplicas();
    return new Result(200, (now == target ? "Scaled to " : "Stays at ") + now);
  }

  @Override
  public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
    return onPod(id, instance, this::kill);
  }

  /**
   * The pod is ended first, and slowly, so that it is this one that is missing when the number is
   * lowered; its cost makes it the first choice of the controller should it still have to choose.
   */
  private Result kill(ApiOrders orders, TrackedService service, PodState pod, Instance instance) {
    var namespace = pod.namespace();
    if (!orders.mark(namespace, pod.name(), Labels.DELETION_COST, LOWEST_COST)) {
      return NO_INSTANCE;
    }
    boolean bypass = bypass(service);
    orders.deletePod(
        namespace, pod.name(), bypass ? settings.bypassKillGrace() : settings.killGrace());
    thread.stepUnlessClosed(() -> ended(service, pod, instance, KILLED));
    var set = orders.change(namespace, service.name(), ReplicaChange.oneLess(), 0);
    if (set != null) {
      thread.stepUnlessClosed(() -> services.made(set));
    }
    if (!bypass) {
      orders.deletePod(namespace, pod.name(), null);
    }
    return new Result(200, KILLED);
  }

  private static boolean bypass(TrackedService service) {
    var mode = service.spec.effective().string("routing-mode");
    return mode != null && !mode.equals("default");
  }

  /** Tells that the instance was killed, as it was before. */
  private void ended(TrackedService service, PodState pod, Instance instance, String message) {
    service.killed(instance, pod.name(), message);
    services.refresh(service, true);
  }

  @Override
  public CompletionStage<Result> signal(
      ServiceId id, InstanceId instance, Signal signal, @Nullable Duration timeout) {
    return onPod(
        id,
        instance,
        (orders, service, pod, found) -> {
          var name = signal.name().toLowerCase(Locale.ROOT).replace('_', '-');
          if (signal == Signal.EXPIRE) {
            return orders.mark(pod.namespace(), pod.name(), Labels.EXPIRED, "true")
                ? new Result(200, name + " successfully sent to " + instance)
                : NO_INSTANCE;
          }
          var otherwise = bypass(service) ? settings.bypassKillGrace() : settings.killGrace();
          var grace = signal == Signal.FORCE_KILL ? null : timeout == null ? otherwise : timeout;
          orders.deletePod(pod.namespace(), pod.name(), grace);
          thread.stepUnlessClosed(
              () -> ended(service, pod, found, "Sent " + name + " using scheduler API"));
          return new Result(200, name + " successfully sent to " + instance);
        });
  }

  @Override
  public CompletionStage<Result> delete(ServiceId id) {
    return order(
        orders -> {
          var service = services.find(id);
          if (service == null) {
            return done(NO_SERVICE);
          }
          return call(
                  "delete " + id,
                  () -> {
                    orders.deleteSet(service.namespace(), service.name());
                    return new Result(200, "Deleted " + id);
                  })
              .thenCompose(result -> deleted(service, result));
        });
  }

  /** Done when no pod is left, or when it has taken too long: Kubernetes goes on ending them. */
  private CompletionStage<Result> deleted(TrackedService service, Result result) {
    if (!result.success()) {
      return done(result);
    }
    var over = new CompletableFuture<Result>();
    thread.step(
        () -> {
          services.forgetDeleted(service);
          var until = clock.instant().plus(settings.deletePatience());
          deletions.add(new Deletion(service.key, service.uid(), until, result, over));
          settle();
        });
    return over;
  }

  @Override
  public CompletionStage<List<LogEntry>> logs(ServiceId id, InstanceId instance, String path) {
    var listed = new CompletableFuture<List<LogEntry>>();
    var asked =
        order(
            orders -> {
              var service = services.find(id);
              var pod =
                  service == null
                      ? null
                      : services.rules(service).podOf(instance, service.pods.values());
              if (service == null || pod == null || !path.isEmpty()) {
                return done(service == null ? NO_SERVICE : NO_INSTANCE);
              }
              int number = services.rules(service).incarnationOf(instance, pod);
              return call(
                  "read the log of " + instance,
                  () -> {
                    listed.complete(PodLogs.of(orders, pod, number, settings.logTailBytes()));
                    return new Result(200, "");
                  });
            });
    var unused =
        asked.whenComplete(
            (result, failure) -> {
              if (failure != null) {
                listed.completeExceptionally(failure);
              } else if (!result.success()) {
                listed.completeExceptionally(
                    Refusal.of(result.status(), result.message()).asException());
              }
            });
    return listed;
  }

  /** What is done with the pod of an active instance, on a thread that may wait. */
  private interface PodOrder {
    Result run(ApiOrders orders, TrackedService service, PodState pod, Instance instance);
  }

  private CompletionStage<Result> onPod(ServiceId id, InstanceId instance, PodOrder order) {
    return order(
        orders -> {
          var service = services.find(id);
          if (service == null) {
            return done(NO_SERVICE);
          }
          var pod = service.pod(services.rules(service), instance);
          var found = service.reported(instance);
          if (pod == null || found == null) {
            return done(service.hasKilled(instance) ? ALREADY_KILLED : NO_INSTANCE);
          }
          return call("end " + instance, () -> order.run(orders, service, pod, found));
        });
  }

  /** A pod that restarts too often; the next look tries again if this fails. */
  private void replace(PodState pod) {
    var orders = api;
    if (orders != null) {
      var unused =
          call(
                  "replace " + pod.name(),
                  () -> {
                    orders.deletePod(pod.namespace(), pod.name(), null);
                    return new Result(200, "");
                  })
              .whenComplete(
                  (result, failure) -> {
                    if (failure != null || !result.success()) {
                      thread.stepUnlessClosed(() -> services.replaceAgain(pod));
                    }
                  });
    }
  }

  /** Runs the beginning of an order on the adapter's thread. */
  private CompletionStage<Result> order(Function<ApiOrders, CompletionStage<Result>> begin) {
    var outcome = new CompletableFuture<CompletionStage<Result>>();
    try {
      thread.step(
          () -> {
            try {
              var orders = api;
              outcome.complete(
                  orders == null || !services.begun() ? done(NOT_YET) : begin.apply(orders));
            } catch (RuntimeException e) {
              outcome.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      outcome.completeExceptionally(new IllegalStateException("the scheduler is closed", e));
    }
    return outcome.thenCompose(stage -> stage);
  }

  /**
   * Calls the API server on a thread that may wait.
   *
   * @param what is to be done, as in "cannot ..."
   */
  private CompletionStage<Result> call(String what, Callable<Result> work) {
    return calls
        .call(work)
        .exceptionallyCompose(
            failure -> {
              var cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              if (cause instanceof KubernetesClientException refused) {
                return done(ApiFailure.result(what, refused));
              }
              return cause instanceof RejectedExecutionException
                  ? done(ApiCalls.BUSY)
                  : CompletableFuture.failedFuture(cause);
            });
  }

  private static CompletionStage<Result> done(Result result) {
    return CompletableFuture.completedFuture(result);
  }

  private static CompletionStage<Result> result(int status, String message) {
    return done(new Result(status, message));
  }

  /** Pods go on running. Blocks for a moment, some seconds at most. */
  @Override
  public void close() {
    thread.refuse();
    calls.close();
    thread.stepUnlessClosed(this::end);
    thread.close();
    checker.close();
  }

  private void end() {
    deletions.forEach(each -> each.done().complete(each.result()));
    deletions.clear();
    if (watch != null) {
      watch.close();
    }
    if (client != null) {
      client.close();
    }
  }
}
