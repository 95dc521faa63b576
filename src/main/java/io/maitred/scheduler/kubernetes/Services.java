package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler.Watcher;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.StateThread;
import io.maitred.scheduler.health.HealthChecker;
import io.maitred.scheduler.health.HealthLoop;
import io.maitred.scheduler.kubernetes.model.PodRules;
import io.maitred.scheduler.kubernetes.model.PodState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services of a cluster as Maitred sees them: turns what the watch shows into reports. Confined
 * to the adapter's thread.
 */
final class Services {
  private static final Logger LOG = LoggerFactory.getLogger(Services.class);

  /** How long a new ReplicaSet may take to show up in the watch. */
  private static final Duration UNSEEN = Duration.ofSeconds(30);

  private final KubernetesSettings settings;
  private final StateThread thread;
  private final HealthLoop health;
  private final InstantSource clock;
  private final Map<String, Object> common;
  private final Consumer<PodState> replace;
  private final Map<String, TrackedService> byKey = new LinkedHashMap<>();
  private final Map<ServiceId, TrackedService> byId = new HashMap<>();
  private final List<Watcher> watchers = new ArrayList<>();

  /** Uids of pods that were told to be replaced. */
  private final Set<String> replaced = new HashSet<>();

  /** Uids of ReplicaSets that were deleted by order, and until when the watch may show them. */
  private final Map<String, Instant> deleted = new HashMap<>();

  private @Nullable ClusterWatch watch;
  private boolean begun;

  /**
   * @param common fields of every instance's JSON
   * @param replace told of pods that restart too often
   */
  Services(
      KubernetesSettings settings,
      StateThread thread,
      HealthChecker checker,
      InstantSource clock,
      Map<String, Object> common,
      Consumer<PodState> replace) {
    this.settings = settings;
    this.thread = thread;
    this.health = new HealthLoop(thread, checker);
    this.clock = clock;
    this.common = new HashMap<>(common);
    this.replace = replace;
  }

  void add(Watcher watcher) {
    watchers.add(watcher);
    if (begun) {
      watcher.initial(reports());
    }
  }

  private List<ServiceReport> reports() {
    return byKey.values().stream()
        .map(service -> service.report)
        .filter(java.util.Objects::nonNull)
        .toList();
  }

  /**
   * @param apiServer its URL, shown with instances
   */
  void source(ClusterWatch source, String apiServer) {
    watch = source;
    common.put("k8s/api-server-url", apiServer);
  }

  /** Whether everything that exists was seen once. */
  boolean begun() {
    return begun;
  }

  @Nullable TrackedService find(ServiceId id) {
    return byId.get(id);
  }

  PodRules rules(TrackedService service) {
    return service.rules(common);
  }

  /** Looks at everything: after a list, and from time to time. */
  void lookAtAll() {
    if (watch == null || !watch.known()) {
      return;
    }
    var keys = new HashSet<>(byKey.keySet());
    keys.addAll(watch.setKeys());
    deleted.values().removeIf(until -> until.isBefore(clock.instant()));
    boolean first = !begun;
    begun = true;
    keys.stream().sorted().forEach(key -> look(key, !first));
    if (first) {
      watchers.forEach(each -> each.initial(reports()));
    }
  }

  /** Looks at one service, after a change. */
  void look(String key) {
    if (begun) {
      look(key, true);
    }
  }

  private void look(String key, boolean tell) {
    if (watch == null) {
      return;
    }
    var set = watch.set(key);
    if (set != null && deleted.containsKey(set.getMetadata().getUid())) {
      set = null;
    }
    var service = byKey.get(key);
    if (service != null && set != null && !service.uid().equals(set.getMetadata().getUid())) {
      if (!unseenTooLong(service)) {
        return; // the watch still shows an earlier one of that name
      }
      forget(service);
      service = null;
    }
    if (set == null) {
      if (service != null && unseenTooLong(service)) {
        forget(service);
      }
      return;
    }
    if (service == null) {
      service = adopt(key, set);
    } else {
      service.awaitedUntil = null;
      service.seen(set);
    }
    if (service != null) {
      refresh(service, tell);
    }
  }

