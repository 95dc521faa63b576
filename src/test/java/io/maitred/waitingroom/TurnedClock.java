package io.maitred.waitingroom;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A node's clocks, which tests turn. */
final class TurnedClock {
  private final AtomicLong nanos = new AtomicLong();

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  Instant now() {
    return Rooms.START.plusNanos(nanos.get());
  }

  RoomClocks clocks() {
    return new RoomClocks(this::now, nanos::get);
  }
}
