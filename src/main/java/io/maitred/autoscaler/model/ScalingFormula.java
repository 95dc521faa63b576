package io.maitred.autoscaler.model;

/*
 * u, d: scale-up-factor, scale-down-factor     n: whole seconds since the cycle before
 * T: target of the cycle before                total: instances that the scheduler was told to run
 *
 *   u' = 1-(1-u)^n                             d' = 1-(1-d)^n
 *   ideal = ceil(outstanding * scale-factor / concurrency-level)
 *   up    = u'*ideal + (1-u')*T                down = d'*ideal + (1-d')*T
 *   T'    = max(min, min(max, up if up >= T else down))
 *   delta = T' - total
 *   amount  = 0 if (delta > 0 and ideal <= total and total >= min) or |delta| < jitter-threshold
 *             else ceil(delta - 0.01)
 *   to      = total + amount
 *   excess  = max(0, healthy - to)
 *   replace = ceil(expired * expired-instance-restart-rate)
 *   to      = to + replace - excess   if expired > 0 and not (amount < 0 and total = healthy)
 *
 * The target moves exponentially towards what the demand asks for, fast upwards and slowly
 * downwards, so that a short dip stops nothing; n makes it independent of the cycle's length.
 * Instances are whole: a step up begins at the jitter threshold and is rounded up, a step down
 * needs 0.99 of an instance, so that the two do not alternate. Expired instances are replaced a
 * few at a time: the replacement is started on top, and the old one goes when it is healthy.
 * Source: contract waiter 8.2. Products are rounded up less 1e-9, since 70 * 0.1 is a little more
 * than 7 in binary.
 */

/** How many instances a service should have, from what it is asked for. */
public final class ScalingFormula {
  private static final double STEP_DOWN_MARGIN = 0.01;
  private static final double BINARY_NOISE = 1e-9;

  private ScalingFormula() {}

  /**
   * What the formula needs of the present.
   *
   * @param outstanding requests that are not answered yet
   * @param total instances that the scheduler was told to run
   * @param healthy those that pass their checks
   * @param expired those to be replaced, see {@link #expired}
   */
  public record Counts(int outstanding, int total, int healthy, int expired) {}

  /**
   * What should be done, and why.
   *
   * @param ideal instances for the demand of now
   * @param target the smoothed target, input of the next cycle even if nothing is done
   * @param delta target - total
   * @param replace instances started for expired ones, before the excess is taken off
   * @param amount how many more (or less) instances, {@code scale-amount}
   * @param to how many instances then, {@code scale-to-instances}
   */
  public record Decision(int ideal, double target, double delta, int replace, int amount, int to) {
    public Scaling scaling() {
      return Scaling.of(amount);
    }
  }

  /**
   * @param elapsedSeconds whole seconds since the cycle before, at least 0
   * @param previousTarget the target of the cycle before; at first the number of running instances
   */
  public static Decision decide(
      ScalingParameters p, Counts counts, int elapsedSeconds, double previousTarget) {
    int ideal = ceil(counts.outstanding() * p.scaleFactor() / p.concurrencyLevel());
    double target = target(p, ideal, elapsedSeconds, previousTarget);
    double delta = target - counts.total();
    int amount = amount(p, counts.total(), ideal, delta);
    int to = counts.total() + amount;
    int replace = ceil(counts.expired() * p.expiredInstanceRestartRate());
    boolean onlyShrinks = amount < 0 && counts.total() == counts.healthy();
    if (counts.expired() > 0 && !onlyShrinks) {
      to = to + replace - Math.max(0, counts.healthy() - to);
    }
    return new Decision(ideal, target, delta, replace, to - counts.total(), to);
  }

  /**
   * Expired instances that count: unhealthy ones only up to a limit, since they might be many that
   * never start.
   */
  public static int expired(int healthy, int unhealthy, int maxUnhealthy) {
    return healthy + Math.min(maxUnhealthy, unhealthy);
  }

  private static double target(ScalingParameters p, int ideal, int seconds, double previous) {
    double up = towards(ideal, previous, p.scaleUpFactor(), seconds);
    double down = towards(ideal, previous, p.scaleDownFactor(), seconds);
    double next = up >= previous ? up : down;
    return Math.max(p.minInstances(), Math.min(p.maxInstances(), next));
  }

  private static double towards(int ideal, double previous, double factor, int seconds) {
    double weight = 1 - Math.pow(1 - factor, seconds);
    return weight * ideal + (1 - weight) * previous;
  }

  private static int amount(ScalingParameters p, int total, int ideal, double delta) {
    boolean enoughAlready = delta > 0 && ideal <= total && total >= p.minInstances();
    return enoughAlready || Math.abs(delta) < p.jitterThreshold()
        ? 0
        : (int) Math.ceil(delta - STEP_DOWN_MARGIN);
  }

  private static int ceil(double value) {
    return (int) Math.ceil(value - BINARY_NOISE);
  }
}
