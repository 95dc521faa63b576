package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Cells.at;
import static io.maitred.waitingroom.model.Cells.cells;
import static io.maitred.waitingroom.model.Cells.limits;
import static io.maitred.waitingroom.model.Cells.report;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.AllocationRules.WorkerMode;
import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DataCenterRoomStateTest {
  private static final WorkerId WORKER = new WorkerId("here/1");
  private static final Instant NOW = at("16:00:01");

  private EffectiveConfig config = limits(200, 200);
  private DataCenterRoomState state = state(AllocationRules.DEFAULT, "Lagos");

  @Test
  void d4_newDataCenterWithoutHistory_getsNoSlots_butItsUsersAreCovered() {
    var nairobi = cells().traffic("15:58", 60).active("Nairobi", "15:59:00", 100).build();
    var dublin = cells().traffic("15:58", 40).build();
    hear(report("Nairobi", 1, 1, "16:00:00", nairobi), report("Dublin", 1, 1, "16:00:00", dublin));
    assertEquals(0, allotment().newUsers().slots());
    // eight come, are queued, and are known in the next minute's first version
    state.heard(
        report(WORKER, 2, "16:01:00", cells().waiting("16:00", "16:00", 8).build()),
        at("16:01:01"));
    state.exchange(config, false, at("16:01:01"));
    answer(
        at("16:01:01"),
        report("Nairobi", 1, 2, "16:01:00", nairobi),
        report("Dublin", 1, 2, "16:01:00", dublin));
    var allotment = allotment();
    assertEquals(Cells.key("16:01"), allotment.coveredBelow());
    assertEquals(8, allotment.buckets().get(0).eligible());
  }

  @Test
  void b8_counterAndReserve_oneWorkerMayTakeBothPools() {
    state = state(new AllocationRules(true, WorkerMode.COUNTER, 0, false, false, 1), "San José");
    var second = new WorkerId("here/2");
    state.joined(second, NOW);
    state.heard(
        report(
            WORKER,
            1,
            "16:00:00",
            cells().traffic("15:59", 20).active("San José", "15:59:50", 50).build()),
        NOW);
    state.heard(report(second, 1, "16:00:00", RoomCells.NONE), NOW);
    state.exchange(config, false, NOW);
    answer(NOW, report("London", 1, 1, "16:00:00", cells().traffic("15:59", 30).build()));
    var allotment = allotment();
    assertEquals(new Share(15, true), allotment.newUsers());
    assertEquals(113, allotment.anywhere().slots());
    assertTrue(allotment.anywhere().drawn());
    var global = new GlobalRoomState(SlotAllocation.of(AllocationRules.DEFAULT));
    long admitted = 0;
    while (state.draw(WORKER, allotment.epoch(), Pool.NEW_USERS, admitted, NOW)) {
      admitted++;
    }
    while (global.draw(allotment.epoch(), state.anywhere(allotment.epoch()), NOW)) {
      admitted++;
    }
    assertEquals(128, admitted);
  }

  @Test
  void d18_loweredLimit_evictsNobody_andServesTheOldestFirst() {
    var waiting = cells().waiting("15:50", "15:59", 30).traffic("15:58", 1);
    config = limits(100, 100);
    state.heard(
        report(WORKER, 1, "16:00:00", waiting.active("Lagos", "15:59:50", 150).build()), NOW);
    state.exchange(config, false, NOW);
    answer(NOW, empty("Nairobi"), empty("Dublin"));
    assertEquals(-50, allotment().rawSlots());
    assertEquals(0, allotment().partial().slots());
    state.heard(
        report(WORKER, 2, "16:00:02", waiting.active("Lagos", "15:59:50", -60).build()),
        at("16:00:03"));
    state.exchange(config, false, at("16:00:03"));
    answer(
        at("16:00:03"),
        report("Nairobi", 1, 2, "16:00:02", RoomCells.NONE),
        report("Dublin", 1, 2, "16:00:02", RoomCells.NONE));
    assertEquals(10, allotment().rawSlots());
    assertEquals(Cells.key("15:50"), allotment().partialKey());
    assertEquals(10, allotment().partial().slots());
  }

  @Test
  void d24_answerOfAnEmptyGlobal_takesNothingAway() {
    hear(
        report("Nairobi", 1, 1, "16:00:00", cells().active("Nairobi", "15:59:50", 151).build()),
        empty("Dublin"));
    assertEquals(151, allotment().activeUsers());
    answer(at("16:00:02"));
    assertEquals(151, allotment().activeUsers());
    assertEquals(49, allotment().rawSlots());
  }

  @Test
  void version_isTheNewestThatEverybodyReported() {
    hear(empty("Nairobi"), report("Dublin", 1, 1, "15:59:58", RoomCells.NONE));
    assertNull(state.version(), "no epoch is common");
    answer(at("16:00:02"), report("Dublin", 1, 2, "16:00:00", RoomCells.NONE));
    assertEquals(Cells.millis("16:00:00"), epoch());
    answer(at("16:00:03"), report("Dublin", 1, 1, "15:59:58", RoomCells.NONE));
    assertEquals(Cells.millis("16:00:00"), epoch(), "a late report sets nothing back");
  }

  @Test
  void freshAggregator_takesAGreaterIncarnationThanItsLast() {
    var fresh = new DataCenterRoomState("Lagos", 1, AllocationRules.DEFAULT);
    fresh.expect(List.of("Lagos"), 1);
    assertTrue(fresh.exchange(config, false, NOW).fresh());
    assertNull(fresh.allotment(WORKER, config, NOW));
    var last = cells().active("Lagos", "15:59:50", 50).build();
    fresh.answered(
        new RoomAnswer(
            List.of(report("Lagos", 77, 9, "15:59:58", last)), List.of(), List.of(), NOW),
        config,
        NOW);
    fresh.heard(report(WORKER, 12, "16:00:00", last), NOW);
    var exchange = fresh.exchange(config, false, NOW);
    assertFalse(exchange.fresh());
    assertEquals(78, Objects.requireNonNull(exchange.report()).incarnation());
  }

  @Test
  void global_tellsOnlyWhatIsNew_andTheLastFourReports() {
    var global = new GlobalRoomState(SlotAllocation.of(AllocationRules.DEFAULT));
    for (int i = 1; i <= 6; i++) {
      var report = report("Dublin", 1, i, "16:00:0" + i, RoomCells.NONE);
      global.exchanged(exchange("Dublin", report, Map.of()), NOW.plusSeconds(i));
    }
    var answers = global.exchanged(exchange("Nairobi", null, Map.of()), NOW.plusSeconds(7));
    assertEquals(4, Objects.requireNonNull(answers.get("Nairobi")).reports().size());
    answers =
        global.exchanged(
            exchange("Nairobi", null, Map.of("Dublin", new ReportStamp(1, 5))), NOW.plusSeconds(8));
    assertEquals(
        List.of(6L),
        Objects.requireNonNull(answers.get("Nairobi")).reports().stream()
            .map(DataCenterReport::sequence)
            .toList());
  }

  @Test
  void global_tellsEverybody_whenAnEpochIsComplete() {
    var global = new GlobalRoomState(SlotAllocation.of(AllocationRules.DEFAULT));
    global.exchanged(exchange("Nairobi", empty("Nairobi"), Map.of()), NOW);
    var answers = global.exchanged(exchange("Dublin", empty("Dublin"), Map.of()), NOW);
    assertEquals(List.of("Dublin", "Nairobi"), List.copyOf(answers.keySet()));
  }

  private static RoomExchange exchange(
      String name,
      @org.jspecify.annotations.Nullable DataCenterReport report,
      Map<String, ReportStamp> held) {
    return new RoomExchange(name, report, held, false, false, null);
  }

  private static DataCenterReport empty(String name) {
    return report(name, 1, 1, "16:00:00", RoomCells.NONE);
  }

  /** One that was answered, whose one worker has started. */
  private DataCenterRoomState state(AllocationRules rules, String name) {
    var fresh = new DataCenterRoomState(name, 1, rules);
    fresh.expect(
        name.equals("Lagos") ? List.of("Nairobi", "Dublin", "Lagos") : List.of(name, "London"), 1);
    fresh.exchange(config, false, NOW);
    fresh.answered(new RoomAnswer(List.of(), List.of(), List.of(), NOW), config, NOW);
    fresh.joined(WORKER, NOW);
    return fresh;
  }

  private void hear(DataCenterReport... reports) {
    state.heard(report(WORKER, 1, "16:00:00", RoomCells.NONE), NOW);
    state.exchange(config, false, NOW);
    answer(NOW, reports);
  }

  private void answer(Instant now, DataCenterReport... reports) {
    state.answered(new RoomAnswer(List.of(reports), List.of(), List.of(), now), config, now);
  }

  private Allotment allotment() {
    return assertNotNullAllotment(state.allotment(WORKER, config, NOW));
  }

  private static Allotment assertNotNullAllotment(
      @org.jspecify.annotations.Nullable Allotment allotment) {
    assertNotNull(allotment);
    return Objects.requireNonNull(allotment);
  }

  private long epoch() {
    return Objects.requireNonNull(state.version()).epoch();
  }
}
