package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Cells.cells;
import static io.maitred.waitingroom.model.Cells.limits;
import static io.maitred.waitingroom.model.Cells.millis;
import static io.maitred.waitingroom.model.Cells.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.AllocationRules.WorkerMode;
import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomDivisionTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                      slots, weights,                               parts
          S3,                        1000,  Nairobi=50 Dublin=50,                  Nairobi=500 Dublin=500
          S4,                        1000,  Nairobi=45 Dublin=55,                  Nairobi=450 Dublin=550
          S12,                       20,    Nairobi=25 Dublin=75,                  Nairobi=5 Dublin=15
          D1 one data center,        200,   Accra=1,                               Accra=200
          D3 nobody came yet,        200,   Accra=1 Berlin=1 Cairo=1,              Accra=67 Berlin=67 Cairo=66
          D4 no history,             100,   Nairobi=60 Dublin=40 Lagos=0,          Nairobi=60 Dublin=40 Lagos=0
          D5,                        10,    A=1 B=1 C=1,                           A=4 B=3 C=3
          D6,                        1,     Nairobi=45 Dublin=55,                  Nairobi=0 Dublin=1
          D7,                        7,     Nairobi=45 Dublin=55,                  Nairobi=3 Dublin=4
          D8 ties by name,           5,     Nairobi=50 Dublin=50,                  Nairobi=2 Dublin=3
          D9,                        100,   A=997 B=2 C=1,                         A=100 B=0 C=0
          D10,                       17,    A=5 B=3 C=2,                           A=9 B=5 C=3
          D11,                       11,    A=3 B=3 C=1,                           A=5 B=5 C=1
          D16,                       8,     Nairobi=25 Dublin=75,                  Nairobi=2 Dublin=6
          B1 anywhere ties first,    150,   SanJose=20 London=30 Anywhere=150,     SanJose=15 London=22 Anywhere=113
          no weight,                 5,     A=0,                                   A=0
          """)
  void divide(String name, long slots, String weights, String parts) {
    assertEquals(numbers(parts), new TreeMap<>(RoomDivision.divide(slots, numbers(weights))));
  }

  @Test
  void d12_partsSumToTheWhole_whateverTheOrder() {
    long seed = 12;
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      var names = new ArrayList<String>();
      var weights = new HashMap<String, Long>();
      for (int i = 0; i < 1 + random.nextInt(300); i++) {
        names.add("dc" + i);
        weights.put("dc" + i, (long) random.nextInt(1_000_000_001));
      }
      weights.put("dc0", 1 + weights.getOrDefault("dc0", 0L) / 2);
      long slots = random.nextInt(1_000_001);
      var parts = RoomDivision.divide(slots, weights);
      var message = "seed " + seed + " round " + round;
      assertEquals(slots, sum(parts), message);
      double total = sum(weights);
      parts.forEach(
          (name, part) ->
              assertTrue(
                  Math.abs(part - slots * (weights.getOrDefault(name, 0L) / total)) < 1.000001,
                  message));
      Collections.shuffle(names, random);
      var reordered = new java.util.LinkedHashMap<String, Long>();
      names.forEach(name -> reordered.put(name, weights.getOrDefault(name, 0L)));
      assertEquals(parts, RoomDivision.divide(slots, reordered), message);
    }
  }

  @Test
  void divide_theGreatestNumbers_doesNotOverflow() {
    var parts =
        RoomDivision.divide(
            Integer.MAX_VALUE, Map.of("a", 1_000_000_000L, "b", (long) Integer.MAX_VALUE));
    assertEquals(Integer.MAX_VALUE, sum(parts));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                         slots, weights,                      waiting,                     parts
          D15 the only users elsewhere, 1,     Nairobi=45 Dublin=55,         Nairobi=60 Dublin=0,         Nairobi=1 Dublin=0
          D15 more than can be used,    20,    Nairobi=25 Dublin=75,         Nairobi=58 Dublin=2,         Nairobi=18 Dublin=2
          D15 no cap binds: as S12,     20,    Nairobi=25 Dublin=75,         Nairobi=20 Dublin=40,        Nairobi=5 Dublin=15
          D43 no traffic where they are,20,    Nairobi=60 Dublin=40 Lagos=0, Nairobi=0 Dublin=0 Lagos=60, Nairobi=0 Dublin=0 Lagos=20
          all capped,                   20,    A=1 B=1,                      A=3 B=4,                     A=3 B=4
          """)
  void divideCapped(String name, long slots, String weights, String waiting, String parts) {
    assertEquals(
        numbers(parts),
        new TreeMap<>(RoomDivision.divideCapped(slots, numbers(weights), numbers(waiting))));
  }

  @Test
  void divideCapped_usesAllThatCanBeUsed() {
    long seed = 15;
    var random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      var weights = new HashMap<String, Long>();
      var caps = new HashMap<String, Long>();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        weights.put("dc" + i, (long) random.nextInt(4));
        caps.put("dc" + i, (long) random.nextInt(20));
      }
      long slots = random.nextInt(60);
      var parts = RoomDivision.divideCapped(slots, weights, caps);
      var message = "seed " + seed + " round " + round;
      assertEquals(Math.min(slots, sum(caps)), sum(parts), message);
      parts.forEach((name, part) -> assertTrue(part <= caps.getOrDefault(name, 0L), message));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                          now,      m-2 Nairobi Dublin, m-1 Nairobi Dublin, lag, weights
          S1 S2 two minutes ago,         16:33:20, 50 50,              45 55,              2,   Nairobi=50 Dublin=50
          S4 a minute later,             16:34:00, 45 55,              1 2,                2,   Nairobi=45 Dublin=55
          D2 the minute before settled,  16:33:20, 0 0,                30 10,              2,   Nairobi=30 Dublin=10
          the minute before too young,   16:33:18, 0 0,                30 10,              2,   Nairobi=1 Dublin=1
          no traffic at all,             16:33:20, 0 0,                0 0,                2,   Nairobi=1 Dublin=1
          lag of one minute,             16:33:02, 50 50,              45 55,              1,   Nairobi=45 Dublin=55
          """)
  void weights(String name, String now, String before, String last, int lag, String weights) {
    long minute = RoomTime.minute(Cells.at(now));
    var own = new HashMap<String, RoomCells>();
    var names = List.of("Nairobi", "Dublin");
    for (int i = 0; i < 2; i++) {
      own.put(
          names.get(i),
          CellSums.of(
              List.of(),
              List.of(),
              List.of(),
              List.of(
                  new RoomCells.PerMinute(
                      minute - 2, Long.parseLong(List.of(before.split(" ", -1)).get(i))),
                  new RoomCells.PerMinute(
                      minute - 1, Long.parseLong(List.of(last.split(" ", -1)).get(i))))));
    }
    var state = RoomState.of(millis(now), own, limits(200, 200));
    assertEquals(numbers(weights), new TreeMap<>(RoomDivision.weights(state, names, lag)));
  }

  @Test
  void d27_slowClock_doesNotMatter() {
    // both data centers divide by the epoch, whatever their own clocks say
    var nairobi = cells().traffic("16:30", 40).traffic("16:31", 50).build();
    var dublin = cells().traffic("16:30", 60).traffic("16:31", 50).build();
    var state =
        RoomState.of(
            millis("16:33:10"), Map.of("Nairobi", nairobi, "Dublin", dublin), limits(1000, 1000));
    var shares =
        shares(AllocationRules.DEFAULT, state, limits(1000, 1000), List.of("Nairobi", "Dublin"));
    assertEquals(Map.of("Nairobi", 500L, "Dublin", 500L), shares.newUsers());
  }

  @Test
  void partialBucket_goesWhereItsUsersWait() {
    var nairobi = cells().traffic("16:32", 25).waiting("15:56", "16:33", 58).build();
    var dublin = cells().traffic("16:32", 75).waiting("15:56", "16:33", 2).build();
    var state =
        RoomState.of(
            millis("16:34:10"), Map.of("Nairobi", nairobi, "Dublin", dublin), limits(20, 200));
    var names = List.of("Nairobi", "Dublin");
    assertEquals(
        Map.of("Nairobi", 18L, "Dublin", 2L),
        shares(AllocationRules.DEFAULT, state, limits(20, 200), names).partial());
    var strict = new AllocationRules(false, WorkerMode.AUTO, 0, true, false, 2);
    assertEquals(
        Map.of("Nairobi", 5L, "Dublin", 15L),
        shares(strict, state, limits(20, 200), names).partial());
  }

  @Test
  void b1_reserveMode_leavesSlotsForAnywhere() {
    var reserve = new AllocationRules(true, WorkerMode.AUTO, 0, false, false, 1);
    var state =
        RoomState.of(
            millis("16:34:10"),
            Map.of(
                "San José", cells().traffic("16:33", 20).active("a", "16:34:00", 50).build(),
                "London", cells().traffic("16:33", 30).build(),
                "Delhi", RoomCells.NONE),
            limits(200, 200));
    var shares = shares(reserve, state, limits(200, 200), List.of("San José", "London", "Delhi"));
    assertEquals(Map.of("San José", 15L, "London", 22L, "Delhi", 0L), shares.newUsers());
    assertEquals(113, shares.anywhere());
    assertEquals(150, shares.total());
  }

  @Test
  void d39_random_dividesByTrafficThenByWaiting() {
    var config = Cells.config(20, 200, 5, QueueingMethod.RANDOM, false);
    var state =
        RoomState.of(
            millis("16:34:10"),
            Map.of("here", cells().traffic("16:32", 9).waiting("15:56", "16:33", 80).build()),
            config);
    var shares = shares(AllocationRules.DEFAULT, state, config, List.of("here", "there"));
    assertEquals(Map.of("here", 20L, "there", 0L), shares.random());
    assertEquals(0, shares.newUsers().getOrDefault("here", 0L));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                       slots, workers, slices
          S14,                        10,    2,       5 5
          D20 three,                  10,    3,       4 3 3
          D20 fewer slots,            3,     5,       1 1 1 0 0
          none,                       0,     2,       0 0
          """)
  void slices(String name, long slots, int workers, String slices) {
    var found = new ArrayList<String>();
    for (int rank = 0; rank < workers; rank++) {
      found.add("" + WorkerSlices.slice(new Share(slots, false), rank, workers, 0));
    }
    assertEquals(slices, String.join(" ", found));
  }

  @Test
  void d20_newcomer_getsAPartOfItsOwn() {
    assertEquals(3, WorkerSlices.slice(new Share(10, false), -1, 2, 0));
  }

  @Test
  void slices_rotateByTheMinute_andSumToTheShare() {
    for (long minute = 0; minute < 7; minute++) {
      long sum = 0;
      for (int rank = 0; rank < 4; rank++) {
        sum += WorkerSlices.slice(new Share(10, true), rank, 4, minute);
      }
      assertEquals(10, sum);
    }
    assertEquals(3, WorkerSlices.slice(new Share(9, false), 0, 4, 0));
    assertEquals(2, WorkerSlices.slice(new Share(9, false), 0, 4, 1));
    assertEquals(3, WorkerSlices.slice(new Share(9, false), 3, 4, 1));
  }

  @Test
  void b2ToB5_reserveSlices() {
    assertEquals(5, WorkerSlices.slice(new Share(15, false), 0, 3, 0), "B2");
    var divide = new WorkerShares(new AllocationRules(true, WorkerMode.DIVIDE, 0, false, false, 1));
    var anywhere = divide.anywhere(113, 10, 50, 200, true);
    assertEquals(11, WorkerSlices.slice(anywhere, 0, 1, 0), "B3");
    assertEquals(
        16, 5 + WorkerSlices.slice(anywhere, 2, 3, 0), "B4: the own part and the part of anywhere");
    var curve = new WorkerShares(new AllocationRules(true, WorkerMode.DIVIDE, 1, false, false, 1));
    assertEquals(45, WorkerSlices.slice(curve.anywhere(113, 10, 50, 200, true), 0, 1, 0), "B5");
    assertEquals(
        11,
        WorkerSlices.slice(curve.anywhere(113, 10, 50, 200, false), 0, 1, 0),
        "no curve before the first closed minute");
    assertEquals(8, WorkerSlices.adapted(10, 2, 125, 200, 1), "B9");
  }

  @ParameterizedTest(name = "{0}: {1} slots, {2} workers")
  @CsvSource({
    "AUTO, 39, 20, true",
    "AUTO, 40, 20, false",
    "AUTO, 0, 20, false",
    "AUTO, 1, 1, false",
    "DIVIDE, 1, 20, false",
    "COUNTER, 4000, 20, true"
  })
  void smallShares_areDrawn(WorkerMode mode, long slots, int workers, boolean drawn) {
    var shares = new WorkerShares(new AllocationRules(false, mode, 0, false, false, 2));
    assertEquals(drawn, shares.share(slots, workers).drawn());
  }

  @ParameterizedTest(name = "T {0}, N {1} of {2}: {3}")
  @CsvSource({"200, 300, a b c, 67 67 66", "500, 200, a, 200", "3, 200, a b c d e, 1 1 1 0 0"})
  void coldStart_dividesTheLimits(int total, int perMinute, String names, String parts) {
    var expected = List.of(names.split(" "));
    assertEquals(
        List.of(parts.split(" ")),
        expected.stream()
            .map(name -> "" + ColdStart.share(limits(total, perMinute), expected, name).slots())
            .toList());
  }

  @Test
  void intervals_growWithTheSenders() {
    assertEquals(1000, ReportIntervals.worker(3).toMillis());
    assertEquals(2500, ReportIntervals.worker(250).toMillis());
    assertEquals(10_000, ReportIntervals.worker(5000).toMillis());
    assertEquals(2000, ReportIntervals.dataCenter(3).toMillis());
    assertEquals(2500, ReportIntervals.dataCenter(50).toMillis());
    assertEquals(2000, ReportIntervals.epochMillis(100, 10));
    assertEquals(4000, ReportIntervals.epochMillis(100, 50));
    assertEquals(16_000, ReportIntervals.epochMillis(2000, 1));
    var random = new Random(1);
    for (int i = 0; i < 100; i++) {
      long jittered = ReportIntervals.jittered(java.time.Duration.ofSeconds(1), random).toMillis();
      assertTrue(jittered >= 900 && jittered <= 1100);
    }
    assertEquals(minute("16:31"), RoomTime.minute(Cells.at("16:33:20")) - 2, "S1");
    assertEquals(
        Cells.key("19:51"), QueueKey.ofMinute(RoomTime.minute(Cells.at("19:51:59"))), "S5");
  }

  private static RoomShares shares(
      AllocationRules rules, RoomState state, EffectiveConfig config, List<String> expected) {
    long raw =
        UserSlots.raw(
            config.totalActiveUsers(),
            state.activeUsers(),
            config.newUsersPerMinute(),
            state.admittedThisMinute());
    return SlotAllocation.of(rules)
        .atDataCenter(
            state, EligibleSlots.walk(state, raw, Ticket.NEVER), config, expected, List.of());
  }

  private static Map<String, Long> numbers(String text) {
    var numbers = new TreeMap<String, Long>();
    Arrays.stream(text.split(" "))
        .map(pair -> pair.split("="))
        .forEach(pair -> numbers.put(pair[0], Long.parseLong(pair[1])));
    return numbers;
  }

  private static long sum(Map<String, Long> parts) {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }
}
