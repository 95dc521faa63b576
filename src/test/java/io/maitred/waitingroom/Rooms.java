package io.maitred.waitingroom;

import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.config.CookieAttributes;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.RoomConfig;
import io.maitred.waitingroom.model.config.SameSite;
import io.maitred.waitingroom.model.config.SecureCookie;
import io.maitred.waitingroom.model.config.TurnstileAction;
import io.maitred.waitingroom.model.config.TurnstileMode;
import java.time.Instant;
import java.util.List;

/** Rooms and allotments of tests. */
final class Rooms {
  static final RoomId ID = new RoomId("00112233445566778899aabbccddeeff");
  static final Instant START = Instant.parse("2021-05-26T10:00:00Z");

  private Rooms() {}

  static Room room(long version) {
    return room(ID, START, version, 200, 200);
  }

  static Room room(RoomId id, Instant start, long version, int total, int perMinute) {
    return new Room(
        id,
        "ffeeddccbbaa99887766554433221100",
        version,
        start,
        start,
        new RoomConfig(
            "shop",
            "",
            "shop.example.com",
            "/",
            List.of(),
            "",
            new CookieAttributes(SameSite.AUTO, SecureCookie.AUTO),
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

  /** A version of a room in which nobody waits, for one worker. */
  static Allotment allotment(long epoch, long version, Share newUsers) {
    return new Allotment(
        epoch,
        version,
        0,
        newUsers.slots(),
        0,
        0,
        Ticket.NEVER,
        List.of(),
        Ticket.NEVER,
        Share.NONE,
        newUsers,
        Share.NONE,
        Share.NONE,
        0,
        1,
        0,
        List.of(),
        List.of());
  }

  /** What a room gets that is silent everywhere. */
  static Allotment cold(long slots) {
    return allotment(0, 1, new Share(slots, false));
  }
}
