package io.maitred.scheduler.health;

import io.maitred.scheduler.StateThread;
import io.maitred.scheduler.health.model.CheckResult;
import java.time.Duration;

/** Checks instances again and again. Confined to the adapter's thread. */
public final class HealthLoop {
  private final StateThread thread;
  private final HealthChecker checker;
  private long checks;

  /** One instance; asked on the adapter's thread only. */
  public interface Subject {
    /** Whether it is still to be checked; the loop ends when it is not. */
    boolean active();

    /**
     * @param check tells this check from all others of the node
     */
    HealthChecker.Target target(long check);

    /** Takes what a check has found. */
    void checked(CheckResult result);

    /** How long to wait before the next check. */
    Duration pause();
  }

  public HealthLoop(StateThread thread, HealthChecker checker) {
    this.thread = thread;
    this.checker = checker;
  }

  /** Checks the subject until it is not active any more. */
  public void begin(Subject subject, Duration delay) {
    if (delay.isZero()) {
      check(subject);
    } else {
      thread.stepLater(delay, () -> check(subject));
    }
  }

  private void check(Subject subject) {
    if (!subject.active()) {
      return;
    }
    checks++;
    var unused =
        checker
            .check(subject.target(checks))
            .thenAccept(result -> thread.stepUnlessClosed(() -> checked(subject, result)));
  }

  private void checked(Subject subject, CheckResult result) {
    if (!subject.active()) {
      return;
    }
    subject.checked(result);
    thread.stepLater(subject.pause(), () -> check(subject));
  }
}
