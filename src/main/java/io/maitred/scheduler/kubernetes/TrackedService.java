package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.maitred.common.InstanceId;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.health.model.HealthHistory;
import io.maitred.scheduler.kubernetes.model.PodRules;
import io.maitred.scheduler.kubernetes.model.PodState;
import io.maitred.scheduler.kubernetes.model.StartProblem;
import io.maitred.service.model.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One service: its ReplicaSet, its pods, and what is remembered. Confined to the adapter's thread.
 */
final class TrackedService {
  private static final int MAX_FAILED = 10;
  private static final int MAX_KILLED = 12;

  final String key;

  /** Calls of the API server look at it, too. */
  volatile ServiceSpec spec;

  private ReplicaSet set;

  /** Made by this adapter, not in the watch yet; until then. */
  @Nullable Instant awaitedUntil;

  @Nullable ServiceReport report;

  /** Pods that are not being ended, by name. */
  final Map<String, PodState> pods = new TreeMap<>();

  /** What is known of each instance's health, those of ended pods not included. */
  final Map<InstanceId, PodCheck> checks = new HashMap<>();

  /** The newest ones: pods that are still there would bring older ones back again and again. */
  private final NavigableSet<Instance> failed =
      new TreeSet<>(Comparator.comparing(Instance::startedAt).thenComparing(Instance::id));

  private final Map<InstanceId, Instance> killed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InstanceId, Instance> eldest) {
          return size() > MAX_KILLED;
        }
      };

  /** Names of pods that were ended by order, and that the watch may still show for a moment. */
  private final Set<String> ended = new HashSet<>();

  TrackedService(String key, ServiceSpec spec, ReplicaSet set) {
    this.key = key;
    this.spec = spec;
    this.set = set;
  }

  String uid() {
    return set.getMetadata().getUid();
  }

  String namespace() {
    return key.substring(0, key.indexOf('/'));
  }

  String name() {
    return key.substring(key.indexOf('/') + 1);
  }

  /** Takes what the API server says, unless something newer is known. */
  void seen(ReplicaSet latest) {
    var own = set.getMetadata().getGeneration();
    var other = latest.getMetadata().getGeneration();
    if (own == null || other == null || other >= own) {
      set = latest;
      StoredSpec.read(latest).ifPresent(stored -> spec = stored);
    }
  }

  /** Takes the pods of the service as they are now. */
  void pods(List<Pod> all) {
    pods.clear();
    var names = new HashSet<String>();
    for (var pod : all) {
      if (uid().equals(PodStates.owner(pod))) {
        names.add(pod.getMetadata().getName());
        pods.put(pod.getMetadata().getName(), PodStates.of(pod));
      }
    }
    ended.retainAll(names);
  }

  /**
   * @param common fields of every instance's JSON
   */
  PodRules rules(Map<String, Object> common) {
    var annotations = set.getMetadata().getAnnotations();
    return new PodRules(
        spec.id(),
        String.valueOf(spec.effective().string("run-as-user")),
        annotations == null ? null : annotations.get(Labels.REVISION),
        common);
  }

  /** Pods that are meant to run, the oldest first. */
  List<PodState> present() {
    return pods.values().stream()
        .filter(pod -> !pod.deleting() && !pod.over() && !ended.contains(pod.name()))
        .sorted(Comparator.comparing(PodState::createdAt).thenComparing(PodState::name))
        .toList();
  }

  /** The service as it is now; remembers what has failed. */
  ServiceReport look(PodRules rules, Instant now) {
    var present = present();
    for (var pod : pods.values()) {
      if (!pod.deleting() && !ended.contains(pod.name())) { // to be deleted ends it, too
        rules
            .failed(pod, historyBefore(rules, pod))
            .filter(instance -> !killed.containsKey(instance.id()))
            .ifPresent(this::remember);
      }
    }
    var active = new ArrayList<Instance>();
    present.forEach(pod -> active.add(rules.active(pod, history(rules.instanceId(pod)), now)));
    return new ServiceReport(
        spec,
        set.getSpec().getReplicas(),
        active,
        List.copyOf(failed),
        List.copyOf(killed.values()),
        StartProblem.of(failedCreate(), present).orElse(null));
  }

  private void remember(Instance instance) {
    if (failed.stream().noneMatch(known -> known.id().equals(instance.id()))) {
      failed.add(instance);
      if (failed.size() > MAX_FAILED) {
        failed.pollFirst();
      }
    }
  }

  private HealthHistory historyBefore(PodRules rules, PodState pod) {
    return rules.instanceBefore(pod).map(this::history).orElse(HealthHistory.UNKNOWN);
  }

  private HealthHistory history(InstanceId id) {
    var check = checks.get(id);
    return check == null ? HealthHistory.UNKNOWN : check.history;
  }

  /** The controller's own words for pods that it could not create. */
  private @Nullable String failedCreate() {
    return set.getStatus() == null
        ? null
        : set.getStatus().getConditions().stream()
            .filter(each -> "ReplicaFailure".equals(each.getType()))
            .filter(each -> "True".equals(each.getStatus()))
            .filter(each -> "FailedCreate".equals(each.getReason()))
            .map(each -> String.valueOf(each.getMessage()))
            .findFirst()
            .orElse(null);
  }

  /** The pod of an active instance. */
  @Nullable PodState pod(PodRules rules, InstanceId instance) {
    return present().stream()
        .filter(pod -> rules.instanceId(pod).equals(instance))
        .findFirst()
        .orElse(null);
  }

  boolean hasKilled(InstanceId instance) {
    return killed.containsKey(instance);
  }

  /** An active instance as it was reported last. */
  @Nullable Instance reported(InstanceId id) {
    return report == null
        ? null
        : report.active().stream()
            .filter(instance -> instance.id().equals(id))
            .findFirst()
            .orElse(null);
  }

  /** An order ended the instance; it is remembered as it was before. */
  void killed(Instance instance, String pod, String message) {
    ended.add(pod);
    failed.removeIf(known -> known.id().equals(instance.id()));
    killed.put(instance.id(), withMessage(instance, message));
  }

  private static Instance withMessage(Instance instance, String message) {
    return new Instance(
        instance.id(),
        instance.serviceId(),
        instance.host(),
        instance.port(),
        instance.extraPorts(),
        instance.startedAt(),
        instance.health(),
        instance.healthCheckStatus(),
        instance.flags(),
        instance.exitCode(),
        instance.logDirectory(),
        message,
        instance.extras());
  }
}
