package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Desk.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.Desk.Version;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.Outcome.Reason;
import io.maitred.waitingroom.model.Outcome.ToOrigin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A share is spent once: contract 9.6. */
class WorkerBudgetTest {
  private final Desk desk = new Desk();

  @Test
  void newVersion_whatWasGivenAfterItsCut_isNotRefilled() {
    desk.apply(Version.of("10:00:00").newUsers(5));
    assertEquals(3, desk.arrivals(3));
    desk.time("10:00:02");
    assertEquals(1, desk.arrivals(1));
    desk.time("10:00:03").apply(Version.of("10:00:02").newUsers(5));

    assertEquals(4, desk.arrivals(9), "one of five was given after the cut at :02");
    desk.apply(Version.of("10:00:02").newUsers(5));
    assertEquals(0, desk.arrivals(9), "the same version again");
    desk.apply(Version.of("10:00:00").newUsers(50));
    assertEquals(0, desk.arrivals(9), "an older version");
    desk.time("10:00:05").apply(Version.of("10:00:04").newUsers(5));
    assertEquals(5, desk.arrivals(9));
  }

  @Test
  void newVersion_queueBeganMeanwhile_newUsersAreChargedToThePartialBucket() {
    desk.apply(Version.of("10:00:00").newUsers(5));
    assertEquals(4, desk.arrivals(4));
    desk.time("10:00:03")
        .apply(
            Version.of("10:00:00")
                .partial(key("09:58"), new Share(5, false))
                .bucket(key("09:58"), 9, 5));

    assertEquals(4, desk.state.spent(Pool.PARTIAL_BUCKET));
    assertEquals(0, desk.arrivals(3));
  }

  @Test
  void newVersion_bucketsCoveredByIt_areNotCharged() {
    desk.time("10:00:00").queued(null, Reason.NO_STATE);
    desk.time("10:01:00").apply(Version.of("10:00:58").partial(key("10:00"), new Share(5, false)));
    var ticket = desk.time("10:01:01").queued(null, Reason.NO_SLOT);
    desk.time("10:01:25").apply(Version.of("10:01:24").partial(key("10:01"), new Share(5, false)));
    desk.entered(ticket, Reason.PARTIAL_BUCKET);
    assertEquals(1, desk.state.spent(Pool.PARTIAL_BUCKET));

    desk.apply(Version.of("10:01:24").coveredBelow(key("10:02")).newUsers(2));
    assertEquals(0, desk.state.spent(Pool.NEW_USERS));
    assertEquals(2, desk.arrivals(4));
  }

  @Test
  void roomGoneQuiet_recentAdmissions_areChargedToTheColdStart() {
    desk.apply(Version.cold().newUsers(5));
    assertEquals(2, desk.arrivals(2));
    desk.time("10:00:30").apply(Version.cold().newUsers(5));
    assertEquals(3, desk.arrivals(9));
    desk.state.cut(desk.now.plusSeconds(2));
    desk.time("10:30:00").apply(Version.cold().newUsers(5));
    assertEquals(5, desk.arrivals(9));
  }

  @Test
  void manyCuts_withoutAVersion_chargeTooMuchRatherThanTooLittle() {
    desk.apply(Version.of("10:00:00").newUsers(1_000));
    int given = 0;
    for (int i = 0; i < 3 * AdmissionLog.MAX_SEGMENTS; i++) {
      desk.now = desk.now.plusSeconds(2);
      desk.state.cut(desk.now);
      given += desk.arrivals(2);
    }
    desk.apply(Version.of("10:00:04").newUsers(1_000));

    assertTrue(desk.state.spent(Pool.NEW_USERS) >= given - 6, "unknown ones count");
    assertTrue(desk.state.spent(Pool.NEW_USERS) <= given);
  }

