package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Outcome.Pool;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one worker may still give (contract waiting room 8.2, 9.6, 10).
 *
 * <pre>
 * left(pool) = slice(pool) - spent(pool)
 * spent      = admissions since this worker's own cut of the version's epoch which the version does
 *              not cover: users below f were given their slots by the version already
 * </pre>
 *
 * A new version therefore never refills what was given after its cut. What was given out of another
 * pool than the version now provides (the queue began or ended in between) is charged to the pools
 * that it does provide.
 */
@SuppressWarnings("EnumOrdinal") // counts in arrays: no object for each on the hot path
final class WorkerBudget {
  private static final Pool[] POOLS = Pool.values();
  private static final Pool[] SPILL = {
    Pool.NEW_USERS, Pool.PARTIAL_BUCKET, Pool.RANDOM, Pool.ANYWHERE
  };

  private final AdmissionLog log = new AdmissionLog();
  private final long[] slice = new long[POOLS.length];
  private final long[] spent = new long[POOLS.length];
  private final boolean[] refused = new boolean[POOLS.length];
  private final CountTable admittedOfBucket = new CountTable();
  private @Nullable Allotment allotment;
  private QueueView queue = QueueView.EMPTY;

  @Nullable Allotment allotment() {
    return allotment;
  }

  QueueView queue() {
    return queue;
  }

  /** This worker reports at an epoch. */
  void cut(long epoch) {
    log.cut(epoch);
  }

  /**
   * Goes on with a version.
   *
   * @param unknownSince admissions from this epoch on are not in the version
   */
  void apply(Allotment version, long unknownSince) {
    boolean same = allotment != null && allotment.epoch() == version.epoch();
    allotment = version;
    queue = new QueueView(version);
    admittedOfBucket.clear();
    Arrays.fill(spent, 0);
    log.since(unknownSince, (key, users) -> charge(version, key, users));
    log.forgetBefore(unknownSince);
    long minute = RoomTime.minute(Instant.ofEpochMilli(version.epoch()));
    for (var pool : POOLS) {
      slice[pool.ordinal()] =
          WorkerSlices.slice(version.share(pool), version.rank(), version.workers(), minute);
      // counters only go up: who was refused once is refused for the rest of the version
      refused[pool.ordinal()] &= same && version.share(pool).drawn();
    }
    spill(version);
  }

  /** Whether every user below a key's place has a slot, and this one too. */
  boolean isCovered(long key, boolean stale) {
    if (allotment == null || allotment.epoch() == 0 || key >= allotment.coveredBelow()) {
      return false;
    }
    if (!stale) {
      return true;
    }
    int at = queue.find(key);
    return at >= 0 && admittedOfBucket.get(queue.group(key), 0) < queue.eligible(at);
  }

  boolean isPartial(long key) {
    return allotment != null
        && allotment.partialKey() != Ticket.NEVER
        && queue.group(key) == allotment.partialKey();
  }

  /** Whether a pool is to be drawn from, and may still have slots. */
  boolean mayDraw(Pool pool) {
    if (allotment == null || refused[pool.ordinal()]) {
      return false;
    }
    var share = allotment.share(pool);
    return share.drawn() && spent[pool.ordinal()] < share.slots();
  }

  /** Whether this worker may give a slot of a pool that is divided. */
  boolean has(Pool pool) {
    return allotment != null && !allotment.share(pool).drawn() && hasSlice(pool);
  }

  /** Whether the worker's slice of a pool, drawn or divided, is not used up. */
  boolean hasSlice(Pool pool) {
    return spent[pool.ordinal()] < slice[pool.ordinal()];
  }

  /** The counter of a pool gives nothing any more. */
  void refuse(Pool pool, long epoch) {
    if (allotment != null && allotment.epoch() == epoch) {
      refused[pool.ordinal()] = true;
    }
  }

  /** A user was let in on a pool; null: without one, its bucket being covered. */
  void admitted(@Nullable Pool pool, long key) {
    log.record(key);
    if (key != AdmissionLog.NO_KEY) {
      admittedOfBucket.add(queue.group(key), 0, 1);
    }
    if (pool != null) {
      spent[pool.ordinal()]++;
    }
  }

  long spent(Pool pool) {
    return spent[pool.ordinal()];
  }

  long slice(Pool pool) {
    return slice[pool.ordinal()];
  }

  private void charge(Allotment version, long key, long users) {
    if (key == AdmissionLog.NO_KEY) {
      spent[Pool.NEW_USERS.ordinal()] += users;
      return;
    }
    admittedOfBucket.add(queue.group(key), 0, users);
    if (version.epoch() != 0 && key < version.coveredBelow()) {
      return;
    }
    var pool =
        isPartial(key)
            ? Pool.PARTIAL_BUCKET
            : version.random().slots() > 0 ? Pool.RANDOM : Pool.NEW_USERS;
    spent[pool.ordinal()] += users;
  }

  /** Moves what a pool cannot bear to pools that can. */
  private void spill(Allotment version) {
    long excess = 0;
    for (var pool : SPILL) {
      long over = spent[pool.ordinal()] - capacity(version, pool);
      if (over > 0) {
        spent[pool.ordinal()] -= over;
        excess += over;
      }
    }
    for (var pool : SPILL) {
      long taken = Math.min(excess, capacity(version, pool) - spent[pool.ordinal()]);
      spent[pool.ordinal()] += taken;
      excess -= taken;
    }
  }

  private long capacity(Allotment version, Pool pool) {
    var share = version.share(pool);
    return share.drawn() ? Math.max(share.slots(), 0) : slice[pool.ordinal()];
  }
}
