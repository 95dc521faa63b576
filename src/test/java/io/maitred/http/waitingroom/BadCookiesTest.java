package io.maitred.http.waitingroom;

import static io.maitred.http.waitingroom.GateFixture.queuedTicket;
import static io.maitred.waitingroom.model.config.TestRooms.ID;
import static io.maitred.waitingroom.model.config.TestRooms.room;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RingKey;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.ticket.TicketCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends as its cookie: never an error, never the loss of a valid place. */
class BadCookiesTest {
  private static final Ticket VALID = queuedTicket(42);

  private final GateFixture fixture = new GateFixture();

  @BeforeEach
  void gateOneRoom() {
    fixture.gate(room(o -> o));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static Stream<Arguments> badCookies() {
    var good = sealed(1, ID, VALID);
    return Stream.of(
        Arguments.of("empty", "", "malformed"),
        Arguments.of("a word", "hello", "malformed"),
        Arguments.of("other alphabet", "!§$%&/()?´`", "malformed"),
        Arguments.of("quoted", "\"" + good + "\"", "malformed"),
        Arguments.of("padded", good + "==", "malformed"),
        Arguments.of("percent-encoded", good + "%20", "malformed"),
        Arguments.of("cut by one", good.substring(0, good.length() - 1), null),
        Arguments.of("cut in half", good.substring(0, good.length() / 2), null),
        Arguments.of("cut to the prefix", good.substring(0, 3), "malformed"),
        Arguments.of("longer by four", good + "AAAA", "forged"),
        Arguments.of("another version", "C" + good.substring(1), "malformed"),
        Arguments.of("forged: a character", flip(good, good.length() - 5), "forged"),
        Arguments.of("forged: the vector", flip(good, 6), "forged"),
        Arguments.of("forged: of another key", sealed(2, ID, VALID), "forged"),
        Arguments.of("unknown key", sealedBy(9, (byte) 1, ID, VALID), "unknown-key"),
        Arguments.of("another room's", sealed(1, new RoomId("b".repeat(32)), VALID), "forged"),
        Arguments.of("future", sealed(1, ID, ahead(121)), "future"),
        Arguments.of("far future", sealed(1, ID, ahead(1_000_000_000)), "future"),
        Arguments.of("huge", "A".repeat(30_000), "malformed"),
        Arguments.of("just too long", "A".repeat(4_097), "malformed"),
        Arguments.of("long", "A".repeat(4_096), "malformed"),
        Arguments.of("zeros", "\u0001\u0002", "malformed"),
        Arguments.of("equals signs", "====", "malformed"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badCookies")
  void handle_badCookie_isNoTicket(String name, String value, String kind) throws Exception {
    var response = fixture.get("/", "Cookie: __cfwaitingroom=" + value);

    assertEquals(200, response.status().intValue());
    assertEquals(List.of(), fixture.tickets);
    assertEquals(1, fixture.visits.size());
    if (kind != null) {
      assertEquals(List.of(kind), fixture.undecodable);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badCookies")
  void handle_badCookieBesideAValidOne_keepsThePlace(String name, String value, String kind)
      throws Exception {
    var valid = sealed(1, ID, VALID);

    fixture.get("/", "Cookie: __cfwaitingroom=" + value + "; __cfwaitingroom=" + valid);
    fixture.get("/", "Cookie: __cfwaitingroom=" + valid + "; __cfwaitingroom=" + value);
    fixture.get("/", "Cookie: __cfwaitingroom=" + value, "Cookie: __cfwaitingroom=" + valid);

    assertEquals(List.of(VALID, VALID, VALID), fixture.tickets);
  }

  @Test
  void handle_manyCookies_looksAtSome() throws Exception {
    var bad = "__cfwaitingroom=" + sealed(2, ID, VALID) + "; ";

    fixture.get(
        "/", "Cookie: " + bad.repeat(CookieHeaders.MAX_VALUES - 1) + fixture.cookie(ID, VALID));
    assertEquals(List.of(VALID), fixture.tickets);

    fixture.get("/", "Cookie: " + bad.repeat(500) + fixture.cookie(ID, VALID));
    assertEquals(1, fixture.tickets.size());
    assertEquals(2 * CookieHeaders.MAX_VALUES - 1, fixture.undecodable.size());
  }

  @Test
  void handle_oldTicket_isTheWorkersToJudge() throws Exception {
    var old = ahead(-10_000_000);

    fixture.get("/", "Cookie: " + fixture.cookie(ID, old));

    assertEquals(List.of(old), fixture.tickets);
  }

  @Test
  void handle_randomCookies_neverFail() throws Exception {
    long seed = 4711;
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      var header = new StringBuilder();
      for (int n = random.nextInt(200); n > 0; n--) {
        header.append(
            random.nextInt(10) == 0 ? "__cfwaitingroom=" : (char) (' ' + random.nextInt(95)));
      }
      var status = fixture.get("/", "Cookie: " + header).status().intValue();
      assertTrue(status == 200, "seed " + seed + ": " + header);
    }
    assertEquals(List.of(), fixture.tickets);
  }

  private static String flip(String value, int at) {
    var changed = new StringBuilder(value);
    changed.setCharAt(at, value.charAt(at) == 'A' ? 'B' : 'A');
    return changed.toString();
  }

  private static Ticket ahead(long seconds) {
    var at = GateFixture.NOW.plusSeconds(seconds);
    return new Ticket(
        VALID.id(),
        Math.floorDiv(at.getEpochSecond(), 60L),
        at,
        null,
        "",
        Ticket.NEVER,
        Ticket.NEVER,
        Ticket.NEVER,
        Ticket.NEVER,
        false);
  }

  /**
   * @param secret 1: that of the fixture
   */
  private static String sealed(int secret, RoomId room, Ticket ticket) {
    return sealedBy(7, (byte) (secret - 1), room, ticket);
  }

  private static String sealedBy(int id, byte fill, RoomId room, Ticket ticket) {
    var secret = new byte[RingKey.SECRET_BYTES];
    java.util.Arrays.fill(secret, fill);
    var ring = new KeyRing(List.of(new RingKey(id, Instant.EPOCH, secret)));
    return Objects.requireNonNull(
        new TicketCodec(ring, Duration.ofMinutes(1)).encode(room, ticket, GateFixture.NOW));
  }
}