  /**
   * Workers of one data center whose reports are lost and late, and whose answers are late, doubled
   * and out of order; users never leave. All that was let in is at most T as of the version, and
   * what single workers had given beyond their new slices before they knew of them.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shares_anyOrderOfReportsAndAnswers_areNeverSpentTwice(long seed) {
    var random = new Random(seed);
    int total = 50 + random.nextInt(500);
    int size = 1 + random.nextInt(6);
    var desks = new ArrayList<Desk>();
    var cuts = new ArrayList<Map<Long, Long>>();
    var rounds = new ArrayList<Round>();
    var entered = new long[size];
    for (int i = 0; i < size; i++) {
      desks.add(new Desk());
      cuts.add(new HashMap<>());
      desks.get(i).apply(Version.cold().newUsers(total).worker(i, size));
    }
    long present = 0;
    long bound = total;
    for (int step = 0; step < 4_000; step++) {
      int i = random.nextInt(size);
      var desk = desks.get(i);
      int millis = random.nextInt(200);
      desks.forEach(each -> each.now = each.now.plusMillis(millis));
      switch (random.nextInt(5)) {
        case 0 -> {
          var report = desk.state.cut(desk.now);
          if (random.nextInt(3) > 0) {
            cuts.get(i).put(report.epoch(), report.admitted());
          }
        }
        case 1 -> rounds.addAll(round(cuts, total));
        case 2 -> {
          if (!rounds.isEmpty()) {
            var round = rounds.get(random.nextInt(rounds.size()));
            for (int worker = 0; worker < size; worker++) {
              desks.get(worker).apply(round.version(worker));
            }
            if (round.epoch > present) {
              present = round.epoch;
              bound = Math.max(total, round.sum()) + round.tooMuch(entered);
            }
          }
        }
        case 3 -> {
          if (present > 0) {
            desk.apply(rounds.get(0).version(i));
          }
        }
        default -> entered[i] += desk.arrivals(random.nextInt(8));
      }
      long all = LongStream.of(entered).sum();
      assertTrue(all <= bound, all + " of " + total + ", seed " + seed);
    }
    assertTrue(LongStream.of(entered).sum() > total / 2, "seed " + seed);
  }

  /** A version for all workers, and what each had admitted at its cut. */
  private record Round(long epoch, long slots, List<Long> admitted) {

    private Version version(int worker) {
      return Version.of(time(epoch)).newUsers(slots).worker(worker, admitted.size());
    }

    private long sum() {
      return admitted.stream().mapToLong(Long::longValue).sum();
    }

    private long tooMuch(long[] entered) {
      long sum = 0;
      for (int i = 0; i < entered.length; i++) {
        var version = version(i).build();
        long minute = RoomTime.minute(Instant.ofEpochMilli(epoch));
        long slice = WorkerSlices.slice(version.newUsers(), i, entered.length, minute);
        sum += Math.max(0, entered[i] - admitted.get(i) - slice);
      }
      return sum;
    }
  }

  /** The newest epoch that every worker has reported, divided; empty for none. */
  private static List<Round> round(List<Map<Long, Long>> cuts, int total) {
    var newest =
        cuts.get(0).keySet().stream()
            .filter(epoch -> cuts.stream().allMatch(cut -> cut.containsKey(epoch)))
            .max(Long::compare);
    if (newest.isEmpty()) {
      return List.of();
    }
    var admitted = cuts.stream().map(cut -> cut.getOrDefault(newest.get(), 0L)).toList();
    long sum = admitted.stream().mapToLong(Long::longValue).sum();
    return List.of(new Round(newest.get(), Math.max(0, total - sum), admitted));
  }

  private static String time(long epoch) {
    return Instant.ofEpochMilli(epoch).toString().substring(11, 19);
  }

  /** Whatever comes, what is given without cover stays within the slice. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void decision_anyVisits_staysWithinTheBudget(long seed) {
    var random = new Random(seed);
    var tickets = new ArrayList<Ticket>();
    desk.apply(Version.cold().newUsers(3));
    long given = 0;
    long slice = 3;
    for (int step = 0; step < 5_000; step++) {
      desk.now = desk.now.plusMillis(random.nextInt(1_500));
      if (random.nextInt(40) == 0) {
        desk.state.cut(desk.now);
        long epoch = RoomTime.epoch(desk.now, 2_000);
        var version = Version.of(time(epoch)).worker(0, 1);
        long oldest =
            tickets.stream()
                .mapToLong(Ticket::bucketMinute)
                .min()
                .orElse(RoomTime.minute(desk.now));
        long slots = random.nextInt(6);
        desk.apply(
            random.nextBoolean()
                ? version.newUsers(slots)
                : version.partial(QueueKey.ofMinute(oldest), new Share(slots, false)));
        given = desk.state.spent(Pool.NEW_USERS) + desk.state.spent(Pool.PARTIAL_BUCKET);
        slice = slots;
        assertTrue(given <= slots || given == 0, "seed " + seed);
      }
      var ticket =
          random.nextBoolean() || tickets.isEmpty()
              ? null
              : tickets.remove(random.nextInt(tickets.size()));
      var outcome = desk.visit(ticket);
      if (outcome instanceof ToOrigin origin && origin.reason() != Reason.ACTIVE) {
        given++;
        assertTrue(given <= slice, given + " of " + slice + ", seed " + seed);
      } else if (outcome instanceof Outcome.Queued queued && queued.ticket() != null) {
        tickets.add(queued.ticket());
      }
    }
    assertEquals(0, desk.state.outcomes(Reason.FULL_BUCKET));
  }
}
