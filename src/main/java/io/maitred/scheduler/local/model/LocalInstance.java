package io.maitred.scheduler.local.model;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.health.model.CheckResult;
import io.maitred.scheduler.health.model.HealthHistory;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Instance.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One instance as the local scheduler knows and records it. Immutable: every change is a new value.
 *
 * @param ports PORT0 and up; empty until they are reserved
 * @param onceHealthy it has passed a health check at some time
 * @param failedChecks health checks failed in a row
 * @param ending null while it is meant to run
 */
public record LocalInstance(
    InstanceId id,
    ServiceId serviceId,
    String host,
    List<Integer> ports,
    Instant startedAt,
    Health health,
    @Nullable Integer healthCheckStatus,
    Set<String> flags,
    boolean onceHealthy,
    int failedChecks,
    @Nullable Ending ending) {

  /** What a wrapper that was killed before it could write the exit status would have returned. */
  public static final int SIGKILLED = 137;

  /** An instance that worked before is not judged by a single check: the machine may be busy. */
  private static final int FAILED_CHECKS_AFTER_SUCCESS = 2;

  public LocalInstance {
    ports = List.copyOf(ports);
    flags = Collections.unmodifiableSortedSet(new TreeSet<>(flags));
  }

  /** About to be started. */
  public static LocalInstance planned(
      InstanceId id, ServiceId serviceId, String host, Instant startedAt) {
    return new LocalInstance(
        id, serviceId, host, List.of(), startedAt, Health.UNKNOWN, null, Set.of(), false, 0, null);
  }

  public LocalInstance withPorts(List<Integer> reserved) {
    return new LocalInstance(
        id,
        serviceId,
        host,
        reserved,
        startedAt,
        health,
        healthCheckStatus,
        flags,
        onceHealthy,
        failedChecks,
        ending);
  }

  /** Taken over from an earlier owner: what it is now is found out anew. */
  public LocalInstance adopted() {
    return health(Health.UNKNOWN, null, flags, onceHealthy, 0);
  }

  /** After a health check. Flags of failures add up until a check succeeds. */
  public LocalInstance checked(CheckResult result) {
    var next = history().after(result, 1);
    return health(
        next.health(), next.status(), next.flags(), next.onceHealthy(), next.failedChecks());
  }

  private HealthHistory history() {
    return new HealthHistory(health, healthCheckStatus, flags, onceHealthy, failedChecks);
  }

  /** Marked by an expire signal; may repeat. */
  public LocalInstance expire() {
    return health(
        health, healthCheckStatus, plus(Set.of(Instance.EXPIRED)), onceHealthy, failedChecks);
  }

  public boolean expired() {
    return flags.contains(Instance.EXPIRED);
  }

  /** Ended on request; SIGKILL is due at {@code killAt}. */
  public LocalInstance kill(String message, Instant now, Instant killAt) {
    return ends(new Ending(Ending.Outcome.KILLED, message, null, now, killAt, false));
  }

  /**
   * Its process is gone. If an ending was decided before, that stays the reason.
   *
   * @param exitCode null if nobody can know it any more
   */
  public LocalInstance exited(@Nullable Integer exitCode, Instant now) {
    if (ending != null) {
      return this;
    }
    if (exitCode == null) {
      return ends(
          new Ending(
              Ending.Outcome.FAILED, "Lost in a restart of the machine", null, now, null, false));
    }
    var outcome = exitCode == 0 ? Ending.Outcome.FINISHED : Ending.Outcome.FAILED;
    return ends(new Ending(outcome, "Exited with code " + exitCode, exitCode, now, null, false));
  }

  /**
   * The rules of contract waiter 9.5 about memory and grace period.
   *
   * @param memoryMiB what it may use, in MiB
   * @param usedKiB what its processes use, in KiB
   * @param grace how long it may be unhealthy after its start; zero: for ever
   * @return this instance with its ending, if a rule ends it
   */
  public Optional<LocalInstance> judge(
      Instant now, double memoryMiB, long usedKiB, Duration grace) {
    if (ending != null) {
      return Optional.empty();
    }
    if (usedKiB > memoryMiB * 1024) {
      return Optional.of(
          fail(now, Instance.MEMORY_LIMIT_EXCEEDED, "Exceeded allocated memory usage"));
    }
    if (unhealthy() && !grace.isZero() && startedAt.plus(grace).isBefore(now)) {
      var message = "Exceeded grace period of " + grace.toSeconds() + " seconds";
      return Optional.of(fail(now, Instance.NEVER_PASSED_HEALTH_CHECKS, message));
    }
    return Optional.empty();
  }

  private boolean unhealthy() {
    return health == Health.UNHEALTHY
        && failedChecks >= (onceHealthy ? FAILED_CHECKS_AFTER_SUCCESS : 1);
  }

  private LocalInstance fail(Instant now, String flag, String message) {
    return health(health, healthCheckStatus, plus(Set.of(flag)), onceHealthy, failedChecks)
        .ends(new Ending(Ending.Outcome.FAILED, message, null, now, now, false));
  }

  /** Whether it is meant to run. */
  public boolean active() {
    return ending == null;
  }

  /** No process of it is left. */
  public LocalInstance over() {
    return ending == null ? this : ends(ending.ended());
  }

  /**
   * How long to wait before the next health check, see {@link HealthHistory#nextCheckIn}.
   *
   * @param unhealthy at most this while it is not healthy
   */
  public Duration nextCheckIn(Instant now, Duration healthy, Duration unhealthy) {
    return history().nextCheckIn(startedAt, now, healthy, unhealthy);
  }

  /** How it appears in reports. */
  public Instance toInstance(@Nullable Long pid, String directory) {
    var extras = new java.util.TreeMap<String, Object>();
    extras.put("shell-scheduler/working-directory", directory);
    if (pid != null) {
      extras.put("shell-scheduler/pid", pid);
    }
    return new Instance(
        id,
        serviceId,
        ports.isEmpty() ? "0.0.0.0" : host,
        ports.isEmpty() ? 0 : ports.get(0),
        ports.isEmpty() ? List.of() : ports.subList(1, ports.size()),
        startedAt,
        health,
        healthCheckStatus,
        flags,
        ending == null ? null : ending.exitCode(),
        directory,
        ending == null || ending.message().isEmpty() ? null : ending.message(),
        extras);
  }

  private Set<String> plus(Set<String> more) {
    var all = new TreeSet<>(flags);
    all.addAll(more);
    return all;
  }

  private LocalInstance ends(Ending how) {
    return new LocalInstance(
        id,
        serviceId,
        host,
        ports,
        startedAt,
        health,
        healthCheckStatus,
        flags,
        onceHealthy,
        failedChecks,
        how);
  }

  private LocalInstance health(
      Health next, @Nullable Integer status, Set<String> nextFlags, boolean once, int failures) {
    return new LocalInstance(
        id, serviceId, host, ports, startedAt, next, status, nextFlags, once, failures, ending);
  }
}
