package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.QueueingMethod;

/**
 * How long users will probably wait (contract waiting room 12, 13.4).
 *
 * <pre>
 * fifo:   ahead(b) = sum over buckets b' &lt;= b of (waiting(b') - eligible(b')); minutes = ceil(ahead / R)
 * random: D = all waiting / R; percentile p = ceil(p * D)
 * full:   a newcomer would wait for more than 24 h
 * </pre>
 *
 * All in whole minutes, at least 1 for somebody who is queued. R is in users per minute.
 */
final class WaitTimes {
  /** Beyond this wait, in minutes, newcomers get no place in line. */
  static final long FULL_MINUTES = 24 * 60;

  /** R is a quotient: what differs from a whole minute by less than this is one. */
  private static final double ROUNDING = 1e-9;

  private final QueueView queue;
  private final double rate;
  private final long minuteOfState;

  WaitTimes(QueueView queue, double rate, long minuteOfState) {
    this.queue = queue;
    this.rate = rate;
    this.minuteOfState = minuteOfState;
  }

  /** The estimate for the users of a bucket. */
  WaitEstimate of(long key, QueueingMethod method) {
    boolean full = isFull(method);
    if (rate <= 0) {
      return WaitEstimate.unknown(full);
    }
    if (method == QueueingMethod.RANDOM) {
      long all = queue.waiting();
      long half = minutes(0.5, all);
      return new WaitEstimate(true, half, minutes(0.25, all), half, minutes(0.75, all), all, full);
    }
    int at = queue.find(key);
    if (at >= 0) {
      return first(queue.ahead(at), full);
    }
    // a bucket that began after the state was taken has everybody ahead; an older one that is not
    // listed any more has a place which nobody knows
    return queue.isNewest(key) || QueueKey.minute(key) >= minuteOfState
        ? first(queue.unserved(), full)
        : WaitEstimate.unknown(full);
  }

  /** Whether a newcomer would have to wait too long to get a place. */
  boolean isFull(QueueingMethod method) {
    if (rate <= 0) {
      return false;
    }
    return method == QueueingMethod.RANDOM
        ? minutes(0.5, queue.waiting()) > FULL_MINUTES
        : minutes(1, queue.unserved()) > FULL_MINUTES;
  }

  /** The wait of the newest bucket; 0 when nobody waits or it is unknown. */
  long longest(QueueingMethod method) {
    if (rate <= 0 || queue.isEmpty()) {
      return 0;
    }
    return method == QueueingMethod.RANDOM
        ? minutes(0.5, queue.waiting())
        : minutes(1, queue.unserved());
  }

  private WaitEstimate first(long ahead, boolean full) {
    return new WaitEstimate(true, minutes(1, ahead), 0, 0, 0, ahead, full);
  }

  private long minutes(double part, long users) {
    return Math.max(1, (long) Math.ceil(part * users / rate - ROUNDING));
  }
}
