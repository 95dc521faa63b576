package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.Outcome.Pool;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawCountersTest {
  private static final WorkerId ONE = new WorkerId("one");
  private static final WorkerId TWO = new WorkerId("two");
  private static final long EPOCH = 1_000_000;

  private final DrawCounters draws = new DrawCounters();

  @ParameterizedTest(name = "B7: {0} and {1} arrive: {2} enter")
  @CsvSource({"7, 1, 8", "8, 7, 10"})
  void b7_tenSlots_areGivenOnce(int first, int second, int entered) {
    open(EPOCH, 10);
    int granted = 0;
    for (int i = 0; i < first; i++) {
      granted += draw(ONE, EPOCH, 0) ? 1 : 0;
    }
    for (int i = 0; i < second; i++) {
      granted += draw(TWO, EPOCH, 0) ? 1 : 0;
    }
    assertEquals(entered, granted);
  }

  @Test
  void newVersion_isChargedWithWhatItsCutDoesNotHold() {
    open(EPOCH, 10);
    for (int i = 0; i < 6; i++) {
      assertTrue(draws.draw(ONE, EPOCH, Pool.NEW_USERS, i, EPOCH + 2500));
    }
    open(EPOCH + 2000, 8);
    assertTrue(draw(TWO, EPOCH + 2000, 0));
    assertTrue(draw(TWO, EPOCH + 2000, 1));
    assertFalse(draw(TWO, EPOCH + 2000, 2));
    open(EPOCH + 6000, 1);
    assertTrue(draw(TWO, EPOCH + 6000, 0), "its cut holds all that was given");
  }

  @Test
  void whatWasSpentWithoutDrawing_isTold() {
    open(EPOCH, 5);
    assertTrue(draw(ONE, EPOCH, 4));
    assertFalse(draw(ONE, EPOCH, 5));
    assertFalse(draw(TWO, EPOCH, 0));
  }

  @Test
  void undrawnSlices_areTakenForSpent_untilAWorkerShowsMore() {
    draws.told(ONE, 0, Map.of(Pool.NEW_USERS, 4L), EPOCH - 1000);
    draws.told(TWO, 0, Map.of(Pool.NEW_USERS, 4L), EPOCH - 1000);
    open(EPOCH, 6);
    assertTrue(draw(ONE, EPOCH, 1), "one said 1, two may have spent 4");
    assertFalse(draw(ONE, EPOCH, 2));
    draws.told(TWO, EPOCH, Map.of(), EPOCH + 500);
    draws.reported(new WorkerReport(TWO, 2, EPOCH + 2000, RoomCells.NONE, 1, List.of(), 0, 0));
    assertTrue(draw(ONE, EPOCH, 2));
    assertTrue(draw(ONE, EPOCH, 3));
    assertTrue(draw(ONE, EPOCH, 4));
    assertFalse(draw(ONE, EPOCH, 5), "two let one in");
  }

  @Test
  void whatOnePoolOverspent_isTakenFromTheOther() {
    open(EPOCH, 4);
    for (int i = 0; i < 4; i++) {
      assertTrue(draws.draw(ONE, EPOCH, Pool.NEW_USERS, i, EPOCH + 2100));
    }
    draws.open(
        new DrawCounters.Terms(EPOCH + 2000, Map.of(Pool.PARTIAL_BUCKET, 5L), 77, 77),
        Map.of(),
        EPOCH + 2200);
    assertTrue(draws.draw(TWO, EPOCH + 2000, Pool.PARTIAL_BUCKET, 0, EPOCH + 2300));
    assertFalse(draws.draw(TWO, EPOCH + 2000, Pool.PARTIAL_BUCKET, 1, EPOCH + 2300));
  }

  @Test
  void olderVersion_goesByThePresentCounter() {
    draws.open(
        new DrawCounters.Terms(EPOCH, Map.of(Pool.PARTIAL_BUCKET, 5L), 77, 77), Map.of(), EPOCH);
    draws.open(
        new DrawCounters.Terms(EPOCH + 2000, Map.of(Pool.PARTIAL_BUCKET, 1L), 78, 78),
        Map.of(),
        EPOCH);
    assertTrue(
        draws.draw(ONE, EPOCH, Pool.PARTIAL_BUCKET, 5, EPOCH + 3000), "its bucket is covered now");
    assertFalse(draws.draw(ONE, EPOCH, Pool.NEW_USERS, 0, EPOCH + 3000));
    assertFalse(draws.draw(ONE, 17, Pool.NEW_USERS, 0, EPOCH + 3000), "an unknown version");
  }

  private void open(long epoch, long newUsers) {
    draws.open(
        new DrawCounters.Terms(epoch, Map.of(Pool.NEW_USERS, newUsers), Ticket.NEVER, 0),
        Map.of(),
        epoch + 2500);
  }

  private boolean draw(WorkerId worker, long epoch, long told) {
    return draws.draw(worker, epoch, Pool.NEW_USERS, told, epoch + 2500);
  }
}
