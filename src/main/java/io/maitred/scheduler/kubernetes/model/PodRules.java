package io.maitred.scheduler.kubernetes.model;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.health.model.HealthHistory;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Instance.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a pod means for an instance (contract waiter 9.7).
 *
 * @param service whose pods
 * @param user whose home the logs are in
 * @param revision of the ReplicaSet now, null if unknown
 * @param common fields of every instance's JSON
 */
public record PodRules(
    ServiceId service, String user, @Nullable String revision, Map<String, Object> common) {

  /** From so many restarts on a pod is never healthy and is to be replaced. */
  public static final int TOO_MANY_RESTARTS = 8;

  private static final int EXPIRED_AFTER_RESTARTS = 2;
  private static final Duration TIME_TO_RUN = Duration.ofSeconds(90);

  /** Exit codes of what the kubelet ended with SIGKILL or SIGTERM: not the command's own. */
  private static final Set<Integer> OF_THE_KUBELET = Set.of(137, 143);

  private static final String OUT_OF_MEMORY = "OOMKilled";
  private static final String NOWHERE = "0.0.0.0";

  public PodRules {
    common = Map.copyOf(common);
  }

  /** The instance that a pod runs, or will run next. */
  public InstanceId instanceId(PodState pod) {
    return instanceId(pod, pod.incarnation());
  }

  /** The instance that the same pod ran before, if any. */
  public Optional<InstanceId> instanceBefore(PodState pod) {
    return pod.incarnation() == 0
        ? Optional.empty()
        : Optional.of(instanceId(pod, pod.incarnation() - 1));
  }

  /** The pod that runs an instance or has run it, or null. */
  public @Nullable PodState podOf(InstanceId instance, Collection<PodState> pods) {
    return pods.stream().filter(pod -> incarnationOf(instance, pod) >= 0).findFirst().orElse(null);
  }

  /** The number of an instance among those of a pod; negative if it is of another pod. */
  public int incarnationOf(InstanceId instance, PodState pod) {
    return IntStream.rangeClosed(0, pod.incarnation())
        .filter(number -> instanceId(pod, number).equals(instance))
        .findFirst()
        .orElse(-1);
  }

  private InstanceId instanceId(PodState pod, int incarnation) {
    return new InstanceId(service.value() + "." + pod.name() + "-" + incarnation);
  }

  /**
   * How it appears in reports.
   *
   * @param checks what Maitred's own health checks have found since the container was started
   */
  public Instance active(PodState pod, HealthHistory checks, Instant now) {
    boolean healthy = healthy(pod, checks);
    var flags = new TreeSet<>(healthy ? Set.<String>of() : checks.flags());
    if (expired(pod, now)) {
      flags.add(Instance.EXPIRED);
    }
    var status = status(pod, healthy);
    return new Instance(
        instanceId(pod),
        service,
        pod.ip() == null ? NOWHERE : pod.ip(),
        pod.port(),
        extraPorts(pod),
        startedAt(pod),
        healthy ? Health.HEALTHY : Health.UNHEALTHY,
        healthy ? null : checks.status(),
        flags,
        null,
        logDirectory(pod.incarnation()),
        healthy ? null : status,
        extras(pod, status));
  }

  private static boolean healthy(PodState pod, HealthHistory checks) {
    var container = pod.container();
    return container != null
        && pod.reachable()
        && container.restarts() < TOO_MANY_RESTARTS
        && (container.ready() || checks.health() == Health.HEALTHY);
  }

  private boolean expired(PodState pod, Instant now) {
    return pod.expired()
        || pod.restarts() >= EXPIRED_AFTER_RESTARTS
        || (!pod.running() && pod.createdAt().plus(TIME_TO_RUN).isBefore(now))
        || older(pod.revision(), revision);
  }

  /** Revisions are times in ISO format: they sort as text. */
  private static boolean older(@Nullable String own, @Nullable String latest) {
    return own != null && latest != null && own.compareTo(latest) < 0;
  }

  /** What is to be said of a pod, in the order in which it matters. */
  static String status(PodState pod, boolean healthy) {
    if (healthy) {
      return "Healthy";
    }
    if (!pod.loopingInitContainers().isEmpty()) {
      return "Init container(s) in crash loop: " + String.join(", ", pod.loopingInitContainers());
    }
    var container = pod.container();
    var waiting = container == null ? null : container.waiting();
    if (waiting != null && waiting.reason().equals("CrashLoopBackOff")) {
      return "Application in crash loop";
    }
    if (pod.restarts() >= TOO_MANY_RESTARTS) {
      return "Application restarting frequently";
    }
    if (pod.unschedulable() != null) {
      return "Unschedulable: " + pod.unschedulable();
    }
    if (waiting != null && !BEING_STARTED.contains(waiting.reason())) {
      return waiting.reason() + (waiting.message() == null ? "" : ": " + waiting.message());
    }
    return "Unhealthy";
  }

  private static final Set<String> BEING_STARTED = Set.of("ContainerCreating", "PodInitializing");

  /**
   * The instance of this pod that ended by itself most recently, if one has.
   *
   * @param checks what Maitred's own health checks had found of it
   */
  public Optional<Instance> failed(PodState pod, HealthHistory checks) {
    var end = pod.lastEnd();
    if (end != null) {
      return end.exitCode() == 0 && !end.reason().equals(OUT_OF_MEMORY)
          ? Optional.empty()
          : Optional.of(failed(pod, Math.max(pod.incarnation() - 1, 0), end, checks));
    }
    if (!pod.phase().equals("Failed")) {
      return Optional.empty();
    }
    var evicted =
        new PodState.Ended(0, Objects.requireNonNullElse(pod.reason(), "Failed"), null, null);
    return Optional.of(ended(pod, 0, evicted, Set.of(), null));
  }

  private Instance failed(PodState pod, int incarnation, PodState.Ended end, HealthHistory checks) {
    boolean outOfMemory = end.reason().equals(OUT_OF_MEMORY);
    boolean byKubelet = !outOfMemory && OF_THE_KUBELET.contains(end.exitCode());
    var flags = new TreeSet<>(checks.flags());
    flags.remove(Instance.EXPIRED);
    if (outOfMemory) {
      flags.add(Instance.MEMORY_LIMIT_EXCEEDED);
    }
    if (byKubelet && !checks.onceHealthy()) {
      flags.add(Instance.NEVER_PASSED_HEALTH_CHECKS);
    }
    return ended(pod, incarnation, end, flags, byKubelet ? null : end.exitCode());
  }

  private Instance ended(
      PodState pod,
      int incarnation,
      PodState.Ended end,
      Set<String> flags,
      @Nullable Integer exitCode) {
    var started = end.startedAt();
    return new Instance(
        instanceId(pod, incarnation),
        service,
        pod.ip() == null ? NOWHERE : pod.ip(),
        pod.port(),
        extraPorts(pod),
        started == null ? pod.createdAt() : started,
        Health.UNHEALTHY,
        null,
        flags,
        exitCode,
        logDirectory(incarnation),
        message(end, exitCode),
        extras(pod, end.reason()));
  }

  private static String message(PodState.Ended end, @Nullable Integer exitCode) {
    if (end.reason().equals(OUT_OF_MEMORY)) {
      return "Exceeded allocated memory usage";
    }
    if (end.message() != null && !end.message().isBlank()) {
      return end.reason() + ": " + end.message();
    }
    if (exitCode == null) {
      return OF_THE_KUBELET.contains(end.exitCode())
          ? "Ended by Kubernetes, exit code " + end.exitCode()
          : end.reason();
    }
    return "Exited with code " + exitCode;
  }

  private static List<Integer> extraPorts(PodState pod) {
    return pod.port() == 0
        ? List.of()
        : IntStream.range(1, pod.portCount()).mapToObj(i -> pod.port() + i).toList();
  }

  private static Instant startedAt(PodState pod) {
    var container = pod.container();
    return container == null || container.runningSince() == null
        ? pod.createdAt()
        : container.runningSince();
  }

  private String logDirectory(int incarnation) {
    return "/home/" + user + "/r" + incarnation;
  }

  private Map<String, Object> extras(PodState pod, String status) {
    var extras = new TreeMap<>(common);
    extras.put("k8s/pod-name", pod.name());
    extras.put("k8s/namespace", pod.namespace());
    extras.put("k8s/restart-count", pod.restarts());
    extras.put("k8s/status", status);
    extras.put("k8s/container-statuses", containerStatuses(pod));
    if (pod.node() != null) {
      extras.put("k8s/node-name", pod.node());
    }
    if (pod.revision() != null) {
      extras.put("k8s/revision-timestamp", pod.revision());
    }
    return extras;
  }

  private static List<Object> containerStatuses(PodState pod) {
    var all = new ArrayList<>();
    var container = pod.container();
    if (container != null) {
      var one = new TreeMap<String, Object>();
      one.put("name", "waiter-app");
      one.put("ready", container.ready());
      if (container.runningSince() != null) {
        one.put("state", "running");
      } else if (container.waiting() != null) {
        one.put("state", "waiting");
        one.put("reason", container.waiting().reason());
      } else if (container.ended() != null) {
        one.put("state", "terminated");
        one.put("reason", container.ended().reason());
      }
      all.add(one);
    }
    return all;
  }
}
