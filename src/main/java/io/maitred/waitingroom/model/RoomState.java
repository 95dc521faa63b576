package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.RoomCells.PerMinute;
import io.maitred.waitingroom.model.RoomCells.Waiting;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A whole room as of an epoch: the sum of all data centers (contract waiting room 5, 6.3). Every
 * data center that knows the same reports computes the same.
 *
 * @param epoch in milliseconds
 * @param activeUsers A, at least 0
 * @param admittedThisMinute n(m) of the epoch's minute
 * @param admissionRate R, users per minute; 0 when unknown
 * @param buckets with at least one waiting user, sorted by key; ranks one by one
 * @param dataCenters what each contributes, by name
 */
public record RoomState(
    long epoch,
    long activeUsers,
    long admittedThisMinute,
    double admissionRate,
    List<Bucket> buckets,
    Map<String, Contribution> dataCenters) {

  /**
   * Users of a bucket.
   *
   * @param key a {@link QueueKey}
   * @param present those of the waiting who checked in lately
   */
  public record Bucket(long key, long waiting, long present) {}

  /**
   * What a data center contributes. Its buckets may be negative: its users may have been counted
   * elsewhere before.
   *
   * @param traffic distinct users by minute
   */
  public record Contribution(List<Bucket> buckets, Map<Long, Long> traffic) {
    public Contribution {
      buckets = List.copyOf(buckets);
      traffic = Map.copyOf(traffic);
    }

    /** Present users of the buckets from a key to another one, which is not included. */
    public long present(long from, long to) {
      long sum = 0;
      for (var bucket : buckets) {
        if (bucket.key() >= from && bucket.key() < to) {
          sum += bucket.present();
        }
      }
      return Math.max(0, sum);
    }
  }

  public RoomState {
    buckets = List.copyOf(buckets);
    dataCenters = Map.copyOf(dataCenters);
  }

  /**
   * Sums data centers.
   *
   * @param cells of each data center as of the epoch, by name
   */
  public static RoomState of(long epoch, Map<String, RoomCells> cells, EffectiveConfig config) {
    var now = Instant.ofEpochMilli(epoch);
    var retention = new Retention(config.sessionMinutes());
    long minute = RoomTime.minute(now);
    long active = 0;
    var newUsers = new TreeMap<Long, Long>();
    var traffic = new TreeMap<Long, Long>();
    cells.values().forEach(own -> add(own.traffic(), traffic));
    // before its first traffic nobody was counted: who is taken out of such a cell was counted by
    // senders that are all lost
    long first = traffic.isEmpty() ? Long.MIN_VALUE : traffic.firstKey();
    var all = new ArrayList<Bucket>();
    var contributions = new HashMap<String, Contribution>();
    for (var entry : cells.entrySet()) {
      var own = entry.getValue();
      for (var cell : own.active()) {
        boolean lost =
            cell.users() < 0 && Math.floorDiv(cell.cell(), RoomTime.CELLS_PER_MINUTE) < first;
        active += !lost && retention.countsActive(cell.cell(), now) ? cell.users() : 0;
      }
      var buckets = buckets(own.waiting(), minute, first);
      all.addAll(buckets);
      add(own.newUsers(), newUsers);
      var ownTraffic = new HashMap<Long, Long>();
      add(own.traffic(), ownTraffic);
      contributions.put(entry.getKey(), new Contribution(buckets, ownTraffic));
    }
    var waiting = summed(all);
    long oldest = waiting.isEmpty() ? Ticket.NEVER : QueueKey.minute(waiting.get(0).key());
    return new RoomState(
        epoch,
        Math.max(0, active),
        Math.max(0, newUsers.getOrDefault(minute, 0L)),
        AdmissionRate.of(newUsers, traffic, minute, oldest, config),
        waiting,
        contributions);
  }

  public long minute() {
    return RoomTime.minute(Instant.ofEpochMilli(epoch));
  }

  /** Second of the epoch in its minute. */
  public int second() {
    return (int) Math.floorMod(Math.floorDiv(epoch, 1000L), 60L);
  }

  public long waiting() {
    return buckets.stream().mapToLong(Bucket::waiting).sum();
  }

  public long present() {
    return buckets.stream().mapToLong(Bucket::present).sum();
  }

  /** Distinct users that a data center saw in a minute. */
  public long traffic(String dataCenter, long minute) {
    var contribution = dataCenters.get(dataCenter);
    return contribution == null ? 0 : Math.max(0, contribution.traffic().getOrDefault(minute, 0L));
  }

  /** One data center's cells, sorted by key, folded to buckets without clamping. */
  private static List<Bucket> buckets(List<Waiting> cells, long now, long first) {
    var buckets = new ArrayList<Bucket>();
    for (int i = 0; i < cells.size(); ) {
      long key = cells.get(i).key();
      long waiting = 0;
      long present = 0;
      for (; i < cells.size() && cells.get(i).key() == key; i++) {
        var cell = cells.get(i);
        if (cell.users() < 0 && cell.minute() < first) {
          continue;
        }
        waiting += Retention.countsWaiting(cell.minute(), now) ? cell.users() : 0;
        present += Retention.isPresent(cell.minute(), now) ? cell.users() : 0;
      }
      if (waiting != 0 || present != 0) {
        buckets.add(new Bucket(key, waiting, present));
      }
    }
    return buckets;
  }

  private static List<Bucket> summed(List<Bucket> all) {
    all.sort(Comparator.comparingLong(Bucket::key));
    var sums = new ArrayList<Bucket>();
    for (int i = 0; i < all.size(); ) {
      long key = all.get(i).key();
      long waiting = 0;
      long present = 0;
      for (; i < all.size() && all.get(i).key() == key; i++) {
        waiting += all.get(i).waiting();
        present += all.get(i).present();
      }
      long here = Math.max(0, present);
      // a lost sender may leave older cells negative: who is present is waiting all the same
      long sum = Math.max(here, waiting);
      if (sum > 0) {
        sums.add(new Bucket(key, sum, here));
      }
    }
    return sums;
  }

  private static void add(List<PerMinute> cells, Map<Long, Long> sums) {
    for (var cell : cells) {
      sums.merge(cell.minute(), cell.users(), Long::sum);
    }
  }
}
