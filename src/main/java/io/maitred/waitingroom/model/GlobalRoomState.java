package io.maitred.waitingroom.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the one aggregator of a room in the world knows: the data centers' last reports, as they
 * came (contract waiting room 6.2). It stores and answers; data centers compute. It may forget
 * everything at any time: each data center tells it again. Owned by one actor.
 */
public final class GlobalRoomState {
  /** Remembered draws are told apart by this. */
  private static final long DRAW_SLOT_MILLIS = 100;

  private static final Duration DRAWS_KEPT = Duration.ofSeconds(60);
  private static final int SILENT_INTERVALS = 3;

  private final KnownReports reports = new KnownReports(KnownReports.KEPT);
  private final Map<String, List<WorkerReport>> backups = new HashMap<>();
  private final Map<String, Instant> heard = new HashMap<>();
  private final Map<String, Instant> woken = new HashMap<>();
  private final Map<String, Map<String, ReportStamp>> held = new HashMap<>();
  private final SlotAllocation allocation;
  private final TreeMap<Long, Long> drawn = new TreeMap<>();
  private List<String> grants = List.of();
  private long lastComplete;
  private int lastTalking;
  private @Nullable Instant lastExchange;

  public GlobalRoomState(SlotAllocation allocation) {
    this.allocation = allocation;
  }

  /**
   * Stores what a data center tells.
   *
   * @return by data center what is to be told: always the asker; the others too when, with this
   *     report, an epoch is complete for all who exchange, so that nobody has to ask again for it
   */
  public Map<String, RoomAnswer> exchanged(RoomExchange exchange, Instant now) {
    var asker = exchange.dataCenter();
    heard.put(asker, now);
    held.put(asker, new HashMap<>(exchange.held()));
    lastExchange = now;
    if (exchange.report() != null) {
      reports.hear(exchange.report());
      grants = allocation.atGlobal(reports.all(), grants);
    }
    if (exchange.backup() != null) {
      backups.put(asker, exchange.backup());
    }
    var answers = new TreeMap<String, RoomAnswer>();
    var own = exchange.fresh() ? backups.getOrDefault(asker, List.of()) : List.<WorkerReport>of();
    answers.put(asker, answer(asker, own, now));
    var talking = talking(now);
    lastTalking = Math.min(lastTalking, talking.size());
    var complete = reports.newestCommon(talking, 0);
    if (complete != null && (complete > lastComplete || talking.size() > lastTalking)) {
      lastComplete = complete;
      lastTalking = talking.size();
      talking.remove(asker);
      talking.forEach(other -> answers.put(other, answer(other, List.of(), now)));
    }
    return answers;
  }

  private RoomAnswer answer(String dataCenter, List<WorkerReport> backup, Instant now) {
    var known = held.computeIfAbsent(dataCenter, name -> new HashMap<>());
    var newer = reports.newerThan(known);
    // an answer may get lost: the next exchange tells what came
    newer.forEach(report -> known.put(report.dataCenter(), ReportStamp.of(report)));
    return new RoomAnswer(newer, backup, grants, now);
  }

  /** Data centers that exchange. */
  private Set<String> talking(Instant now) {
    var interval = ReportIntervals.dataCenter(heard.size()).multipliedBy(SILENT_INTERVALS);
    var talking = new TreeSet<String>();
    heard.forEach(
        (name, at) -> {
          if (!isOver(at, interval, now)) {
            talking.add(name);
          }
        });
    return talking;
  }

  /**
   * Data centers that must be told that a room is not silent any more, after an exchange.
   *
   * @param expected all data centers that may take part
   */
  public SortedSet<String> toWake(RoomExchange exchange, Collection<String> expected, Instant now) {
    var silent = new TreeSet<String>();
    boolean isActive =
        exchange.waking() || (exchange.report() != null && !exchange.report().cells().isEmpty());
    if (!isActive) {
      return silent;
    }
    var interval = ReportIntervals.dataCenter(expected.size());
    for (var name : expected) {
      if (!name.equals(exchange.dataCenter())
          && (exchange.waking()
              || isOver(heard.get(name), interval.multipliedBy(SILENT_INTERVALS), now))
          && isOver(woken.get(name), interval, now)) {
        silent.add(name);
        woken.put(name, now);
      }
    }
    return silent;
  }

  /**
   * Draws one of the slots that any data center may use: granted while fewer than the slots of a
   * state were drawn since its epoch.
   */
  public boolean draw(long epoch, long slots, Instant now) {
    long slot = Math.floorDiv(now.toEpochMilli(), DRAW_SLOT_MILLIS);
    drawn.headMap(Math.floorDiv(now.minus(DRAWS_KEPT).toEpochMilli(), DRAW_SLOT_MILLIS)).clear();
    long since = 0;
    for (long users : drawn.tailMap(Math.floorDiv(epoch, DRAW_SLOT_MILLIS), true).values()) {
      since += users;
    }
    if (since >= slots || epoch < now.minus(DRAWS_KEPT).toEpochMilli()) {
      return false;
    }
    drawn.merge(slot, 1L, Long::sum);
    return true;
  }

  /** Whether no data center has exchanged anything for a time. */
  public boolean isSilentFor(Duration time, Instant now) {
    return lastExchange != null && isOver(lastExchange, time, now);
  }

  private static boolean isOver(@Nullable Instant since, Duration time, Instant now) {
    return since == null || Duration.between(since, now).compareTo(time) > 0;
  }
}
