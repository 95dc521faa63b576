package io.maitred.waitingroom;

import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.config.CookieAttributes;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.RoomConfig;
import io.maitred.waitingroom.model.config.TurnstileAction;
import io.maitred.waitingroom.model.config.TurnstileMode;
import java.time.Instant;
import java.util.List;

/** Rooms for tests of aggregators. */
final class RoomsOfTests {
  static final RoomId ID = new RoomId("0123456789abcdef0123456789abcdef");
  static final Instant START = Instant.parse("2021-05-27T16:00:10Z");
  static final long MINUTE = RoomTime.minute(START);
  static final long CELL = RoomTime.cell(START);

  private RoomsOfTests() {}

  /** A room whose version is told by whether its limit is the first one, 200. */
  static Room room(int total, int perMinute) {
    return new Room(
        ID,
        "0123456789abcdef0123456789abcde0",
        total == 200 ? 1 : 2,
        START,
        START,
        new RoomConfig(
            "room",
            "",
            "example.com",
            "/",
            List.of(),
            "",
            CookieAttributes.DEFAULT,
            total,
            perMinute,
            5,
            false,
            false,
            false,
            false,
            QueueingMethod.FIFO,
            200,
            "",
            "en-US",
            List.of(),
            TurnstileMode.OFF,
            TurnstileAction.LOG),
        List.of(),
        List.of());
  }
}
