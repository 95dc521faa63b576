package io.maitred.simulation;

import io.maitred.waitingroom.model.RoomClock;
import java.time.Instant;

/** The clocks of a node: its own, which is wrong by some seconds, and the room's. */
final class NodeClock {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final EventQueue events;
  private RoomClock clock;

  NodeClock(EventQueue events, long skewMillis) {
    this.events = events;
    this.clock = RoomClock.own(Instant.ofEpochMilli(events.now() + skewMillis), nanos());
  }

  Instant now() {
    return clock.now(nanos());
  }

  void hear(Instant roomTime) {
    clock = clock.hear(roomTime, nanos());
  }

  private long nanos() {
    return events.now() * NANOS_PER_MILLI;
  }
}
