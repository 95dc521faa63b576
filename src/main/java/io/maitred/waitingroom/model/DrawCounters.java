package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Outcome.Pool;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counters from which the workers of a data center draw slots one by one (contract waiting room
 * 10.4, 10.8). A slot is given once, whatever version of the state it was given in:
 *
 * <ul>
 *   <li>what was granted since a version's epoch counts against that version too, for its cut does
 *       not hold it;
 *   <li>each draw says what the worker has spent of the version already, also without drawing, and
 *       the counter takes the greater number;
 *   <li>before a worker has said so, it is taken to have spent all that it was given undrawn by the
 *       version before; its next reports show less.
 * </ul>
 *
 * <p>What one pool spent beyond its own slots is taken from the others. Owned by one state.
 */
final class DrawCounters {
  private static final int VERSIONS = 4;
  private static final long SLOT_MILLIS = 100;
  private static final long GRANTS_KEPT_MILLIS = 60_000;
  private static final Pool[] POOLS = {Pool.NEW_USERS, Pool.PARTIAL_BUCKET, Pool.RANDOM};

  /** What a version allows. */
  record Terms(long epoch, Map<Pool, Long> slots, long partialKey, long coveredBelow) {
    long slots(Pool pool) {
      return slots.getOrDefault(pool, 0L);
    }
  }

  private record Grant(WorkerId worker, Pool pool, long key) {}

  /** What one worker has spent of a version. */
  private static final class Spent {
    final EnumMap<Pool, Long> known = new EnumMap<>(Pool.class);
    final EnumMap<Pool, Long> assumed = new EnumMap<>(Pool.class);
    long admittedAtCut;
    long toldAt = Long.MAX_VALUE;

    long known(Pool pool) {
      return known.getOrDefault(pool, 0L);
    }

    long assumed(Pool pool) {
      return assumed.getOrDefault(pool, 0L);
    }
  }

  private final TreeMap<Long, Terms> versions = new TreeMap<>();
  private final TreeMap<Long, Map<Grant, Long>> grants = new TreeMap<>();
  private final Map<WorkerId, EnumMap<Pool, Long>> undrawn = new HashMap<>();
  private final Map<WorkerId, Long> unreported = new HashMap<>();
  private Map<WorkerId, Spent> spent = new HashMap<>();

  /**
   * Begins a version, or changes the terms of the present one.
   *
   * @param admitted what each worker had let in, in all, at its cut of the version's epoch
   */
  void open(Terms terms, Map<WorkerId, Long> admitted, long now) {
    var last = versions.isEmpty() ? null : versions.lastEntry().getValue();
    versions.put(terms.epoch(), terms);
    while (versions.size() > VERSIONS) {
      versions.pollFirstEntry();
    }
    if (last != null && last.epoch() == terms.epoch()) {
      return;
    }
    spent = new HashMap<>();
    undrawn.forEach(
        (worker, slots) -> {
          var own = spent(worker);
          own.assumed.putAll(slots);
          own.admittedAtCut = admitted.getOrDefault(worker, 0L);
        });
    grants.headMap(Math.floorDiv(now - GRANTS_KEPT_MILLIS, SLOT_MILLIS)).clear();
    for (var slot : grants.tailMap(Math.floorDiv(terms.epoch(), SLOT_MILLIS), true).values()) {
      slot.forEach(
          (grant, users) -> {
            if (grant.pool() != Pool.PARTIAL_BUCKET || grant.key() >= terms.coveredBelow()) {
              spent(grant.worker()).known.merge(grant.pool(), users, Long::sum);
            }
          });
    }
  }

  /** Forgets a worker that is gone. */
  void forget(WorkerId worker) {
    undrawn.remove(worker);
    unreported.remove(worker);
  }

  /** Forgets everything: the room is silent. */
  void clear() {
    versions.clear();
    grants.clear();
    undrawn.clear();
    unreported.clear();
    spent = new HashMap<>();
  }

  /**
   * Notes what a worker was given without a draw, by the present version or a cold start.
   *
   * @param slots by pool; 0 or absent for pools that are drawn
   */
  void told(WorkerId worker, long epoch, Map<Pool, Long> slots, long now) {
    var given = new EnumMap<Pool, Long>(Pool.class);
    given.putAll(slots);
    undrawn.put(worker, given);
    // while no report comes, it is not known which of the versions that it was told it goes by
    unreported.merge(worker, total(given), Math::max);
    if (!versions.isEmpty() && versions.lastKey() == epoch) {
      var own = spent(worker);
      own.toldAt = Math.min(own.toldAt, now);
    }
  }

  /** What a worker may have spent that no report shows: given undrawn, or granted since a time. */
  long exposure(WorkerId worker, long since) {
    long sum = unreported.getOrDefault(worker, 0L);
    for (var slot : grants.tailMap(Math.floorDiv(since, SLOT_MILLIS), true).values()) {
      for (var grant : slot.entrySet()) {
        sum += grant.getKey().worker().equals(worker) ? grant.getValue() : 0;
      }
    }
    return sum;
  }

  /**
   * A report shows what its worker let in until a later cut: at most that was spent, once the
   * worker had the present version at the cut.
   */
  void reported(WorkerReport report) {
    var given = undrawn.get(report.worker());
    unreported.put(report.worker(), given == null ? 0L : total(given));
    var own = spent.get(report.worker());
    if (own == null || report.epoch() <= own.toldAt) {
      return;
    }
    long left = Math.max(0, report.admitted() - own.admittedAtCut - total(own.known));
    for (var pool : POOLS) {
      long assumed = Math.min(own.assumed(pool), left);
      own.assumed.put(pool, assumed);
      left -= assumed;
    }
  }

  /**
   * Draws a slot.
   *
   * @param epoch the version that the worker goes by
   * @param told what the worker has spent of that version in that pool, all in all
   * @return whether it may let the user in
   */
  boolean draw(WorkerId worker, long epoch, Pool pool, long told, long now) {
    var asked = versions.get(epoch);
    if (asked == null) {
      return false;
    }
    var terms = versions.lastEntry().getValue();
    if (pool == Pool.PARTIAL_BUCKET && asked.partialKey() != terms.partialKey()) {
      // everybody of that bucket has a slot by now, or it is not its turn any more
      return asked.partialKey() < terms.coveredBelow();
    }
    var own = spent(worker);
    if (asked.epoch() == terms.epoch()) {
      own.assumed.remove(pool);
      own.known.merge(pool, told, Math::max);
    }
    if (spent(pool, terms) >= terms.slots(pool)) {
      return false;
    }
    own.known.merge(pool, 1L, Long::sum);
    grants
        .computeIfAbsent(Math.floorDiv(now, SLOT_MILLIS), slot -> new HashMap<>())
        .merge(new Grant(worker, pool, terms.partialKey()), 1L, Long::sum);
    return true;
  }

  private long spent(Pool pool, Terms terms) {
    long sum = 0;
    for (var other : POOLS) {
      long known = 0;
      long assumed = 0;
      for (var own : spent.values()) {
        known += own.known(other);
        assumed += own.assumed(other);
      }
      sum += other == pool ? known + assumed : Math.max(0, known - terms.slots(other));
    }
    return sum;
  }

  private Spent spent(WorkerId worker) {
    return spent.computeIfAbsent(worker, id -> new Spent());
  }

  private static long total(Map<Pool, Long> pools) {
    return pools.values().stream().mapToLong(Long::longValue).sum();
  }
}
