package io.maitred.autoscaler.model;

import io.maitred.autoscaler.model.ScalingFormula.Decision;

/**
 * What to order from the scheduler for a decision (contract waiter 8.4).
 *
 * @param to the new number of instances, for {@code SCALE} and {@code FORCE_SCALE}; else that which
 *     the decision aims at
 */
public record ScaleAction(Kind kind, int to) {

  /** What is ordered. */
  public enum Kind {
    NONE,
    /** Raise the number of requested instances. */
    SCALE,
    /** Take back a request that is not fulfilled yet; stops nothing. */
    FORCE_SCALE,
    /** Stop one instance. */
    KILL_ONE
  }

  /**
   * How much may be started with one order.
   *
   * @param cpus cores
   * @param mem MiB
   */
  public record Quanta(double cpus, double mem) {

    /** At least one instance, at most so many as fit. */
    public int limit(int amount, double cpusEach, double memEach) {
      double fits = Math.min(Math.floor(cpus / cpusEach), Math.floor(mem / memEach));
      return (int) Math.max(1, Math.min(amount, fits));
    }
  }

  /**
   * @param total instances that the scheduler was told to run
   * @param running those that run, healthy or not
   */
  public static ScaleAction of(
      Decision decision, int total, int running, double cpus, double mem, Quanta quanta) {
    int to = decision.to();
    if (decision.amount() > 0) {
      // The scale-up before this one is not fulfilled yet: waiting for it avoids overshoot.
      return running < total
          ? new ScaleAction(Kind.NONE, to)
          : new ScaleAction(Kind.SCALE, total + quanta.limit(decision.amount(), cpus, mem));
    }
    if (decision.amount() < 0 && running != to) {
      return new ScaleAction(running > to ? Kind.KILL_ONE : Kind.FORCE_SCALE, to);
    }
    return new ScaleAction(Kind.NONE, to);
  }
}
