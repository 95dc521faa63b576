package io.maitred.waitingroom;

import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.config.Room;
import java.time.Instant;

/** Rooms for tests of aggregators. */
final class RoomsOfTests {
  static final RoomId ID = new RoomId("0123456789abcdef0123456789abcdef");
  static final Instant START = Instant.parse("2021-05-27T16:00:10Z");
  static final long MINUTE = RoomTime.minute(START);
  static final long CELL = RoomTime.cell(START);

  private RoomsOfTests() {}

  /** A room whose version is told by whether its limit is the first one, 200. */
  static Room room(int total, int perMinute) {
    return Rooms.room(ID, START, total == 200 ? 1 : 2, total, perMinute);
  }
}
