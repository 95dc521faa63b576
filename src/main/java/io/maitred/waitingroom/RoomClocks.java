package io.maitred.waitingroom;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** The clocks of a node, so that tests can turn them. */
final class RoomClocks {
  private final InstantSource wall;
  private final LongSupplier nanos;

  /**
   * @param wall what the node takes for the time
   * @param nanos monotonic, as {@link System#nanoTime()}
   */
  RoomClocks(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
  }

  static RoomClocks system() {
    return new RoomClocks(InstantSource.system(), System::nanoTime);
  }

  Instant wall() {
    return wall.instant();
  }

  long nanos() {
    return nanos.getAsLong();
  }
}
