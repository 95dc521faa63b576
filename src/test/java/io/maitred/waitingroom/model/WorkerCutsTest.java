package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerCutsTest {
  private static final long EPOCH = 2_000;
  private static final WorkerId A = new WorkerId("a");
  private static final WorkerId B = new WorkerId("b");
  private static final Retention RETENTION = new Retention(5);

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(1_000_000_000_000L + millis);
  }

  private static long epoch(long millis) {
    return at(millis).toEpochMilli();
  }

  private static WorkerReport report(WorkerId worker, long millis, long users) {
    var cells =
        new RoomCells(
            List.of(new RoomCells.Active("here", RoomTime.cell(at(millis)), users)),
            List.of(),
            List.of(),
            List.of());
    return new WorkerReport(worker, millis, epoch(millis), cells, users, List.of(), 0, 0);
  }

  /** A cold spike reaches several workers before the first of them reports. */
  @Test
  void newestComplete_workersLetInBeforeTheWakeUp_areWaitedFor() {
    var cuts = new WorkerCuts();
    cuts.join(A, at(-60_000));
    cuts.join(B, at(-60_000));
    cuts.hear(report(A, 2_000, 3), at(2_100), EPOCH);
    cuts.woken(at(2_100));

    assertEquals(epoch(-60_000), cuts.newestComplete(at(2_100), EPOCH));

    cuts.hear(report(B, 2_000, 3), at(2_200), EPOCH);
    assertEquals(epoch(2_000), cuts.newestComplete(at(2_200), EPOCH));
    var sum = cuts.sum(epoch(2_000), "here", RETENTION, EPOCH, at(2_200), worker -> 0);
    assertEquals(6, sum.active().get(0).users());
  }

  @Test
  void newestComplete_roomWasCleared_nothingIsKnownAfterTheEpochOfTheSilence() {
    var cuts = new WorkerCuts();
    cuts.hear(report(A, 2_000, 3), at(2_100), EPOCH);
    cuts.hear(report(B, 2_000, 3), at(2_100), EPOCH);
    cuts.clear(epoch(900_000));
    cuts.woken(at(960_000));
    cuts.hear(report(A, 960_000, 1), at(960_100), EPOCH);

    assertEquals(epoch(900_000), cuts.newestComplete(at(960_100), EPOCH));
  }

  @Test
  void newestComplete_workerThatWasNeverHeardFrom_isNotKnown() {
    var cuts = new WorkerCuts();
    cuts.hear(report(A, 2_000, 3), at(2_100), EPOCH);
    cuts.hear(report(B, 4_000, 3), at(4_100), EPOCH);
    assertNull(cuts.newestComplete(at(4_100), EPOCH));
  }
}