  private boolean unseenTooLong(TrackedService service) {
    return service.awaitedUntil == null || service.awaitedUntil.isBefore(clock.instant());
  }

  private @Nullable TrackedService adopt(String key, ReplicaSet set) {
    var spec = StoredSpec.read(set).orElse(null);
    if (spec == null) {
      LOG.debug("{} is not of Maitred's making", key);
      return null;
    }
    var other = byId.get(spec.id());
    if (other != null) {
      LOG.warn("{} is a second ReplicaSet of {}, besides {}", key, spec.id(), other.key);
      return null;
    }
    var service = new TrackedService(key, spec, set);
    byKey.put(key, service);
    byId.put(spec.id(), service);
    return service;
  }

  /** Takes a ReplicaSet that was just made or changed, which the watch may not show yet. */
  void made(ReplicaSet set) {
    var key = ClusterWatch.key(set, set.getMetadata().getName());
    var service = byKey.get(key);
    if (service != null && !service.uid().equals(set.getMetadata().getUid())) {
      forget(service);
      service = null;
    }
    if (service == null) {
      service = adopt(key, set);
      if (service != null) {
        service.awaitedUntil = clock.instant().plus(UNSEEN);
      }
    } else {
      service.seen(set);
    }
    if (service != null) {
      refresh(service, true);
    }
  }

  /** Tells of the service anew if it has changed. */
  void refresh(TrackedService service, boolean tell) {
    if (watch == null || byKey.get(service.key) != service) {
      return;
    }
    service.pods(watch.pods(service.key));
    var rules = rules(service);
    check(service, rules);
    service.present().forEach(this::replaceIfHopeless);
    var now = clock.instant();
    var report = service.look(rules, now);
    if (!report.equals(service.report)) {
      service.report = report;
      if (tell) {
        watchers.forEach(each -> each.changed(report));
      }
    }
  }

  private void check(TrackedService service, PodRules rules) {
    var present = service.present();
    for (var pod : present) {
      service
          .checks
          .computeIfAbsent(
              rules.instanceId(pod),
              id ->
                  new PodCheck(
                      service,
                      pod,
                      settings.healthCheckInterval(),
                      clock,
                      () -> thread.stepUnlessClosed(() -> refresh(service, true))))
          .seen(pod, health);
    }
    var kept = new HashSet<InstanceId>();
    for (var pod : present) {
      kept.add(rules.instanceId(pod));
      // the one before is needed to tell why it failed
      rules
          .instanceBefore(pod)
          .ifPresent(
              before -> {
                kept.add(before);
                var check = service.checks.get(before);
                if (check != null) {
                  check.end();
                }
              });
    }
    service
        .checks
        .entrySet()
        .removeIf(
            check -> {
              if (!kept.contains(check.getKey())) {
                check.getValue().end();
                return true;
              }
              return false;
            });
  }

  private void replaceIfHopeless(PodState pod) {
    if (pod.restarts() >= PodRules.TOO_MANY_RESTARTS && replaced.add(pod.uid())) {
      LOG.info("Pod {} was restarted {} times and is replaced", pod.name(), pod.restarts());
      replace.accept(pod);
    }
  }

  /** Pods of a deleted ReplicaSet that are still there. */
  boolean anyPodOf(String key, String uid) {
    return watch != null && watch.pods(key).stream().anyMatch(p -> uid.equals(PodStates.owner(p)));
  }

  /** The service does not exist any more. */
  void forget(TrackedService service) {
    if (byKey.remove(service.key, service)) {
      byId.remove(service.spec.id());
      service.checks.values().forEach(PodCheck::end);
      service.pods.values().forEach(pod -> replaced.remove(pod.uid()));
      if (begun) {
        watchers.forEach(each -> each.gone(service.spec.id()));
      }
    }
  }

  /** An order deleted the ReplicaSet, which the watch may still show for a moment. */
  void forgetDeleted(TrackedService service) {
    deleted.put(service.uid(), clock.instant().plus(UNSEEN));
    forget(service);
  }

  /** Forgets which pods were to be replaced when that could not be ordered. */
  void replaceAgain(PodState pod) {
    replaced.remove(pod.uid());
  }
}
