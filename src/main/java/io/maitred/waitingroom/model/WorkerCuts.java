package io.maitred.waitingroom.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a data center counted, cut at epochs; owned by one {@link
 * DataCenterRoomState}. A worker that is gone stays with its last cut until that has aged out: its
 * users are still there (contract waiting room 17.6).
 */
final class WorkerCuts {
  /** Cuts kept per worker; enough for the slowest data center to catch up. */
  private static final int KEPT = 8;

  /** Epochs after which a worker that says nothing is not waited for. */
  private static final int SILENCE = 3;

  private static final class Sender {
    final NavigableMap<Long, WorkerReport> cuts = new TreeMap<>();

    /** Before this it had counted nothing; null when that is not known. */
    @Nullable Instant joined;

    Instant heard;
    boolean live;

    Sender(Instant now) {
      heard = now;
    }
  }

  private final Map<WorkerId, Sender> senders = new HashMap<>();

  /** A worker that has just started; it has counted nothing before. */
  void join(WorkerId worker, Instant now) {
    var sender = senders.computeIfAbsent(worker, id -> new Sender(now));
    sender.live = true;
    sender.heard = now;
    if (sender.cuts.isEmpty()) {
      sender.joined = now;
    }
  }

  /** A worker that was there before, of which nothing is known. */
  void introduce(WorkerId worker, Instant now) {
    senders.computeIfAbsent(worker, id -> new Sender(now)).live = true;
  }

  /** Everybody else among the known is gone. */
  void live(Set<WorkerId> workers) {
    senders.forEach((worker, sender) -> sender.live = workers.contains(worker));
  }

  /**
   * After a silence of the room, in which nobody was expected to report. What workers let in just
   * before they were woken is not known yet: each is waited for.
   */
  void woken(Instant now) {
    for (var sender : senders.values()) {
      if (sender.live) {
        sender.heard = now;
      }
    }
  }

  /**
   * Takes a report, also one that comes late; one that was heard before changes nothing.
   *
   * @param epochMillis length of an epoch
   */
  void hear(WorkerReport report, Instant now, long epochMillis) {
    var sender = senders.computeIfAbsent(report.worker(), id -> new Sender(now));
    sender.live = true;
    sender.heard = now;
    // a cut of the future comes from a wrong clock: it holds what was counted until now
    long epoch = Math.min(report.epoch(), RoomTime.epoch(now, epochMillis));
    keep(sender, epoch, report, now);
  }

  /** What a back-up remembered of workers; they are taken for gone until they report. */
  void recover(List<WorkerReport> reports, Instant now) {
    for (var report : reports) {
      var sender = senders.get(report.worker());
      if (sender == null) {
        sender = new Sender(now);
        senders.put(report.worker(), sender);
      }
      keep(sender, report.epoch(), report, now);
    }
  }

  private static void keep(Sender sender, long epoch, WorkerReport report, Instant now) {
    var same = sender.cuts.get(epoch);
    if (same != null && same.sequence() >= report.sequence()) {
      return;
    }
    sender.cuts.put(epoch, clamped(report, epoch, now));
    while (sender.cuts.size() > KEPT) {
      sender.cuts.pollFirstEntry();
    }
  }

  private static WorkerReport clamped(WorkerReport report, long epoch, Instant now) {
    var cells = Retention.clamped(report.cells(), now);
    return new WorkerReport(
        report.worker(),
        report.sequence(),
        epoch,
        cells,
        report.admitted(),
        report.revoked(),
        report.quotaHeld(),
        report.grantApplied());
  }

  /**
   * Forgets what was counted, but not who is live.
   *
   * @param epoch as of which nothing counted any more
   */
  void clear(long epoch) {
    senders.values().removeIf(sender -> !sender.live);
    for (var sender : senders.values()) {
      sender.cuts.clear();
      sender.joined = at(epoch);
    }
  }

  /** Live workers, silent ones too. */
  SortedSet<WorkerId> live() {
    var live = new TreeSet<WorkerId>();
    senders.forEach(
        (worker, sender) -> {
          if (sender.live) {
            live.add(worker);
          }
        });
    return live;
  }

  /** Live workers that are not silent. */
  SortedSet<WorkerId> talking(Instant now, long epochMillis) {
    var talking = live();
    talking.removeIf(worker -> isSilent(worker, now, epochMillis));
    return talking;
  }

