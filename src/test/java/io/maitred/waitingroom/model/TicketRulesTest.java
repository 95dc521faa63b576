package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Desk.at;
import static io.maitred.waitingroom.model.Desk.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.waitingroom.model.TicketRules.Standing;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.RoomEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicketRulesTest {
  private static final TicketId ID = new TicketId(1, 2);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                              renew, accepted, seen,     now,      expected
          S7/D22: last seen 10:00:30,        true,  10:00:00, 10:00:30, 10:05:29, ACCEPTED
          S7/D22: equality is too late,      true,  10:00:00, 10:00:30, 10:05:30, NONE
          S7: a visit moves the end,         true,  10:00:00, 10:04:00, 10:08:59, ACCEPTED
          D23: renewal off,                  false, 10:00:00, 10:04:00, 10:04:59, ACCEPTED
          D23: visits move nothing,          false, 10:00:00, 10:04:59, 10:05:00, NONE
          D21: a queued ticket in time,      true,  -,        10:00:15, 10:05:14, QUEUED
          D21: a queued ticket too late,     true,  -,        10:00:15, 10:05:15, NONE
          a little from the future,          true,  -,        10:02:00, 10:00:00, QUEUED
          too far from the future,           true,  -,        10:02:01, 10:00:00, NONE
          accepted too far from the future,  true,  10:00:00, 10:02:01, 10:00:00, NONE
          """)
  void standing(
      String name, boolean renew, String accepted, String seen, String now, Standing expected) {
    var config = config(renew, null);

    assertEquals(expected, TicketRules.standing(ticket(accepted, seen), config, at(now)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                    renew, accepted, now,      expected
          queued: the grace,       true,  -,        10:00:00, 300
          accepted: the session,   true,  10:00:00, 10:04:00, 300
          no renewal: what is left,false, 10:00:00, 10:04:00, 60
          no renewal: over,        false, 10:00:00, 10:06:00, 0
          """)
  void maxAge(String name, boolean renew, String accepted, String now, long expected) {
    var config = config(renew, null);

    assertEquals(
        expected, TicketRules.maxAgeSeconds(ticket(accepted, "10:00:00"), config, at(now)));
  }

  /** S5, and 14.5. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                       event, bucket, rank
          no event,                   false, 15:10,  -1
          before the pre-queue,       true,  14:59,  -1
          first minute of pre-queue,  true,  15:00,  2
          last minute of pre-queue,   true,  15:29,  2
          at the start,               true,  15:30,  -1
          """)
  void queueKey(String name, boolean event, String bucket, int rank) {
    var config = config(true, event ? shuffle() : null);
    long expected =
        rank < 0 ? QueueKey.ofMinute(minute(bucket)) : QueueKey.ofRank(minute("15:30"), rank);

    assertEquals(
        expected,
        TicketRules.queueKey(minute(bucket), ID, config, Desk.lots()),
        "key of " + bucket);
  }

  @Test
  void lot_sameTicketAndEvent_isTheSame() {
    var ranks = ShuffleRank.of(message -> new byte[] {(byte) (message.length + 200)});

    assertEquals((5 + 16 + 200) & 0xff, ranks.rank("event", ID));
    assertEquals(ranks.rank("event", ID), ranks.rank("event", ID));
  }

  static RoomEvent shuffle() {
    return event(true);
  }

  static RoomEvent event(boolean shuffle) {
    return new RoomEvent(
        "fedcba9876543210fedcba9876543210",
        Instant.EPOCH,
        Instant.EPOCH,
        "event",
        "",
        false,
        at("15:30:00"),
        at("17:00:00"),
        at("15:00:00"),
        shuffle,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static EffectiveConfig config(boolean renew, @Nullable RoomEvent event) {
    return new EffectiveConfig(
        Desk.ROOM,
        1,
        false,
        false,
        event,
        false,
        200,
        200,
        5,
        renew,
        QueueingMethod.FIFO,
        false,
        "");
  }

  private static Ticket ticket(String accepted, String seen) {
    return new Ticket(
        ID,
        minute("09:58"),
        at(seen),
        "-".equals(accepted) ? null : at(accepted),
        "Dublin",
        0,
        0,
        0,
        0,
        false);
  }
}
