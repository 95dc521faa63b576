package io.maitred.demo.crowd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/** What the visitors of a crowd have met so far. Thread-safe. */
final class CrowdTally {
  private static final int BUCKETS = 100_000;
  private static final long BUCKET_NANOS = 100_000;

  final AtomicLong arrived = new AtomicLong();
  final AtomicLong waiting = new AtomicLong();
  final AtomicLong inside = new AtomicLong();
  final AtomicLong left = new AtomicLong();
  final AtomicLong admitted = new AtomicLong();
  final AtomicLong queuePages = new AtomicLong();
  final AtomicLong failures = new AtomicLong();

  /** Answer times of queue pages, in steps of 0.1 ms, up to 10 s. */
  private final AtomicIntegerArray answerTimes = new AtomicIntegerArray(BUCKETS);

  private final List<Long> waits = Collections.synchronizedList(new ArrayList<>());
  private final List<Double> estimateOverReal = Collections.synchronizedList(new ArrayList<>());

  void queuePage(long nanos) {
    queuePages.incrementAndGet();
    answerTimes.incrementAndGet((int) Math.min(BUCKETS - 1, nanos / BUCKET_NANOS));
  }

  /**
   * A visitor was let in.
   *
   * @param waitedNanos since its first request; 0 when it never saw the queue page
   * @param estimatedMinutes the first estimate that it was shown; 0 for none
   */
  void admitted(long waitedNanos, long estimatedMinutes) {
    admitted.incrementAndGet();
    if (waitedNanos > 0) {
      waits.add(waitedNanos);
    }
    if (estimatedMinutes > 0 && waitedNanos > 0) {
      estimateOverReal.add(estimatedMinutes * 60e9 / waitedNanos);
    }
  }

  /** Milliseconds within which this share of the queue pages came; 0 when there was none. */
  double pageMillis(double share) {
    long all = 0;
    for (int i = 0; i < BUCKETS; i++) {
      all += answerTimes.get(i);
    }
    long left = (long) Math.ceil(all * share);
    for (int i = 0; i < BUCKETS && all > 0; i++) {
      left -= answerTimes.get(i);
      if (left <= 0) {
        return (i + 1) * BUCKET_NANOS / 1e6;
      }
    }
    return 0;
  }

  /** Median seconds that those waited who had to, and were let in; 0 when there was none. */
  double medianWaitSeconds() {
    return median(waits.stream().mapToDouble(nanos -> nanos / 1e9).sorted().toArray());
  }

  /** Median of first estimate / real waiting time; 0 when no visitor was shown an estimate. */
  double medianEstimateOverReal() {
    return median(estimateOverReal.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  private static double median(double[] sorted) {
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
