package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Allotment.BucketState;
import io.maitred.waitingroom.model.RoomState.Bucket;
import java.util.ArrayList;
import java.util.List;

/**
 * Slots for users who wait, oldest bucket first (contract waiting room 8).
 *
 * <pre>
 * remaining = U
 * eligible(b) = min(remaining, present(b)), remaining -= eligible(b)    from the oldest b on
 * f = the oldest b with eligible(b) &lt; present(b), at most the bucket of the epoch's minute
 * </pre>
 *
 * Users below f are let in at once, wherever they come; the bucket at f gets its eligible slots
 * divided. f does not move back below the bound held before, although there may be fewer slots now
 * than there were: who was told to be next is next. Without a slot f does not move on either: an
 * empty list does not mean that all are served, they may just be coming back.
 *
 * <p>Ranks of an event are taken together in K = clamp(waiting of the event / 50, 1, 256) groups,
 * each a bucket named by its first rank; a group that the held bound cuts is two. Groups are listed
 * even when nobody of them waits, so that a user's group is the last one that does not begin after
 * the user's rank.
 *
 * @param coveredBelow f
 * @param partialKey the bucket at f, if any slot is eligible there; else {@link Ticket#NEVER}
 * @param partialEnd first key that does not belong to that bucket
 * @param partialSlots slots of that bucket
 * @param remaining slots that nobody who waits will use: U_new
 */
public record EligibleSlots(
    List<BucketState> buckets,
    long coveredBelow,
    long partialKey,
    long partialEnd,
    long partialSlots,
    long remaining) {
  private static final int USERS_PER_GROUP = 50;

  public EligibleSlots {
    buckets = List.copyOf(buckets);
  }

  /** What holds while nobody may enter. */
  public static EligibleSlots closed(RoomState state) {
    var buckets =
        grouped(state.buckets(), Ticket.NEVER).stream()
            .map(b -> new BucketState(b.key(), b.waiting(), b.present(), 0))
            .toList();
    return new EligibleSlots(buckets, Ticket.NEVER, Ticket.NEVER, Ticket.NEVER, 0, 0);
  }

  /**
   * Walks the buckets.
   *
   * @param slots U, or U_raw
   * @param held f must not be below this; {@link Ticket#NEVER} when it may move back
   */
  public static EligibleSlots walk(RoomState state, long slots, long held) {
    long cap = QueueKey.ofMinute(state.minute());
    long floor = Math.min(held, cap);
    long remaining = Math.max(0, slots);
    long bound = cap;
    var buckets = new ArrayList<BucketState>();
    for (var bucket : grouped(state.buckets(), floor)) {
      boolean covered = bucket.key() < floor;
      long eligible = covered ? bucket.present() : Math.min(remaining, bucket.present());
      remaining = Math.max(0, remaining - eligible);
      if (eligible < bucket.present()) {
        bound = Math.min(bound, bucket.key());
      }
      buckets.add(new BucketState(bucket.key(), bucket.waiting(), bucket.present(), eligible));
    }
    if (slots <= 0) {
      // who comes back to a bucket in which nobody was present has no slot either
      bound = Math.min(bound, floor);
    }
    return withPartial(buckets, bound, remaining);
  }

  private static EligibleSlots withPartial(List<BucketState> buckets, long bound, long remaining) {
    for (int i = 0; i < buckets.size(); i++) {
      var bucket = buckets.get(i);
      if (bucket.key() >= bound && bucket.eligible() > 0) {
        long end = bucket.key() + 1;
        if (QueueKey.isRank(bucket.key())) {
          end = QueueKey.ofRank(QueueKey.minute(bucket.key()), QueueKey.RANKS - 1) + 1;
          if (i + 1 < buckets.size()) {
            end = Math.min(end, buckets.get(i + 1).key());
          }
        }
        return new EligibleSlots(buckets, bound, bucket.key(), end, bucket.eligible(), remaining);
      }
    }
    return new EligibleSlots(buckets, bound, Ticket.NEVER, Ticket.NEVER, 0, remaining);
  }

  /** Buckets with the ranks of each event taken together. */
  private static List<Bucket> grouped(List<Bucket> buckets, long held) {
    var result = new ArrayList<Bucket>(buckets.size());
    for (int i = 0; i < buckets.size(); ) {
      if (!QueueKey.isRank(buckets.get(i).key())) {
        result.add(buckets.get(i++));
        continue;
      }
      long start = QueueKey.minute(buckets.get(i).key());
      int from = i;
      while (i < buckets.size()
          && QueueKey.isRank(buckets.get(i).key())
          && QueueKey.minute(buckets.get(i).key()) == start) {
        i++;
      }
      addGroups(start, buckets.subList(from, i), held, result);
    }
    return result;
  }

  private static void addGroups(long start, List<Bucket> ranks, long held, List<Bucket> result) {
    long waiting = ranks.stream().mapToLong(Bucket::waiting).sum();
    int groups = groups(waiting);
    var bounds = new ArrayList<Long>();
    for (int group = 0; group < groups; group++) {
      long key = QueueKey.ofRank(start, (group * QueueKey.RANKS + groups - 1) / groups);
      long next = QueueKey.ofRank(start, 0) + ((group + 1) * QueueKey.RANKS + groups - 1) / groups;
      bounds.add(key);
      if (held > key && held < next) {
        bounds.add(held);
      }
    }
    int i = 0;
    for (int group = 0; group < bounds.size(); group++) {
      long end = group + 1 < bounds.size() ? bounds.get(group + 1) : Long.MAX_VALUE;
      long sum = 0;
      long present = 0;
      for (; i < ranks.size() && ranks.get(i).key() < end; i++) {
        sum += ranks.get(i).waiting();
        present += ranks.get(i).present();
      }
      result.add(new Bucket(bounds.get(group), sum, present));
    }
  }

  /** K: how many groups the ranks of an event make. */
  static int groups(long waiting) {
    return (int) Math.max(1, Math.min(QueueKey.RANKS, waiting / USERS_PER_GROUP));
  }
}
