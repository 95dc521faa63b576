package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Desk.at;
import static io.maitred.waitingroom.model.Desk.key;
import static io.maitred.waitingroom.model.Desk.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.Desk.Version;
import io.maitred.waitingroom.model.Outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker counts, and when: contract 5, 9.6. */
class WorkerCountingTest {
  private final Desk desk = new Desk();

  /** D29. */
  @Test
  void roaming_movesTheCountButNotTheHome() {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var ticket = desk.entered(null, Reason.NEW);
    var nairobi = new Desk("Nairobi").time("10:02:00");
    nairobi.entered(ticket, Reason.ACTIVE);

    assertEquals(List.of(active("10:00:00", 1)), desk.cells().active());
    assertEquals(List.of(active("10:00:00", -1), active("10:02:00", 1)), nairobi.cells().active());
    assertEquals(1, Desk.active(CellSums.sum(List.of(desk.cells(), nairobi.cells()))));
  }

  private static RoomCells.Active active(String time, long users) {
    return new RoomCells.Active("Dublin", RoomTime.cell(at(time)), users);
  }

  /** 5.2: six parallel requests with one old cookie are one user. */
  @Test
  void parallelRequests_sameOldTicket_areOneUser() {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var ticket = desk.entered(null, Reason.NEW);
    for (var time : new String[] {"10:01:00", "10:01:10", "10:01:20"}) {
      desk.time(time);
      for (int i = 0; i < 6; i++) {
        desk.entered(ticket, Reason.ACTIVE);
      }
    }

    var cells = desk.cells();
    assertEquals(List.of(active("10:01:20", 1)), cells.active());
    assertEquals(2, Desk.traffic(cells), "one in each of two minutes");
    assertEquals(1, Desk.newUsers(cells));
  }

  @Test
  void queuedUser_repeatedCheckIns_isCountedInTheLastMinuteOnly() {
    var ticket = desk.queued(null, Reason.NO_STATE);
    for (var time : new String[] {"10:00:30", "10:01:00", "10:02:30"}) {
      ticket = desk.time(time).queued(ticket, Reason.NO_STATE);
    }

    assertEquals(
        List.of(new RoomCells.Waiting(key("10:00"), minute("10:02"), 1)), desk.cells().waiting());
  }

  @Test
  void admission_movesTheUserOutOfTheQueue() {
    var ticket = desk.queued(null, Reason.NO_STATE);
    desk.time("10:01:00").apply(Version.of("10:00:58").coveredBelow(key("10:01")));
    desk.entered(ticket, Reason.FULL_BUCKET);

    assertEquals(0, Desk.waiting(desk.cells()));
    assertEquals(1, Desk.active(desk.cells()));
    assertEquals(List.of(new RoomCells.PerMinute(minute("10:01"), 1)), desk.cells().newUsers());
  }

  /** D21: too late, but not yet forgotten: the old place is given up. */
  @Test
  void queuedUser_backAfterTheGrace_isCountedOnlyUnderTheNewPlace() {
    var ticket = desk.time("10:00:15").queued(null, Reason.NO_STATE);
    var again = desk.time("10:05:15").queued(ticket, Reason.NO_STATE);

    assertEquals(minute("10:05"), again.bucketMinute());
    assertEquals(
        List.of(new RoomCells.Waiting(key("10:05"), minute("10:05"), 1)), desk.cells().waiting());
  }

  /** D21. */
  @Test
  void queuedUser_gone_countsThroughTheFifthMinute() {
    desk.time("10:00:15").queued(null, Reason.NO_STATE);

    assertEquals(1, Desk.waiting(desk.state.cut(at("10:05:59")).cells()));
    assertEquals(0, Desk.waiting(desk.state.cut(at("10:06:00")).cells()));
  }

  /** D23: entering again after the end is a new user. */
  @Test
  void renewalOff_sessionOver_isANewUser() {
    desk.withoutRenewal().apply(Version.of("10:00:00").newUsers(1));
    var ticket = desk.entered(null, Reason.NEW);
    for (var time : new String[] {"10:01:00", "10:02:00", "10:03:00", "10:04:59"}) {
      desk.time(time);
      ticket = desk.entered(ticket, Reason.ACTIVE);
    }
    assertEquals(List.of(active("10:00:00", 1)), desk.cells().active(), "visits move nothing");
    desk.time("10:05:00").apply(Version.of("10:04:58").newUsers(1));
    var again = desk.entered(ticket, Reason.NEW);

    assertEquals(minute("10:05"), again.bucketMinute());
    assertEquals(2, Desk.newUsers(desk.cells()));
    desk.queued(ticket, Reason.NO_SLOT);
  }

  /** D42: a hundred requests without a cookie are a hundred users, for six minutes. */
  @Test
  void noCookies_everyRequestWaits() {
    desk.arrivals(100);

    assertEquals(
        List.of(new RoomCells.Waiting(key("10:00"), minute("10:00"), 100)), desk.cells().waiting());
    assertEquals(100, Desk.traffic(desk.cells()));
    assertEquals(0, Desk.waiting(desk.state.cut(at("10:06:00")).cells()));
  }

