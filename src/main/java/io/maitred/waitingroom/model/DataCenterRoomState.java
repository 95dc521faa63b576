package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the aggregator of one data center knows of one room, and what it makes of it (contract
 * waiting room 6, 9.6, 16, 17): it hears its workers, exchanges reports with the global aggregator,
 * computes the newest version of the state, and tells each worker its allotment.
 *
 * <p>All times are the room clock's. Owned by one actor, which calls {@link #exchange} at intervals
 * while the room is not {@link #isSilent silent}, and hands the answer to {@link #answered}.
 */
public final class DataCenterRoomState {
  /** Epochs for which a room that was woken waits for a cell before it is silent again. */
  private static final int WAKEFUL_EPOCHS = 2;

  /**
   * Epochs after which a data center that says nothing is not waited for: three intervals, and one
   * for the way of a report.
   */
  private static final int SILENT_EPOCHS = 4;

  /** A state that is older is no base for a version after a start. */
  private static final Duration OLDEST_BASE = Duration.ofSeconds(15);

  private static final int RECOVERY_EPOCHS = 3;

  private final String name;
  private final AllocationRules rules;
  private final SlotAllocation allocation;
  private final WorkerShares workerShares;
  private final WorkerCuts workers = new WorkerCuts();
  private final KnownReports reports = new KnownReports(2 * KnownReports.KEPT);
  private final DrawCounters draws = new DrawCounters();
  private final Revocations revocations = new Revocations();
  private final Map<String, Long> lastShares = new HashMap<>();
  private long incarnation;
  private long sequence;
  private SortedSet<String> expected = new TreeSet<>();
  private int expectedWorkers = 1;
  private boolean isFresh = true;
  private boolean isKnown;
  private Instant recoveringUntil = Instant.MIN;
  private @Nullable Instant awakeSince;
  private boolean isWaking;
  private @Nullable RoomVersion version;
  private List<WorkerId> listed = List.of();
  private List<String> grants = List.of();

  /**
   * @param name of the data center
   * @param incarnation greater than that of any earlier one of this room here, as far as clocks can
   *     tell; raised when a greater one is heard of
   */
  public DataCenterRoomState(String name, long incarnation, AllocationRules rules) {
    this.name = name;
    this.incarnation = incarnation;
    this.rules = rules;
    this.allocation = SlotAllocation.of(rules);
    this.workerShares = new WorkerShares(rules);
    this.expected.add(name);
  }

  // ---- what it hears

  /**
   * Who may take part.
   *
   * @param dataCenters all of the world
   * @param workersHere of this data center
   */
  public void expect(Collection<String> dataCenters, int workersHere) {
    expected = new TreeSet<>(dataCenters);
    expected.add(name);
    expectedWorkers = Math.max(1, workersHere);
  }

  /** Which of the workers that were heard of are live. */
  public void live(Set<WorkerId> live) {
    for (var worker : workers.live()) {
      if (!live.contains(worker)) {
        draws.forget(worker);
      }
    }
    workers.live(live);
  }

  /** A worker has started. */
  public void joined(WorkerId worker, Instant now) {
    workers.join(worker, now);
  }

  /** A worker was there before this incarnation, and may have counted something. */
  public void introduced(WorkerId worker, Instant now) {
    workers.introduce(worker, now);
  }

  /**
   * A worker's report.
   *
   * @return whether the room was silent until now: everybody must be woken, and {@link #exchange}
   *     is due at once
   */
  public boolean heard(WorkerReport report, Instant now) {
    workers.hear(report, now, epochMillis());
    draws.reported(report);
    revocations.add(report.revoked());
    boolean wasSilent = awakeSince == null;
    if (wasSilent) {
      wake(now);
      isWaking = true;
    }
    return wasSilent;
  }

  /**
   * The global aggregator says that the room is not silent elsewhere.
   *
   * @return whether it was silent here: workers must be woken, and {@link #exchange} is due
   */
  public boolean woken(Instant now) {
    boolean wasSilent = awakeSince == null;
    if (wasSilent) {
      wake(now);
    }
    return wasSilent;
  }

  private void wake(Instant now) {
    awakeSince = now;
    workers.woken(now);
  }

  /** A back-up of this data center that another place kept. */
  public void recovered(List<WorkerReport> backup, Instant now) {
    if (!backup.isEmpty()) {
      isKnown = true;
      workers.recover(backup, now);
      woken(now);
    }
  }

  /**
   * What is to be told to the global aggregator now.
   *
   * @param withBackup whether it shall keep what each worker counted
   */
  public RoomExchange exchange(EffectiveConfig config, boolean withBackup, Instant now) {
    report(config, now);
    return new RoomExchange(
        name,
        ownReport(),
        reports.stamps(),
        isFresh,
        isWaking,
        withBackup ? backup(config, now) : null);
  }

  /** Whether all workers have reached an epoch that {@link #exchange} has not told yet. */
  public boolean isReportDue(Instant now) {
    var epoch = isFresh || isRecovering(now) ? null : workers.newestComplete(now, epochMillis());
    var last = reports.newest(name);
    return awakeSince != null && epoch != null && (last == null || last.epoch() < epoch);
  }

  private boolean isRecovering(Instant now) {
    // a restarted one must not report less than it did before only because it heard less
    return now.isBefore(recoveringUntil) && workers.live().size() < expectedWorkers;
  }

  private @Nullable DataCenterReport ownReport() {
    var newest = reports.newest(name);
    return newest != null && newest.incarnation() == incarnation ? newest : null;
  }

  /** Makes a report of the newest epoch that all workers have reached, if there is a new one. */
  private void report(EffectiveConfig config, Instant now) {
    if (isFresh || isRecovering(now)) {
      return;
    }
    var retention = new Retention(config.sessionMinutes());
    workers.forgetAged(retention, now);
    var epoch = workers.newestComplete(now, epochMillis());
    var last = reports.newest(name);
    if (epoch == null || (last != null && last.epoch() >= epoch)) {
      return;
    }
    var cells =
        workers.sum(
            epoch, name, retention, epochMillis(), now, worker -> draws.exposure(worker, epoch));
    sequence++;
    reports.hear(
        new DataCenterReport(
            name,
            incarnation,
            sequence,
            epoch,
            cells,
            workers.live().size(),
            revocations.at(RoomTime.minute(now)),
            0,
            0));
  }

  /**
   * The global aggregator's answer.
   *
   * @return whether there is a new version: {@link #allotment} is to be told to all workers
   */
  public boolean answered(RoomAnswer answer, EffectiveConfig config, Instant now) {
    if (isSilent()) {
      // too late: the room has fallen silent meanwhile
      return false;
    }
    for (var report : answer.reports()) {
      if (report.dataCenter().equals(name) && report.incarnation() >= incarnation && isFresh) {
        incarnation = report.incarnation() + 1;
      }
      reports.hear(report);
      revocations.add(report.revoked());
    }
    isKnown |= hasUsers(new Retention(config.sessionMinutes()), now);
    grants = answer.grants();
    recovered(answer.backup(), now);
    if (isKnown) {
      woken(now);
    }
    if (isFresh && isKnown) {
      recoveringUntil = now.plusMillis(RECOVERY_EPOCHS * epochMillis());
    }
    isFresh = false;
    return awakeSince != null && compute(config, now);
  }

  private boolean hasUsers(Retention retention, Instant now) {
    return reports.names().stream()
        .map(reports::newest)
        .anyMatch(newest -> newest != null && !retention.counting(newest.cells(), now).isEmpty());
  }

  /**
   * The room was changed, or an event began or ended.
   *
   * @return whether there is a new version
   */
  public boolean configured(EffectiveConfig config, Instant now) {
    if (version == null) {
      return true;
    }
    if (version.config().equals(config)) {
      return false;
    }
    open(
        RoomVersion.of(version.epoch(), version.cells(), version, config, rules, this::divided),
        now);
    return true;
  }

  private RoomShares divided(RoomState state, EligibleSlots eligible, EffectiveConfig config) {
    return allocation.atDataCenter(state, eligible, config, expected, grants);
  }

  // ---- what it computes

  /** Computes the newest version that is possible, if it is newer than the present one. */
  private boolean compute(EffectiveConfig config, Instant now) {
    var names = new TreeSet<>(expected);
    names.addAll(reports.names());
    var talking = new TreeSet<>(names);
    talking.removeIf(dataCenter -> isSilent(dataCenter, now));
    talking.add(name);
    long from = version == null ? oldestBase(now) : version.epoch() + 1;
    var epoch = reports.newestCommon(talking, from);
    if (epoch == null) {
      return configuredAnew(config, now);
    }
    var cells = new TreeMap<String, RoomCells>();
    for (var dataCenter : names) {
      cells.put(dataCenter, cells(dataCenter, epoch, talking.contains(dataCenter), config));
    }
    var retention = new Retention(config.sessionMinutes());
    reports.forgetAged(retention, now, expected);
    if (isOver(epoch, cells.values(), retention, now)) {
      fallSilent(epoch);
      return true;
    }
    isKnown = true;
    open(RoomVersion.of(epoch, cells, version, config, rules, this::divided), now);
    noteShares(talking);
    return true;
  }

  private long oldestBase(Instant now) {
    return (awakeSince == null ? now : awakeSince).minus(OLDEST_BASE).toEpochMilli();
  }

  private boolean configuredAnew(EffectiveConfig config, Instant now) {
    return version != null && configured(config, now);
  }

  /**
   * A data center's cells as of an epoch. One that is silent keeps its last ones, and may have
   * spent its last share.
   */
  private RoomCells cells(
      String dataCenter, long epoch, boolean isTalking, EffectiveConfig config) {
    var report = isTalking ? reports.at(dataCenter, epoch) : reports.newest(dataCenter);
    if (isTalking && report != null) {
      return report.cells();
    }
    long since =
        report != null ? report.epoch() : awakeSince == null ? epoch : awakeSince.toEpochMilli();
    long share =
        lastShares.computeIfAbsent(
            dataCenter, other -> ColdStart.share(config, expected, other).slots());
    var charge = WorkerCuts.charge(dataCenter, since, share);
    return report == null ? charge : CellSums.sum(List.of(report.cells(), charge));
  }

  private boolean isSilent(String dataCenter, Instant now) {
    var report = reports.newest(dataCenter);
    long last = report == null ? 0 : report.epoch();
    long since = awakeSince == null ? 0 : awakeSince.toEpochMilli();
    return now.toEpochMilli() - Math.max(last, since) > SILENT_EPOCHS * epochMillis();
  }

  private boolean isOver(
      long epoch, Collection<RoomCells> cells, Retention retention, Instant now) {
    var at = Instant.ofEpochMilli(epoch);
    return awakeSince != null
        && Duration.between(awakeSince, at).toMillis() >= WAKEFUL_EPOCHS * epochMillis()
        && cells.stream().allMatch(own -> retention.counting(own, at).isEmpty())
        && workers.isEmpty(retention, now);
  }

  private void fallSilent(long epoch) {
    awakeSince = null;
    isWaking = false;
    isKnown = false;
    version = null;
    listed = List.of();
    workers.clear(epoch);
    reports.clear();
    draws.clear();
    lastShares.clear();
  }

  private void open(RoomVersion next, Instant now) {
    isWaking = false;
    version = next;
    listed = List.copyOf(workers.talking(now, epochMillis()));
    draws.open(next.terms(name), workers.admitted(next.epoch()), now.toEpochMilli());
  }

  private void noteShares(Set<String> talking) {
    var present = version;
    if (present != null) {
      talking.forEach(dataCenter -> lastShares.put(dataCenter, present.shares().of(dataCenter)));
    }
  }

  // ---- what it tells

  /**
   * What a worker may do now. Telling it is noted, so call this only to tell it.
   *
   * @return null while this data center does not know enough: the worker is not answered, and goes
   *     on with what it has, or with nothing
   */
  public @Nullable Allotment allotment(WorkerId worker, EffectiveConfig config, Instant now) {
    var present = version;
    if (isFresh || (present == null && isKnown)) {
      return null;
    }
    var allotment =
        present == null ? cold(worker, config) : allotment(present, listed.indexOf(worker), now);
    draws.told(worker, allotment.epoch(), undrawn(allotment), now.toEpochMilli());
    return allotment;
  }

  private static Map<Pool, Long> undrawn(Allotment allotment) {
    var slots = new EnumMap<Pool, Long>(Pool.class);
    slots.put(Pool.NEW_USERS, undrawn(allotment.newUsers(), allotment));
    slots.put(Pool.PARTIAL_BUCKET, undrawn(allotment.partial(), allotment));
    slots.put(Pool.RANDOM, undrawn(allotment.random(), allotment));
    return slots;
  }

  private static long undrawn(Share share, Allotment allotment) {
    long minute = RoomTime.minute(Instant.ofEpochMilli(allotment.epoch()));
    return share.drawn()
        ? 0
        : WorkerSlices.slice(share, allotment.rank(), allotment.workers(), minute);
  }

  private Allotment allotment(RoomVersion present, int rank, Instant now) {
    var config = present.config();
    var state = present.state();
    var shares = present.shares();
    boolean minuteClosed = present.hasClosedMinute();
    boolean isRandom = config.method() == QueueingMethod.RANDOM;
    return new Allotment(
        present.epoch(),
        config.version(),
        state.activeUsers(),
        present.rawSlots(),
        state.admissionRate(),
        state.admittedThisMinute(),
        isRandom ? Ticket.NEVER : present.eligible().coveredBelow(),
        present.eligible().buckets(),
        isRandom ? Ticket.NEVER : present.eligible().partialKey(),
        workerShares.share(shares.partial().getOrDefault(name, 0L), listed.size()),
        workerShares.newUsers(
            shares.newUsers().getOrDefault(name, 0L),
            listed.size(),
            state.activeUsers(),
            config.totalActiveUsers(),
            minuteClosed),
        workerShares.anywhere(
            shares.anywhere(),
            workersOfTheWorld(),
            state.activeUsers(),
            config.totalActiveUsers(),
            minuteClosed),
        workerShares.share(shares.random().getOrDefault(name, 0L), listed.size()),
        present.presentIn(name),
        listed.size(),
        rank,
        revocations.at(RoomTime.minute(now)),
        grants);
  }

  private int workersOfTheWorld() {
    int others = 0;
    for (var dataCenter : reports.names()) {
      var newest = reports.newest(dataCenter);
      others += dataCenter.equals(name) || newest == null ? 0 : newest.workers();
    }
    return others + Math.max(1, listed.size());
  }

  private Allotment cold(WorkerId worker, EffectiveConfig config) {
    var live = List.copyOf(workers.live());
    return new Allotment(
        0,
        config.version(),
        0,
        0,
        0,
        0,
        Ticket.NEVER,
        List.of(),
        Ticket.NEVER,
        Share.NONE,
        ColdStart.share(config, expected, name),
        Share.NONE,
        Share.NONE,
        0,
        Math.max(expectedWorkers, live.size()),
        live.indexOf(worker),
        List.of(),
        grants);
  }

  /**
   * Draws one slot of this data center.
   *
   * @param spent what the worker has spent of that version in that pool already
   */
  public boolean draw(WorkerId worker, long epoch, Pool pool, long spent, Instant now) {
    return draws.draw(worker, epoch, pool, spent, now.toEpochMilli());
  }

  /** Slots of a version that any data center may use; 0 when that version is not known any more. */
  public long anywhere(long epoch) {
    return version != null && version.epoch() == epoch ? version.shares().anywhere() : 0;
  }

  /** The newest counts of each worker, for those that keep them for the next incarnation. */
  public List<WorkerReport> backup(EffectiveConfig config, Instant now) {
    var retention = new Retention(config.sessionMinutes());
    return workers.newest().stream()
        .filter(cut -> !retention.counting(cut.cells(), now).isEmpty())
        .toList();
  }

  /** Whether nobody is anywhere in the room, as far as is known: nothing is exchanged. */
  public boolean isSilent() {
    return awakeSince == null && !isFresh;
  }

  /** Whether somebody is in the room, or was awaited lately: workers are to report. */
  public boolean isAwake() {
    return awakeSince != null;
  }

  /** Whether the first answer of the global aggregator is still awaited. */
  public boolean isFresh() {
    return isFresh;
  }

  /** The length of an epoch, which workers go by. */
  public long epochMillis() {
    int most = Math.max(expectedWorkers, workers.live().size());
    for (var dataCenter : reports.names()) {
      var newest = reports.newest(dataCenter);
      most = Math.max(most, newest == null ? 0 : newest.workers());
    }
    return ReportIntervals.epochMillis(most, expected.size());
  }

  /** Between two exchanges. */
  public Duration exchangeInterval() {
    return ReportIntervals.dataCenter(expected.size());
  }

  /** At least this long is between two reports of a worker. */
  public Duration workerInterval() {
    return ReportIntervals.worker(workers.live().size());
  }

  /** The present version; null when there is none. */
  public @Nullable RoomVersion version() {
    return version;
  }
}
