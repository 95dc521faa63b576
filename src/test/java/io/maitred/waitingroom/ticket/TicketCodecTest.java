package io.maitred.waitingroom.ticket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RingKey;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TicketCodecTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:30.123Z");
  private static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");
  private static final RoomId OTHER = new RoomId("1123456789abcdef0123456789abcdef");
  private static final KeyRing RING = new KeyRing(List.of(key(1, NOW.minusSeconds(3600))));

  @Test
  void decode_randomTickets_areWhatWasEncoded() {
    long seed = 20261121;
    var random = new Random(seed);
    var codec = codec(RING);
    for (int i = 0; i < 2_000; i++) {
      var ticket = randomTicket(random);
      var value = sealed(codec, ROOM, ticket, NOW);
      assertEquals(
          new Decoded.Opened(ticket), codec.decode(ROOM, value, NOW), "seed " + seed + ", " + i);
    }
  }

  @Test
  void encode_usualTicket_isShort() {
    var value = sealed(codec(RING), ROOM, ticket(NOW), NOW);

    assertTrue(value.length() <= 110, value);
    assertTrue(value.matches("[A-Za-z0-9_-]+"), value);
  }

  @Test
  void encode_sameTicketAgain_isAnotherValue() {
    var codec = codec(RING);
    var values = new HashSet<String>();
    for (int i = 0; i < 1_000; i++) {
      values.add(sealed(codec, ROOM, ticket(NOW), NOW));
    }
    assertEquals(1_000, values.size());
  }

  @Test
  void decode_anyBitFlipped_isNoTicket() {
    var codec = codec(RING);
    var value = sealed(codec, ROOM, ticket(NOW), NOW);
    for (int i = 0; i < value.length(); i++) {
      for (int bit = 1; bit < 128; bit <<= 1) {
        var changed = new StringBuilder(value);
        changed.setCharAt(i, (char) (value.charAt(i) ^ bit));
        var decoded = codec.decode(ROOM, changed.toString(), NOW);
        assertTrue(decoded instanceof Decoded.Failure, "character " + i + ", bit " + bit);
      }
    }
  }

  @Test
  void decode_cut_isNoTicket() {
    var codec = codec(RING);
    var value = sealed(codec, ROOM, ticket(NOW), NOW);
    for (int length = 0; length < value.length(); length++) {
      var decoded = codec.decode(ROOM, value.substring(0, length), NOW);
      assertTrue(decoded instanceof Decoded.Failure, "length " + length);
    }
  }

  @Test
  void decode_ticketOfAnotherRoom_isForged() {
    var codec = codec(RING);
    var value = sealed(codec, ROOM, ticket(NOW), NOW);

    assertEquals(Decoded.Failure.FORGED, codec.decode(OTHER, value, NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "=",
        "AQ",
        "AQAAAAE",
        "not a ticket",
        "%%%",
        "ä",
        "AQAAAAE=",
        "\u0000",
        "a.b.c"
      })
  void decode_nonsense_isMalformed(String value) {
    assertEquals(Decoded.Failure.MALFORMED, codec(RING).decode(ROOM, value, NOW));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 4_096, 4_097, 100_000})
  void decode_huge_isMalformed(int length) {
    assertEquals(Decoded.Failure.MALFORMED, codec(RING).decode(ROOM, "A".repeat(length), NOW));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                seconds, opened
          from now,                  0, true
          a little ahead,          120, true
          too far ahead,           121, false
          from next year,     31536000, false
          old,              -100000000, true
          """)
  void decode_ticketAhead_isNoTicket(String name, long seconds, boolean opened) {
    var codec = codec(RING);
    var value = sealed(codec, ROOM, ticket(NOW.plusSeconds(seconds)), NOW);

    var decoded = codec.decode(ROOM, value, NOW);

    assertEquals(opened, decoded instanceof Decoded.Opened);
    assertEquals(!opened, decoded == Decoded.Failure.FUTURE);
  }

  @Test
  void decode_afterRotation_opensTicketsOfOldKeys() {
    var codec = codec(RING);
    var old = sealed(codec, ROOM, ticket(NOW), NOW);
    codec.use(RING.adding(key(2, NOW), 1));

    var early = sealed(codec, ROOM, ticket(NOW), NOW.plusSeconds(59));
    var late = sealed(codec, ROOM, ticket(NOW), NOW.plusSeconds(60));

    for (var value : List.of(old, early, late)) {
      assertTrue(codec.decode(ROOM, value, NOW) instanceof Decoded.Opened);
    }
    // a node that has not heard of the new key opens what is sealed while it spreads
    var behind = codec(RING);
    assertTrue(behind.decode(ROOM, early, NOW) instanceof Decoded.Opened);
    assertEquals(Decoded.Failure.UNKNOWN_KEY, behind.decode(ROOM, late, NOW));
  }

  @Test
  void decode_sameIdOtherSecret_isForged() {
    var value = sealed(codec(RING), ROOM, ticket(NOW), NOW);
    var others = codec(new KeyRing(List.of(secret(1, NOW, (byte) 77))));

    assertEquals(Decoded.Failure.FORGED, others.decode(ROOM, value, NOW));
  }

  @Test
  void codec_usedByManyThreads_opensEverything() throws Exception {
    var codec = codec(RING);
    var threads = new ArrayList<Thread>();
    var failures = java.util.Collections.synchronizedList(new ArrayList<Decoded>());
    for (int i = 0; i < 4; i++) {
      var random = new Random(i);
      var thread =
          new Thread(
              () -> {
                for (int n = 0; n < 500; n++) {
                  var value = sealed(codec, ROOM, randomTicket(random), NOW);
                  var decoded = codec.decode(ROOM, value, NOW);
                  if (!(decoded instanceof Decoded.Opened)) {
                    failures.add(decoded);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void codec_withoutKeys_sealsAndOpensNothing() {
    var value = sealed(codec(RING), ROOM, ticket(NOW), NOW);
    var codec = codec(KeyRing.EMPTY);

    assertNull(codec.encode(ROOM, ticket(NOW), NOW));
    assertEquals(Decoded.Failure.UNKNOWN_KEY, codec.decode(ROOM, value, NOW));
  }

  private static String sealed(TicketCodec codec, RoomId room, Ticket ticket, Instant now) {
    return Objects.requireNonNull(codec.encode(room, ticket, now));
  }

  private static TicketCodec codec(KeyRing ring) {
    return new TicketCodec(ring, Duration.ofMinutes(1));
  }

  private static Ticket ticket(Instant at) {
    long minute = Math.floorDiv(at.getEpochSecond(), 60L);
    return new Ticket(
        new TicketId(1, 2),
        minute,
        at,
        at.minusSeconds(20),
        "dublin",
        minute,
        minute * 6,
        Ticket.NEVER,
        Ticket.NEVER,
        false);
  }

  private static Ticket randomTicket(Random random) {
    long minute = 29_000_000L + random.nextInt(900_000);
    var checkIn = Instant.ofEpochMilli(minute * 60_000L + random.nextInt(100_000_000));
    boolean accepted = random.nextBoolean();
    var names = List.of("dublin", "nairobi", "", "São Paulo", "x".repeat(200));
    return new Ticket(
        new TicketId(random.nextLong(), random.nextLong()),
        minute,
        checkIn.isAfter(NOW) ? NOW : checkIn,
        accepted ? NOW.minusMillis(random.nextInt(1_000_000)) : null,
        accepted ? names.get(random.nextInt(names.size())) : "",
        counted(random, minute),
        counted(random, minute * 6),
        counted(random, minute),
        counted(random, minute * 512),
        random.nextBoolean());
  }

  private static long counted(Random random, long near) {
    return switch (random.nextInt(4)) {
      case 0 -> Ticket.NEVER;
      case 1 -> random.nextLong();
      default -> near + random.nextInt(1000) - 500;
    };
  }

  private static RingKey key(int id, Instant createdOn) {
    return secret(id, createdOn, (byte) 1);
  }

  private static RingKey secret(int id, Instant createdOn, byte fill) {
    var secret = new byte[RingKey.SECRET_BYTES];
    java.util.Arrays.fill(secret, (byte) (fill + id));
    return new RingKey(id, createdOn, secret);
  }
}
