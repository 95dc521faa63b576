package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Cells.cells;
import static io.maitred.waitingroom.model.Cells.key;
import static io.maitred.waitingroom.model.Cells.limits;
import static io.maitred.waitingroom.model.Cells.millis;
import static io.maitred.waitingroom.model.Cells.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.Allotment.BucketState;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EligibleSlotsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                        T,    A,   N,   n,   raw
          S9 full,                     200,  201, 200, 0,   -1
          S10 some left,               200,  148, 200, 0,   52
          D13 the rate binds,          1000, 100, 200, 150, 50
          D13 the rate is exceeded,    1000, 100, 200, 205, -5
          D13 next minute,             1000, 100, 200, 0,   200
          D14,                         200,  128, 200, 0,   72
          D18 limit lowered when full, 100,  150, 200, 0,   -50
          D18 when they left,          100,  90,  200, 0,   10
          """)
  void userSlots(String name, long total, long active, long perMinute, long admitted, long raw) {
    assertEquals(raw, UserSlots.raw(total, active, perMinute, admitted));
  }

  @ParameterizedTest(name = "in second {0}: {1}")
  @CsvSource({"0, 34", "5, 50", "49, 197", "50, 200", "59, 200"})
  void pacedCeiling_growsOverTheMinute(int second, long ceiling) {
    assertEquals(ceiling, UserSlots.paced(200, second));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                        slots, e54, e55, e56, remaining, first uncovered
          S9 nobody enters,            -1,    0,   0,   0,   0,         none
          S10 S11 two are covered,     52,    2,   50,  0,   0,         15:56
          D14 the last in part,        72,    2,   50,  20,  0,         15:56
          all,                         112,   2,   50,  60,  0,         16:00
          D16 some left for others,    120,   2,   50,  60,  8,         16:00
          one of the first,            1,     1,   0,   0,   0,         15:54
          """)
  void walk_servesTheOldestFirst(
      String name, long slots, long e54, long e55, long e56, long remaining, String bound) {
    var state =
        state(
            cells()
                .waiting("15:54", "15:59", 2)
                .waiting("15:55", "15:59", 50)
                .waiting("15:56", "15:59", 60));
    var eligible = EligibleSlots.walk(state, slots, Ticket.NEVER);
    assertEquals(
        List.of(
            new BucketState(key("15:54"), 2, 2, e54),
            new BucketState(key("15:55"), 50, 50, e55),
            new BucketState(key("15:56"), 60, 60, e56)),
        eligible.buckets());
    assertEquals(remaining, eligible.remaining());
    assertEquals(keyOrNever(bound), eligible.coveredBelow());
    assertEquals(
        e56 > 0 && e56 < 60 ? key("15:56") : e54 == 1 ? key("15:54") : Ticket.NEVER,
        eligible.partialKey());
  }

  @ParameterizedTest(name = "D17: slots {0}, waiting {1}: {2} for new users")
  @CsvSource({"10, 10, 0", "10, 25, 0", "0, 0, 0", "10, 4, 6"})
  void d17_newUsers_getWhatIsLeft(long slots, long waiting, long left) {
    var state = state(cells().waiting("15:54", "15:59", waiting));
    assertEquals(left, EligibleSlots.walk(state, slots, Ticket.NEVER).remaining());
  }

  @Test
  void usersWhoLeft_reserveNoSlot() {
    var state = state(cells().waiting("15:54", "15:57", 30).waiting("15:55", "15:59", 5));
    var eligible = EligibleSlots.walk(state, 7, Ticket.NEVER);
    assertEquals(
        List.of(new BucketState(key("15:54"), 30, 0, 0), new BucketState(key("15:55"), 5, 5, 5)),
        eligible.buckets());
    assertEquals(2, eligible.remaining());
    assertEquals(key("16:00"), eligible.coveredBelow(), "who comes back is let in");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                               slots, held,  bound
          a slot: who comes back is let in,   1,     none,  16:00
          none: who comes back waits,         0,     none,  none
          many too few,                       -500,  none,  none
          who was next is next,               0,     15:40, 15:40
          """)
  void emptyList_coversNobodyWithoutSlots(String name, long slots, String held, String bound) {
    var eligible = EligibleSlots.walk(state(cells()), slots, keyOrNever(held));
    assertEquals(keyOrNever(bound), eligible.coveredBelow());
  }

  private static long keyOrNever(String time) {
    return time.equals("none") ? Ticket.NEVER : key(time);
  }

  @Test
  void bucketOfTheEpochsMinute_isNeverCovered() {
    var state = state(cells().waiting("15:59", "15:59", 5).waiting("16:00", "16:00", 9));
    var eligible = EligibleSlots.walk(state, 20, Ticket.NEVER);
    assertEquals(key("16:00"), eligible.coveredBelow());
    assertEquals(key("16:00"), eligible.partialKey());
    assertEquals(9, eligible.partialSlots());
    assertEquals(6, eligible.remaining());
  }

  @Test
  void coveredBuckets_stayCovered() {
    var state = state(cells().waiting("15:54", "15:59", 10).waiting("15:55", "15:59", 50));
    var eligible = EligibleSlots.walk(state, 4, key("15:55"));
    assertEquals(key("15:55"), eligible.coveredBelow());
    assertEquals(10, eligible.buckets().get(0).eligible());
    assertEquals(0, eligible.buckets().get(1).eligible());
    assertEquals(0, eligible.remaining());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                   active, T,    N,   queue all, falls back
          a little too many,      1040,   1000, 500, false,     false
          exactly 5 % too many,   1050,   1000, 500, false,     false
          more than 5 % too many, 1051,   1000, 500, false,     true
          T lowered,              1000,   999,  500, false,     true
          N lowered,              1000,   1000, 499, false,     true
          queue all,              1000,   1000, 500, true,      true
          """)
  void coverage_isTakenBackOnlyWhenItMust(
      String name, long active, int total, int perMinute, boolean queueAll, boolean back) {
    var waiting = cells().waiting("15:54", "15:59", 10).waiting("15:55", "15:59", 50).build();
    var rules = AllocationRules.DEFAULT;
    RoomVersion.Division nothing = (state, eligible, config) -> RoomShares.NONE;
    var before =
        RoomVersion.of(
            millis("15:59:56"),
            Map.of(
                "a", CellSums.sum(List.of(waiting, cells().active("a", "15:59:50", 980).build()))),
            null,
            limits(1000, 500),
            rules,
            nothing);
    assertEquals(key("15:55"), before.eligible().coveredBelow());
    var after =
        RoomVersion.of(
            millis("15:59:58"),
            Map.of(
                "a",
                CellSums.sum(List.of(waiting, cells().active("a", "15:59:50", active).build()))),
            before,
            Cells.config(
                total,
                perMinute,
                5,
                io.maitred.waitingroom.model.config.QueueingMethod.FIFO,
                queueAll),
            rules,
            nothing);
    assertEquals(back, after.eligible().coveredBelow() < key("15:55"));
  }

  @Test
  void ranks_areTakenTogetherByTheWaiting() {
    assertEquals(1, EligibleSlots.groups(0));
    assertEquals(1, EligibleSlots.groups(99));
    assertEquals(2, EligibleSlots.groups(100));
    assertEquals(256, EligibleSlots.groups(1_000_000));
    var cells = cells().waiting("15:20", "15:59", 3).waiting("15:31", "15:59", 4);
    for (int rank = 0; rank < QueueKey.RANKS; rank++) {
      cells.waiting(QueueKey.ofRank(minute("15:30"), rank), "15:59", 1);
    }
    var eligible = EligibleSlots.walk(state(cells), 100, Ticket.NEVER);
    var start = QueueKey.ofRank(minute("15:30"), 0);
    assertEquals(
        List.of(
            new BucketState(key("15:20"), 3, 3, 3),
            new BucketState(start, 52, 52, 52),
            new BucketState(start + 52, 51, 51, 45),
            new BucketState(start + 103, 51, 51, 0),
            new BucketState(start + 154, 51, 51, 0),
            new BucketState(start + 205, 51, 51, 0),
            new BucketState(key("15:31"), 4, 4, 0)),
        eligible.buckets());
    assertEquals(start + 52, eligible.coveredBelow());
    assertEquals(start + 52, eligible.partialKey());
    assertEquals(start + 103, eligible.partialEnd());
  }

  @Test
  void groups_areCutWhereUsersWereCovered() {
    var cells = cells();
    for (int rank = 0; rank < QueueKey.RANKS; rank++) {
      cells.waiting(QueueKey.ofRank(minute("15:30"), rank), "15:59", 1);
    }
    var start = QueueKey.ofRank(minute("15:30"), 0);
    var eligible = EligibleSlots.walk(state(cells), 25, start + 20);
    assertEquals(new BucketState(start, 20, 20, 20), eligible.buckets().get(0));
    assertEquals(new BucketState(start + 20, 32, 32, 5), eligible.buckets().get(1));
    assertEquals(start + 20, eligible.coveredBelow());
  }

  @Test
  void walk_neverGivesMoreThanThereIs_norToYoungerBeforeOlder() {
    long seed = 7;
    var random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      var cells = cells();
      for (int i = 10; i < 10 + random.nextInt(40); i++) {
        cells.waiting("15:" + i, "15:5" + (5 + random.nextInt(5)), random.nextInt(20));
      }
      long slots = random.nextLong(300) - 20;
      var eligible = EligibleSlots.walk(state(cells), slots, Ticket.NEVER);
      long given = eligible.buckets().stream().mapToLong(BucketState::eligible).sum();
      var message = "seed " + seed + " round " + round;
      assertEquals(Math.max(0, slots), given + eligible.remaining(), message);
      boolean isOlderShort = false;
      for (var bucket : eligible.buckets()) {
        assertTrue(!isOlderShort || bucket.eligible() == 0, message);
        isOlderShort |= bucket.eligible() < bucket.present();
        assertTrue(
            bucket.key() >= eligible.coveredBelow() || bucket.eligible() == bucket.present());
      }
    }
  }

  private static RoomState state(Cells cells) {
    return RoomState.of(millis("16:00:00"), Map.of("here", cells.build()), limits(200, 200));
  }
}
