package io.maitred.waitingroom.model;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often reports are sent (contract waiting room 16.2, 9.6): the more senders, the less often,
 * so that a spike of traffic cannot overload who hears them.
 *
 * <pre>
 * worker to data center   workers / 100 per second, 1 s to 10 s
 * data center to global   data centers / 20 per second, 2 s to 10 s
 * epoch                   2, 4, 8 or 16 s, at least as long as both
 * </pre>
 *
 * Epochs are powers of two of each other, so that senders which do not agree yet on their length
 * still meet at the longer one's.
 */
public final class ReportIntervals {
  /** The shortest epoch. */
  public static final long SHORTEST_EPOCH_MILLIS = 2000;

  private static final long LONGEST_MILLIS = 10_000;
  private static final double JITTER = 0.1;

  private ReportIntervals() {}

  /** Between two reports of a worker. */
  public static Duration worker(int workers) {
    return clamped(workers * 10L, 1000);
  }

  /** Between two reports of a data center. */
  public static Duration dataCenter(int dataCenters) {
    return clamped(dataCenters * 50L, 2000);
  }

  /**
   * The length of an epoch, which all of a room must agree on.
   *
   * @param workers of the largest data center
   */
  public static long epochMillis(int workers, int dataCenters) {
    long longest = Math.max(worker(workers).toMillis(), dataCenter(dataCenters).toMillis());
    long epoch = SHORTEST_EPOCH_MILLIS;
    while (epoch < longest) {
      epoch *= 2;
    }
    return epoch;
  }

  /** An interval that is up to a tenth longer or shorter. */
  public static Duration jittered(Duration interval, RandomGenerator random) {
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Duration.ofMillis(Math.round(interval.toMillis() * factor));
  }

  private static Duration clamped(long millis, long shortest) {
    return Duration.ofMillis(Math.max(shortest, Math.min(LONGEST_MILLIS, millis)));
  }
}
