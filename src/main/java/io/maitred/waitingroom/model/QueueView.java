package io.maitred.waitingroom.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The buckets of an allotment, arranged for look-ups by key. */
final class QueueView {
  static final QueueView EMPTY = new QueueView(null);

  private final long[] keys;
  private final long[] eligible;

  /** Users up to and including each bucket for whom there is no slot. */
  private final long[] ahead;

  private final long waiting;

  QueueView(@Nullable Allotment allotment) {
    int size = allotment == null ? 0 : allotment.buckets().size();
    keys = new long[size];
    eligible = new long[size];
    ahead = new long[size];
    long behind = 0;
    long all = 0;
    for (int i = 0; i < size && allotment != null; i++) {
      var bucket = allotment.buckets().get(i);
      keys[i] = bucket.key();
      eligible[i] = bucket.eligible();
      all += bucket.waiting();
      behind += Math.max(0, bucket.waiting() - bucket.eligible());
      ahead[i] = behind;
    }
    waiting = all;
  }

  /** All users that wait. */
  long waiting() {
    return waiting;
  }

  /** All users that wait without a slot. */
  long unserved() {
    return ahead.length == 0 ? 0 : ahead[ahead.length - 1];
  }

  boolean isEmpty() {
    return keys.length == 0;
  }

  /** Whether a bucket comes after all that are listed. */
  boolean isNewest(long key) {
    return keys.length > 0 && key > keys[keys.length - 1];
  }

  /**
   * The listed bucket in which a key's users wait; -1 for none. Neighbouring ranks of an event may
   * be listed as one bucket, by their first key.
   */
  int find(long key) {
    int at = Arrays.binarySearch(keys, key);
    if (at >= 0) {
      return at;
    }
    int below = -at - 2;
    boolean sameLot =
        below >= 0
            && QueueKey.isRank(key)
            && QueueKey.isRank(keys[below])
            && QueueKey.minute(key) == QueueKey.minute(keys[below]);
    return sameLot ? below : -1;
  }

  /** The key under which a key's users are listed, or the key itself. */
  long group(long key) {
    int at = find(key);
    return at < 0 ? key : keys[at];
  }

  long eligible(int index) {
    return eligible[index];
  }

  long ahead(int index) {
    return ahead[index];
  }
}
