package io.maitred.discovery.model;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView.DeploymentError;
import io.maitred.service.model.Instance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one service's instances over its scheduler's reports (contract waiter 9.2):
 * reports are whole but forget, and a scheduler does not always know why an instance ended.
 *
 * @param id whose instances
 * @param report the latest report
 * @param suspects active instances that fail their checks, with the flags of all checks so far
 * @param failed instances that vanished after too many failed checks, at most {@link #MAX_FAILED}
 * @param killed instances that were killed by order, at most {@link #MAX_KILLED}
 * @param candidates instances that an order meant to kill: none of them counts as failed later
 */
public record ServiceTracker(
    ServiceId id,
    Report report,
    Map<InstanceId, Suspect> suspects,
    List<Instance> failed,
    List<Instance> killed,
    Set<InstanceId> candidates) {

  public static final int MAX_FAILED = 10;
  public static final int MAX_KILLED = 12;
  private static final int MAX_CANDIDATES = 64;

  private static final Comparator<Instance> BY_START =
      Comparator.comparing(Instance::startedAt).thenComparing(Instance::id);

  /**
   * One report of a scheduler.
   *
   * @param error the scheduler's own reason why the service cannot start, or null
   */
  public record Report(
      int requested,
      List<Instance> active,
      List<Instance> failed,
      List<Instance> killed,
      @Nullable String error) {
    public Report {
      active = List.copyOf(active);
      failed = List.copyOf(failed);
      killed = List.copyOf(killed);
    }
  }

  /**
   * @param instance as last seen, with all flags since it was last healthy
   * @param failedChecks how many rounds of checks it failed, at least 1
   */
  public record Suspect(Instance instance, int failedChecks) {}

  public ServiceTracker {
    suspects = Map.copyOf(suspects);
    failed = List.copyOf(failed);
    killed = List.copyOf(killed);
    candidates = Collections.unmodifiableSet(new LinkedHashSet<>(candidates));
  }

  /** A service of which nothing was seen before. */
  public static ServiceTracker of(ServiceId id) {
    var nothing = new Report(0, List.of(), List.of(), List.of(), null);
    return new ServiceTracker(id, nothing, Map.of(), List.of(), List.of(), Set.of());
  }

  /**
   * A report came.
   *
   * @param threshold failed checks after which an instance that vanishes counts as failed
   */
  public ServiceTracker reported(Report next, int threshold) {
    var stillSuspect = new HashMap<InstanceId, Suspect>();
    for (var instance : next.active()) {
      if (instance.health() == Instance.Health.UNHEALTHY) {
        stillSuspect.put(instance.id(), suspect(instance));
      }
    }
    var present = new TreeSet<InstanceId>();
    next.active().forEach(i -> present.add(i.id()));
    next.killed().forEach(i -> present.add(i.id()));
    var gone =
        suspects.values().stream()
            .filter(s -> s.failedChecks() >= threshold && !present.contains(s.instance().id()))
            .map(s -> flagged(s.instance(), Set.of(Instance.NEVER_PASSED_HEALTH_CHECKS)))
            .filter(i -> !candidates.contains(i.id()))
            .sorted(BY_START)
            .toList();
    return new ServiceTracker(
        id, next, stillSuspect, newest(failed, gone, MAX_FAILED), killed, candidates);
  }

  /** One more round of health checks passed without any news: what was unhealthy failed again. */
  public ServiceTracker checked() {
    if (suspects.isEmpty()) {
      return this;
    }
    var counted = new HashMap<InstanceId, Suspect>();
    suspects.forEach(
        (key, s) ->
            counted.put(key, new Suspect(s.instance(), Math.min(s.failedChecks(), 1_000_000) + 1)));
    return new ServiceTracker(id, report, counted, failed, killed, candidates);
  }

  /** Somebody is about to kill the instance. */
  public ServiceTracker killing(InstanceId instance) {
    var more = new LinkedHashSet<>(candidates);
    more.remove(instance);
    more.add(instance);
    if (more.size() > MAX_CANDIDATES) {
      more.remove(more.iterator().next());
    }
    return new ServiceTracker(id, report, suspects, failed, killed, more);
  }

  /** The instance was killed by order. Unknown instances are ignored. */
  public ServiceTracker killed(InstanceId instance) {
    var found = report.active().stream().filter(i -> i.id().equals(instance)).toList();
    return new ServiceTracker(
        id, report, suspects, failed, newest(killed, found, MAX_KILLED), candidates);
  }

  /** All that is known now, as others see it. */
  public ServiceView view(ServiceView.Version version, DeploymentErrors errors) {
    var active = report.active().stream().map(this::withAllFlags).sorted(BY_START).toList();
    var allKilled = united(report.killed(), killed);
    var allFailed = united(report.failed(), failed);
    candidates.forEach(allFailed::remove);
    allKilled.keySet().forEach(allFailed::remove);
    var failedNow = last(allFailed, MAX_FAILED);
    return new ServiceView(
        version,
        id,
        report.requested(),
        active.size(),
        active,
        failedNow,
        last(allKilled, MAX_KILLED),
        deploymentError(active, failedNow, errors));
  }

  private @Nullable DeploymentError deploymentError(
      List<Instance> active, List<Instance> failedNow, DeploymentErrors errors) {
    if (report.error() != null && active.stream().noneMatch(Instance::healthy)) {
      return new DeploymentError("scheduler", report.error());
    }
    return errors.decide(active, failedNow).orElse(null);
  }

  private Suspect suspect(Instance instance) {
    var before = suspects.get(instance.id());
    return before == null
        ? new Suspect(instance, 1)
        : new Suspect(flagged(instance, before.instance().flags()), before.failedChecks());
  }

  private Instance withAllFlags(Instance instance) {
    var suspect = suspects.get(instance.id());
    return suspect == null ? instance : suspect.instance();
  }

  private static List<Instance> newest(List<Instance> before, List<Instance> more, int limit) {
    var all = new LinkedHashMap<InstanceId, Instance>();
    before.forEach(i -> all.put(i.id(), i));
    more.forEach(
        i -> {
          all.remove(i.id());
          all.put(i.id(), i);
        });
    var list = List.copyOf(all.values());
    return list.subList(Math.max(0, list.size() - limit), list.size());
  }

  /** By id; what is in both lists is as reported, with the flags of both. */
  private static Map<InstanceId, Instance> united(List<Instance> reported, List<Instance> own) {
    var all = new HashMap<InstanceId, Instance>();
    own.forEach(i -> all.put(i.id(), i));
    reported.forEach(i -> all.merge(i.id(), i, (known, told) -> flagged(told, known.flags())));
    return all;
  }

  private static List<Instance> last(Map<InstanceId, Instance> all, int limit) {
    var sorted = new ArrayList<>(all.values());
    sorted.sort(BY_START);
    return sorted.subList(Math.max(0, sorted.size() - limit), sorted.size());
  }

  private static Instance flagged(Instance instance, Set<String> more) {
    var flags = new TreeSet<>(instance.flags());
    flags.addAll(more);
    return new Instance(
        instance.id(),
        instance.serviceId(),
        instance.host(),
        instance.port(),
        instance.extraPorts(),
        instance.startedAt(),
        instance.health(),
        instance.healthCheckStatus(),
        flags,
        instance.exitCode(),
        instance.logDirectory(),
        instance.message(),
        instance.extras());
  }
}
