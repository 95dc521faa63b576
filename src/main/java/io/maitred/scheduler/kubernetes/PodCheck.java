package io.maitred.scheduler.kubernetes;

import io.maitred.scheduler.health.HealthChecker;
import io.maitred.scheduler.health.HealthLoop;
import io.maitred.scheduler.health.model.CheckResult;
import io.maitred.scheduler.health.model.HealthHistory;
import io.maitred.scheduler.kubernetes.model.PodState;
import io.maitred.service.model.Instance.Health;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/**
 * Maitred's own health checks of an instance (contract waiter 9.2), for as long as Kubernetes does
 * not call it ready: its probes come every five seconds at best, and do not tell why they fail.
 * Confined to the adapter's thread.
 */
final class PodCheck implements HealthLoop.Subject {
  private final TrackedService service;
  private final Duration longest;
  private final InstantSource clock;
  private final Runnable changed;
  private PodState pod;
  private boolean wanted;
  private boolean looping;

  HealthHistory history = HealthHistory.UNKNOWN;

  /**
   * @param longest pause between two checks
   * @param changed called after each change that a report shows
   */
  PodCheck(
      TrackedService service,
      PodState pod,
      Duration longest,
      InstantSource clock,
      Runnable changed) {
    this.service = service;
    this.pod = pod;
    this.longest = longest;
    this.clock = clock;
    this.changed = changed;
  }

  /** Takes the pod as it is now, and begins or ends checking accordingly. */
  void seen(PodState latest, HealthLoop loop) {
    boolean ready = latest.container() != null && latest.container().ready();
    pod = latest;
    wanted = latest.reachable() && !ready;
    if (ready) { // what was found before it was ready is of no interest any more
      history = new HealthHistory(Health.UNKNOWN, null, history.flags(), true, 0);
    }
    if (wanted && !looping) {
      looping = true;
      loop.begin(this, Duration.ZERO);
    }
  }

  /** The instance has ended, or is being ended. */
  void end() {
    wanted = false;
  }

  @Override
  public boolean active() {
    looping = wanted;
    return wanted;
  }

  @Override
  public HealthChecker.Target target(long check) {
    var effective = service.spec.effective();
    return HealthChecker.Target.of(
        service.spec,
        Objects.requireNonNull(pod.ip()),
        pod.port() + effective.integer("health-check-port-index"),
        Manifests.secure(Manifests.protocol(effective, "health-check-")),
        pod.name() + "-" + check);
  }

  @Override
  public void checked(CheckResult result) {
    var before = history;
    history = history.after(result, 1);
    if (before.health() != history.health()
        || !before.flags().equals(history.flags())
        || !Objects.equals(before.status(), history.status())) {
      changed.run();
    }
  }

  @Override
  public Duration pause() {
    var container = pod.container();
    Instant since =
        container == null || container.runningSince() == null
            ? pod.createdAt()
            : container.runningSince();
    return history.nextCheckIn(since, clock.instant(), longest, longest);
  }
}