  private boolean isSilent(WorkerId worker, Instant now, long epochMillis) {
    var sender = senders.get(worker);
    return sender == null || Duration.between(sender.heard, now).toMillis() > SILENCE * epochMillis;
  }

  /**
   * The newest epoch that every worker which talks has reported.
   *
   * @return null when there is none
   */
  @Nullable Long newestComplete(Instant now, long epochMillis) {
    var talking = talking(now, epochMillis);
    if (talking.isEmpty()) {
      return RoomTime.epoch(now, epochMillis);
    }
    var candidates = new TreeSet<Long>();
    for (var worker : talking) {
      var sender = senders.get(worker);
      if (sender != null) {
        candidates.addAll(sender.cuts.keySet());
        if (sender.joined != null) {
          candidates.add(RoomTime.epoch(sender.joined, epochMillis));
        }
      }
    }
    for (var epoch : candidates.descendingSet()) {
      if (talking.stream().allMatch(worker -> hasCut(worker, epoch))) {
        return epoch;
      }
    }
    return null;
  }

  /** Whether a worker's counts as of an epoch are known; before it started they are nothing. */
  private boolean hasCut(WorkerId worker, long epoch) {
    var sender = senders.get(worker);
    return sender != null
        && (sender.cuts.containsKey(epoch)
            || (sender.joined != null && !at(epoch).isAfter(sender.joined)));
  }

  /**
   * The sum of all workers as of an epoch.
   *
   * @param dataCenter home of those that silent workers may have let in
   * @param exposure what a silent worker may have let in since its last cut: counted as done
   */
  RoomCells sum(
      long epoch,
      String dataCenter,
      Retention retention,
      long epochMillis,
      Instant now,
      ToLongFunction<WorkerId> exposure) {
    var cells = new ArrayList<RoomCells>();
    senders.forEach(
        (worker, sender) -> {
          var entry = sender.cuts.floorEntry(epoch);
          if (entry == null && (sender.joined == null || sender.joined.isBefore(at(epoch)))) {
            entry = sender.cuts.firstEntry();
          }
          if (entry != null) {
            cells.add(entry.getValue().cells());
          }
          if (sender.live && isSilent(worker, now, epochMillis)) {
            long cut = entry == null ? epoch : entry.getKey();
            cells.add(charge(dataCenter, cut, exposure.applyAsLong(worker)));
          }
        });
    return retention.counting(CellSums.sum(cells), at(epoch));
  }

  /** Users that may have been let in at a time, as if they had been. */
  static RoomCells charge(String dataCenter, long epoch, long users) {
    if (users <= 0) {
      return RoomCells.NONE;
    }
    var at = at(epoch);
    return new RoomCells(
        List.of(new RoomCells.Active(dataCenter, RoomTime.cell(at), users)),
        List.of(),
        List.of(new RoomCells.PerMinute(RoomTime.minute(at), users)),
        List.of());
  }

  /** The newest cut of each worker, for a back-up. */
  List<WorkerReport> newest() {
    var newest = new ArrayList<WorkerReport>();
    for (var sender : senders.values()) {
      var last = sender.cuts.lastEntry();
      if (last != null) {
        newest.add(last.getValue());
      }
    }
    return newest;
  }

  /** What each worker had let in, in all, at its cut of an epoch. */
  Map<WorkerId, Long> admitted(long epoch) {
    var admitted = new HashMap<WorkerId, Long>();
    senders.forEach(
        (worker, sender) -> {
          var cut = sender.cuts.get(epoch);
          if (cut != null) {
            admitted.put(worker, cut.admitted());
          }
        });
    return admitted;
  }

  /** Forgets workers that are gone and whose cells have aged out. */
  void forgetAged(Retention retention, Instant now) {
    var aged = new HashSet<WorkerId>();
    senders.forEach(
        (worker, sender) -> {
          var last = sender.cuts.lastEntry();
          if (!sender.live
              && (last == null || retention.counting(last.getValue().cells(), now).isEmpty())) {
            aged.add(worker);
          }
        });
    senders.keySet().removeAll(aged);
  }

  /** Whether no worker has a cell that still counts. */
  boolean isEmpty(Retention retention, Instant now) {
    return newest().stream().allMatch(cut -> retention.counting(cut.cells(), now).isEmpty());
  }

  private static Instant at(long epoch) {
    return Instant.ofEpochMilli(epoch);
  }
}
