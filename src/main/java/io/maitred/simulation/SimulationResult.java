package io.maitred.simulation;

import io.maitred.simulation.Census.Sample;
import java.util.Collection;
import java.util.List;

/**
 * What a simulation showed.
 *
 * <pre>
 * overshoot  = max A / T - 1            at any time
 * steady     = the same, once the room had time to fill: two minutes and T / N after queueing began
 * filled     = mean of A / T            steady, while people wait
 * new users  = max n(m) / N - 1
 * unused     = mean of min(T - A, N - n, present) / T, from two minutes after queueing began, while
 *              people wait
 * error      = |estimated - real| / real wait, of the first estimate that a visitor was told
 * </pre>
 *
 * Parts are numbers from 0 to 1; NaN when there was nothing to look at.
 *
 * @param samples one for each second
 * @param worstUnused the highest mean of unused over five minutes
 * @param medianWait minutes, of those who were let in
 */
record SimulationResult(
    Scenario scenario,
    List<Sample> samples,
    Counts counts,
    double overshoot,
    double steadyOvershoot,
    double filled,
    double newUsersOvershoot,
    double unused,
    double worstUnused,
    double medianError,
    double medianWait) {
  private static final int SETTLING_SECONDS = 120;
  private static final int WINDOW_SECONDS = 300;
  private static final long NEVER = -1;

  /**
   * How often something happened.
   *
   * @param inversions a user whose last three refreshes were in time was refused although a user of
   *     a newer bucket was let in 5 to 60 s before
   * @param lostSessions a user who was inside, and not away for long, had to queue
   */
  record Counts(long admitted, long abandoned, long visits, long inversions, long lostSessions) {}

  static SimulationResult of(
      Scenario scenario,
      List<Sample> samples,
      Counts counts,
      Collection<Double> errors,
      Collection<Double> waits) {
    double most = scenario.limits().totalActiveUsers();
    double ceiling = scenario.limits().newUsersPerMinute();
    int queueing = queueingSince(samples);
    int settled = queueing + SETTLING_SECONDS;
    int steady = settled + (int) Math.ceil(60 * most / ceiling);
    long peak = 0;
    long steadyPeak = NEVER;
    long newUsers = 0;
    var filled = new Mean();
    var unused = new Mean();
    var window = new Mean();
    double worst = Double.NaN;
    for (int i = 0; i < samples.size(); i++) {
      var sample = samples.get(i);
      peak = Math.max(peak, sample.active());
      newUsers = Math.max(newUsers, sample.newUsers());
      if (i >= steady) {
        steadyPeak = Math.max(steadyPeak, sample.active());
      }
      if (i >= steady && sample.present() > 0) {
        filled.add(sample.active() / most);
      }
      if (i >= settled && sample.present() > 0) {
        double share = unused(sample, scenario.limits());
        unused.add(share);
        window.add(share);
      }
      if (window.count == WINDOW_SECONDS) {
        worst = Double.isNaN(worst) ? window.value() : Math.max(worst, window.value());
        window = new Mean();
      }
    }
    return new SimulationResult(
        scenario,
        List.copyOf(samples),
        counts,
        peak / most - 1,
        steadyPeak == NEVER ? Double.NaN : steadyPeak / most - 1,
        filled.value(),
        newUsers / ceiling - 1,
        unused.value(),
        worst,
        median(errors),
        median(waits));
  }

  /** Slots that stay empty although somebody is there to take them, as a part of T. */
  static double unused(Sample sample, Scenario.Limits limits) {
    long slots =
        Math.min(
            limits.totalActiveUsers() - sample.active(),
            limits.newUsersPerMinute() - sample.newUsers());
    long empty = Math.max(0, Math.min(slots, sample.present()));
    return (double) empty / limits.totalActiveUsers();
  }

  private static int queueingSince(List<Sample> samples) {
    for (int i = 0; i < samples.size(); i++) {
      if (samples.get(i).present() > 0) {
        return i;
      }
    }
    return samples.size();
  }

  private static double median(Collection<Double> values) {
    var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static final class Mean {
    private double sum;
    private long count;

    void add(double value) {
      sum += value;
      count++;
    }

    double value() {
      return count == 0 ? Double.NaN : sum / count;
    }
  }
}
