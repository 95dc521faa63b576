package io.maitred.reservation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EjectionsTest {
  private static final Ejections.Rule RULE = new Ejections.Rule(10_000, 300_000, 5);
  private static final InstanceId ID = new InstanceId("s.a");

  @ParameterizedTest(name = "{0} failures: {1} s")
  @CsvSource({"1,10", "2,20", "3,40", "4,80", "5,160", "6,160", "60,160"})
  void period(int failures, long seconds) {
    assertEquals(seconds * 1000, RULE.periodMillis(failures));
  }

  @Test
  void ended_failuresInRow_ejectAndExpireUntilSuccess() {
    var ejections = Ejections.none(RULE);
    for (int i = 0; i < 5; i++) {
      assertFalse(ejections.isExpired(ID));
      ejections = ejections.ended(ID, Outcome.INSTANCE_BUSY, 0);
    }
    assertTrue(ejections.isEjected(ID));
    assertTrue(ejections.isExpired(ID));
    ejections = ejections.tick(160_000);
    assertFalse(ejections.isEjected(ID));
    assertTrue(ejections.isExpired(ID));
    ejections = ejections.ended(ID, Outcome.SUCCESS, 160_000);
    assertFalse(ejections.isExpired(ID));
  }
}