  /** All nodes ended: what tickets say of their counts is true nowhere. */
  @ParameterizedTest(name = "renewal: {0}")
  @ValueSource(booleans = {true, false})
  void nothingKnown_usersFromBefore_areCountedAnew(boolean renewal) {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var accepted = desk.entered(null, Reason.NEW);
    var waiting = desk.queued(null, Reason.NO_SLOT);

    var after = new Desk("Dublin");
    after.config = renewal ? after.config : new Desk().withoutRenewal().config;
    after.sleepUntil("10:00:30").apply(Version.cold());
    for (var time : new String[] {"10:00:40", "10:01:20"}) {
      after.time(time);
      accepted = after.entered(accepted, Reason.ACTIVE);
      waiting = after.queued(waiting, Reason.NO_SLOT);
    }

    var cells = after.cells();
    var cell = renewal ? "10:01:20" : "10:00:40";
    assertEquals(List.of(active(cell, 1)), cells.active());
    assertEquals(List.of(new RoomCells.Waiting(key("10:00"), minute("10:01"), 1)), cells.waiting());
    assertEquals(4, Desk.traffic(cells));
  }

  /** All nodes ended: the first who come back must not be let in for nobody else being listed. */
  @Test
  void nothingKnown_usersFromBefore_checkInFirst() {
    var ticket = desk.queued(null, Reason.NO_STATE);
    var after = new Desk("Dublin").sleepUntil("10:01:00").apply(Version.cold());
    after.time("10:01:04").apply(Version.of("10:01:02").raw(5).coveredBelow(key("10:01")));
    ticket = after.queued(ticket, Reason.NO_SLOT);
    after
        .time("10:01:30")
        .apply(Version.of("10:01:28").bucket(key("10:00"), 1, 1).coveredBelow(key("10:01")));
    after.entered(ticket, Reason.FULL_BUCKET);
  }

  @Test
  void roomKnownToOthers_usersFromBefore_areMoved() {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var accepted = desk.entered(null, Reason.NEW);
    var after = new Desk("Dublin").sleepUntil("10:00:30").apply(Version.of("10:00:28"));
    after.entered(accepted, Reason.ACTIVE);
    assertEquals(List.of(active("10:00:00", -1), active("10:00:30", 1)), after.cells().active());
  }

  @Test
  void report_holdsVisitsBeforeItsEpochOnly() {
    desk.sleepUntil("10:00:01").queued(null, Reason.NO_STATE);
    desk.sleepUntil("10:00:02").queued(null, Reason.NO_STATE);
    var report = desk.state.cut(at("10:00:03"));

    assertEquals(at("10:00:02").toEpochMilli(), report.epoch());
    assertEquals(1, Desk.waiting(report.cells()));
    assertEquals(1, report.sequence());
    var next = desk.state.cut(at("10:00:04"));
    assertEquals(2, Desk.waiting(next.cells()));
    assertEquals(2, next.sequence());
  }

  @Test
  void room_nothingCountedAnyMore_isQuiet() {
    assertFalse(desk.state.isActive());
    desk.queued(null, Reason.NO_STATE);
    assertTrue(desk.state.isActive());
    desk.state.cut(at("10:15:00"));
    assertTrue(desk.state.isActive());
    desk.state.cut(at("10:16:00"));
    assertFalse(desk.state.isActive());
  }

  /** Users roam at random with cookies old and new: each is counted at most once. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void roaming_anyOrder_sumsToTheUsers(long seed) {
    var random = new Random(seed);
    var workers = List.of(new Desk("Dublin"), new Desk("Nairobi"), new Desk("Lagos"));
    var tickets = new ArrayList<Ticket>();
    var time = at("10:00:00");
    workers.forEach(worker -> worker.apply(Version.of("10:00:00").newUsers(10)));
    for (int i = 0; i < 30; i++) {
      tickets.add(workers.get(i % 3).entered(null, Reason.NEW));
    }
    for (int step = 0; step < 3000; step++) {
      time = time.plusMillis(random.nextInt(100));
      var worker = workers.get(random.nextInt(3));
      worker.now = time;
      worker.state.cut(time);
      int user = random.nextInt(tickets.size());
      var issued = worker.entered(tickets.get(user), Reason.ACTIVE);
      // the same worker sees the old cookie again now and then
      worker.entered(tickets.get(user), Reason.ACTIVE);
      tickets.set(user, issued);
    }
    var end = time.plusSeconds(2);
    var sum = CellSums.sum(workers.stream().map(w -> w.state.cut(end).cells()).toList());

    assertEquals(30, Desk.active(sum), "seed " + seed);
    assertEquals(30, Desk.newUsers(sum), "seed " + seed);
  }
}
