package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RoomClockTest {
  private static final Instant TIME = Instant.parse("2021-05-26T10:00:00Z");
  private static final long START = 5_000_000_000L;

  @Test
  void clock_nothingHeard_runsOnItsOwn() {
    var clock = RoomClock.own(TIME, START);

    assertEquals(TIME.plusSeconds(3), clock.now(after(3)));
  }

  @Test
  void clock_firstTimeHeard_isTakenAsItIs() {
    var clock = RoomClock.own(TIME.plusSeconds(600), START).hear(TIME, after(1));

    assertEquals(TIME.plusSeconds(1), clock.now(after(2)));
    assertEquals(Duration.ofMinutes(10), clock.skew(TIME.plusSeconds(601), after(2)));
  }

  @Test
  void clock_laterTimeHeard_stepsForward() {
    var clock = RoomClock.own(TIME, START).hear(TIME, START).hear(TIME.plusSeconds(9), after(4));

    assertEquals(TIME.plusSeconds(10), clock.now(after(5)));
  }

  @Test
  void clock_earlierTimeHeard_runsAtHalfSpeedUntilBothMeet() {
    var clock = RoomClock.own(TIME, START).hear(TIME, START).hear(TIME, after(4));

    assertEquals(TIME.plusSeconds(4), clock.now(after(4)));
    assertEquals(TIME.plusSeconds(5), clock.now(after(6)));
    assertEquals(TIME.plusSeconds(8), clock.now(after(12)));
    assertEquals(TIME.plusSeconds(16), clock.now(after(20)));
  }

  private static long after(long seconds) {
    return START + Duration.ofSeconds(seconds).toNanos();
  }
}
