package io.maitred.simulation;

import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.Ticket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is true of the room at each moment, by the tickets of all visitors: what the models would
 * know if messages took no time. Nothing of it reaches the models.
 */
final class Census {
  /** Admissions this long ago were known to everybody when somebody is refused. */
  private static final int KNOWN_SECONDS = 5;

  private static final int REMEMBERED_SECONDS = 60;
  private static final int REFRESHES_IN_TIME = 3;
  private static final double MILLIS_PER_MINUTE = 60_000;

  private final EventQueue events;
  private final Scenario scenario;
  private final long start;
  private final long firstCell;
  private final long firstMinute;
  private final long[] active;
  private final long[] waiting;
  private final long[] newUsers;

  /** The newest bucket that was let in, by second. */
  private final long[] newest;

  private final List<Sample> samples = new ArrayList<>();
  private final List<Double> errors = new ArrayList<>();
  private final List<Double> waits = new ArrayList<>();
  private long admissions;
  private long abandoned;
  private long visits;
  private long inversions;
  private long lostSessions;
  private long newestKnown = Long.MIN_VALUE;
  private long newestKnownAt = Long.MIN_VALUE;

  /**
   * A moment.
   *
   * @param active A
   * @param waiting users in the queue
   * @param present those who checked in lately
   * @param newUsers n(m)
   */
  record Sample(long active, long waiting, long present, long newUsers) {}

  Census(EventQueue events, Scenario scenario) {
    this.events = events;
    this.scenario = scenario;
    this.start = events.now();
    // a clock that is behind may stamp what lies before the start
    var first = Instant.ofEpochMilli(start).minus(Duration.ofMinutes(5));
    this.firstCell = RoomTime.cell(first);
    this.firstMinute = RoomTime.minute(first);
    int minutes = (int) scenario.length().toMinutes() + 12;
    this.active = new long[minutes * RoomTime.CELLS_PER_MINUTE];
    this.waiting = new long[minutes];
    this.newUsers = new long[minutes];
    this.newest = new long[(int) scenario.length().toSeconds() + 60];
    Arrays.fill(newest, Long.MIN_VALUE);
  }

  // ---- what happens

  /** A visitor was answered with a new ticket. */
  void moved(@Nullable Ticket before, @Nullable Ticket after) {
    visits++;
    if (before != null && after != null && !before.id().equals(after.id())) {
      // the old one is void: its user is counted until that has aged out
      leaveQueue(before, after);
      before = null;
    }
    count(before, -1);
    count(after, 1);
  }

  /** Who comes back with a void place does not hold it any more. */
  private void leaveQueue(Ticket before, Ticket after) {
    if (before.waitingMinute() != Ticket.NEVER
        && after.lastCheckIn().isAfter(before.lastCheckIn())) {
      add(waiting, before.waitingMinute() - firstMinute, -1);
    }
  }

  private void count(@Nullable Ticket ticket, long by) {
    if (ticket == null) {
      return;
    }
    if (ticket.isAccepted()) {
      add(active, ticket.activeCell() - firstCell, by);
    } else if (ticket.waitingMinute() != Ticket.NEVER) {
      add(waiting, ticket.waitingMinute() - firstMinute, by);
    }
  }

  private static void add(long[] counts, long index, long by) {
    counts[(int) Math.max(0, Math.min(counts.length - 1, index))] += by;
  }

  /** Somebody was let in. */
  void admitted(Wait wait, long bucketMinute) {
    admissions++;
    add(newUsers, RoomTime.minute(Instant.ofEpochMilli(events.now())) - firstMinute, 1);
    int second = second();
    newest[second] = Math.max(newest[second], bucketMinute);
    double real = events.now() - wait.since();
    waits.add(real / MILLIS_PER_MINUTE);
    if (wait.hasEstimate()) {
      double left = (events.now() - wait.estimatedAt()) / MILLIS_PER_MINUTE;
      // the queue page counts in whole minutes
      if (left >= 1) {
        errors.add(Math.abs(wait.estimatedMinutes() - left) / left);
      }
    }
  }

  /** Somebody has to wait, or to wait longer. */
  void refused(Wait wait, long bucketMinute, boolean isCutOff) {
    if (isCutOff) {
      wait.cutOff(events.now());
    }
    // where nothing is heard of the others nobody is let in, whatever the others do meanwhile
    boolean isExcused = wait.wasCutOff(events.now() - 1_000L * REMEMBERED_SECONDS);
    if (!isExcused && wait.refreshesInTime() >= REFRESHES_IN_TIME && bucketMinute < newestKnown()) {
      inversions++;
    }
  }

  private long newestKnown() {
    int second = second();
    if (second != newestKnownAt) {
      newestKnownAt = second;
      newestKnown = Long.MIN_VALUE;
      int last = second - KNOWN_SECONDS - 1;
      for (int i = Math.max(0, second - REMEMBERED_SECONDS); i <= last; i++) {
        newestKnown = Math.max(newestKnown, newest[i]);
      }
    }
    return newestKnown;
  }

  void abandoned() {
    abandoned++;
  }

  /** Somebody who was inside has to queue. */
  void interrupted(@Nullable Ticket ticket) {
    var session = Duration.ofMinutes(scenario.limits().sessionMinutes());
    if (ticket != null
        && ticket.lastCheckIn().plus(session).isAfter(Instant.ofEpochMilli(events.now()))) {
      lostSessions++;
    }
  }

  private int second() {
    return (int) ((events.now() - start) / 1000);
  }

  // ---- what is seen

  /** Looks now and then every second. */
  void watch() {
    samples.add(look());
    events.after(1_000, this::watch);
  }

  private Sample look() {
    var now = Instant.ofEpochMilli(events.now());
    int cell = (int) (RoomTime.cell(now) - firstCell);
    int minute = (int) (RoomTime.minute(now) - firstMinute);
    int cells = RoomTime.CELLS_PER_MINUTE * scenario.limits().sessionMinutes();
    return new Sample(
        sum(active, cell - cells, cell + 3),
        sum(waiting, minute - RoomTime.GRACE_MINUTES, minute + 1),
        sum(waiting, minute - RoomTime.PRESENCE_MINUTES, minute + 1),
        newUsers[minute]);
  }

  private static long sum(long[] counts, int from, int to) {
    long sum = 0;
    for (int i = Math.max(0, from); i <= Math.min(to, counts.length - 1); i++) {
      sum += counts[i];
    }
    return Math.max(0, sum);
  }

  SimulationResult result() {
    return SimulationResult.of(
        scenario,
        samples,
        new SimulationResult.Counts(admissions, abandoned, visits, inversions, lostSessions),
        errors,
        waits);
  }
}
