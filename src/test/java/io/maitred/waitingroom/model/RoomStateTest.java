package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Cells.cells;
import static io.maitred.waitingroom.model.Cells.key;
import static io.maitred.waitingroom.model.Cells.limits;
import static io.maitred.waitingroom.model.Cells.millis;
import static io.maitred.waitingroom.model.Cells.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.RoomState.Bucket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomStateTest {

  @Test
  void s8_twoDataCenters_areAdded() {
    var dublin =
        cells()
            .active("Dublin", "15:58:00", 50)
            .waiting("15:55", "15:58", 20)
            .waiting("15:56", "15:58", 40)
            .build();
    var nairobi =
        cells()
            .active("Nairobi", "15:58:00", 151)
            .waiting("15:54", "15:58", 2)
            .waiting("15:55", "15:58", 30)
            .waiting("15:56", "15:58", 20)
            .build();
    var state =
        RoomState.of(
            millis("15:58:30"), Map.of("Dublin", dublin, "Nairobi", nairobi), limits(200, 200));
    assertEquals(201, state.activeUsers());
    assertEquals(
        List.of(
            new Bucket(key("15:54"), 2, 2),
            new Bucket(key("15:55"), 50, 50),
            new Bucket(key("15:56"), 60, 60)),
        state.buckets());
  }

  @ParameterizedTest(name = "D21: at {0} {1} wait, {2} are present")
  @CsvSource({
    "10:00:30, 1, 1",
    "10:02:59, 1, 1",
    "10:03:00, 1, 0",
    "10:05:59, 1, 0",
    "10:06:00, 0, 0"
  })
  void d21_queuedUser_countsForFiveMinutes(String time, long waiting, long present) {
    var state = alone(time, cells().waiting("09:58", "10:00", 1).build());
    assertEquals(waiting, state.waiting());
    assertEquals(present, state.present());
  }

  @ParameterizedTest(name = "D22: at {0} {1} active")
  @CsvSource({"10:00:30, 1", "10:05:30, 1", "10:05:39, 1", "10:05:40, 0"})
  void d22_activeUser_countsForASessionInCellsOfTenSeconds(String time, long active) {
    assertEquals(active, alone(time, cells().active("here", "10:00:30", 1).build()).activeUsers());
  }

  @Test
  void d19_moreLeftThanCame_isNobody() {
    var state = alone("10:00:30", cells().active("here", "10:00:00", -3).build());
    assertEquals(0, state.activeUsers());
    assertEquals(150, UserSlots.raw(200, state.activeUsers(), 150, 0));
  }

  /** Nobody was counted before the first traffic, as far as anybody left knows. */
  @Test
  void usersCountedByLostSenders_areNotTakenAway() {
    var cells =
        cells()
            .active("here", "10:00:50", -9)
            .active("here", "10:01:00", 4)
            .waiting("09:58", "10:00", -7)
            .waiting("09:58", "10:01", 5)
            .traffic("10:01", 9)
            .build();
    var state = alone("10:01:30", cells);
    assertEquals(4, state.activeUsers());
    assertEquals(List.of(new Bucket(key("09:58"), 5, 5)), state.buckets());
    assertEquals(
        5,
        java.util.Objects.requireNonNull(state.dataCenters().get("here"))
            .present(Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Test
  void d29_roamingUser_isOneUser() {
    var dublin = cells().active("Dublin", "10:00:00", 1).build();
    var nairobi = cells().active("Dublin", "10:02:00", 1).active("Dublin", "10:00:00", -1).build();
    var state =
        RoomState.of(
            millis("10:02:10"), Map.of("Dublin", dublin, "Nairobi", nairobi), limits(200, 200));
    assertEquals(1, state.activeUsers());
  }

  @ParameterizedTest(name = "D25: at {0} Nairobi holds {1}, its traffic weighs {2}")
  @CsvSource({
    "16:20:00, 100, 1",
    "16:21:58, 100, 1",
    "16:22:00, 100, 0",
    "16:23:58, 100, 0",
    "16:24:00, 60, 0",
    "16:24:58, 60, 0",
    "16:25:00, 0, 0"
  })
  void d25_lostDataCenter_agesAway(String time, long active, long traffic) {
    var nairobi =
        cells()
            .active("Nairobi", "16:18:50", 40)
            .active("Nairobi", "16:19:50", 60)
            .traffic("16:18", 7)
            .traffic("16:19", 7)
            .build();
    var state =
        RoomState.of(
            millis(time),
            Map.of("Nairobi", nairobi, "Dublin", cells().traffic("16:17", 1).build()),
            limits(200, 200));
    assertEquals(active, state.activeUsers());
    var weights = RoomDivision.traffic(state, List.of("Dublin"), 2);
    assertEquals(traffic > 0, weights.getOrDefault("Nairobi", 0L) > 0, weights::toString);
  }

  @ParameterizedTest(name = "R: {0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                      n,  T,    N,   rate
          mean of the window,        12, 5000, 500, 12
          not above N,               90, 5000, 30,  30
          not above T per session,   90, 200,  500, 40
          nobody,                    0,  200,  500, 0
          """)
  void rate_isTheCappedMeanOfClosedMinutes(String name, long n, int t, int perMinute, double r) {
    var own = cells().traffic("09:50", 1).newUsers("10:00", 1000);
    for (var minute : List.of("09:54", "09:55", "09:56", "09:57", "09:58", "09:59")) {
      own.newUsers(minute, n);
    }
    var state = RoomState.of(millis("10:00:30"), Map.of("a", own.build()), limits(t, perMinute));
    assertEquals(r, state.admissionRate(), 1e-9);
    assertEquals(1000, state.admittedThisMinute());
  }

  @Test
  void rate_countsOnlyMinutesSinceTheFirstTraffic() {
    var own = cells().traffic("09:58", 1).newUsers("09:58", 30).newUsers("09:59", 10).build();
    assertEquals(
        20,
        RoomState.of(millis("10:00:30"), Map.of("a", own), limits(5000, 500)).admissionRate(),
        1e-9);
    assertEquals(
        0,
        RoomState.of(millis("09:58:30"), Map.of("a", own), limits(5000, 500)).admissionRate(),
        1e-9);
  }

  @ParameterizedTest(name = "R: {0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                                   bucket, rate
          nobody waits: all of the window,        ,       40
          the queue is older than the window,     09:50,  40
          since somebody waits,                   09:58,  80
          nothing is known of a queue so young,   10:00,  500
          """)
  void rate_leavesOutMinutesInWhichNobodyWaited(String name, String bucket, double rate) {
    var own = cells().traffic("09:40", 1).newUsers("09:58", 100).newUsers("09:59", 60);
    for (var minute : List.of("09:54", "09:55", "09:56", "09:57")) {
      own.newUsers(minute, 20);
    }
    if (bucket != null) {
      own.waiting(bucket, "10:00", 7);
    }
    var state = RoomState.of(millis("10:00:30"), Map.of("a", own.build()), limits(5000, 500));
    assertEquals(rate, state.admissionRate(), 1e-9);
  }

  @Test
  void sums_ofAnyOrderAndGrouping_areTheSame() {
    long seed = 42;
    var random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      var senders = new ArrayList<RoomCells>();
      for (int i = 0; i < 6; i++) {
        senders.add(random(random));
      }
      var all = CellSums.sum(senders);
      Collections.shuffle(senders, random);
      var left = CellSums.sum(senders.subList(0, 2));
      var right = CellSums.sum(senders.subList(2, 6));
      assertEquals(all, CellSums.sum(senders), "seed " + seed + " round " + round);
      assertEquals(all, CellSums.sum(List.of(right, left)), "seed " + seed + " round " + round);
      assertEquals(all, CellSums.sum(List.of(all, RoomCells.NONE)));
      assertTrue(all.active().stream().noneMatch(cell -> cell.users() == 0));
    }
  }

  private static RoomCells random(Random random) {
    var cells = cells();
    for (int i = 0; i < 8; i++) {
      long users = random.nextLong(7) - 3;
      cells.active("dc" + random.nextInt(2), "10:00:" + (1 + random.nextInt(3)) + "0", users);
      cells.waiting("09:5" + random.nextInt(3), "10:0" + random.nextInt(3), users);
      cells.newUsers("10:0" + random.nextInt(3), users);
      cells.traffic("10:0" + random.nextInt(3), users);
    }
    return cells.build();
  }

  @Test
  void onlyWhatStillCounts_isSentOn() {
    var cells =
        cells()
            .active("a", "09:54:50", 1)
            .active("a", "09:55:00", 2)
            .waiting("09:00", "09:54", 3)
            .waiting("09:00", "09:55", 4)
            .newUsers("09:53", 5)
            .newUsers("09:54", 6)
            .traffic("09:51", 7)
            .traffic("09:52", 8)
            .build();
    var counting = new Retention(5).counting(cells, Cells.at("10:00:00"));
    assertEquals(
        cells()
            .active("a", "09:55:00", 2)
            .waiting("09:00", "09:55", 4)
            .newUsers("09:54", 6)
            .traffic("09:52", 8)
            .build(),
        counting);
  }

  @Test
  void cellsOfTheFuture_areOfThePresent() {
    var cells =
        cells()
            .active("a", "10:02:10", 1)
            .waiting("10:00", "10:03", 2)
            .newUsers("10:02", 3)
            .newUsers("10:09", 4)
            .traffic("10:03", 5)
            .build();
    assertEquals(
        cells()
            .active("a", "10:00:00", 1)
            .waiting("10:00", "10:00", 2)
            .newUsers("10:02", 3)
            .newUsers("10:00", 4)
            .traffic("10:00", 5)
            .build(),
        Retention.clamped(cells, Cells.at("10:00:05")));
    assertEquals(minute("10:00"), RoomTime.minute(Cells.at("10:00:05")));
  }

  private static RoomState alone(String time, RoomCells cells) {
    return RoomState.of(millis(time), Map.of("here", cells), limits(200, 200));
  }
}
