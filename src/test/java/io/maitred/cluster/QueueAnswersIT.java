package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Origin;
import io.maitred.testkit.Reply;
import io.maitred.testkit.RoomApi;
import io.maitred.testkit.RoomSite;
import io.maitred.testkit.RoomVisitor;
import io.maitred.testkit.RoomVisitor.Place;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How a full room answers all kinds of requests, on a whole node: forms, cookies, metrics. */
@ExtendWith(NodeLogs.class)
class QueueAnswersIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String HTML = "text/html; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String ONE_USER = "\"total_active_users\": 1, \"new_users_per_minute\": 1";

  private static ClusterOfNodes cluster;
  private static Origin origin;
  private static RoomApi api;

  /** Full: one is in. */
  private static RoomSite site;

  private static RoomVisitor active;

  /** Name and value: of somebody who waits there, and of a session in another room. */
  private static String ticket = "";

  private static String foreign = "";

  @BeforeAll
  static void fillARoom() {
    cluster =
        ClusterOfNodes.plan("QueueAnswersIT")
            .nodes(1)
            .setting("maitred.waiting-room.min-users", 1)
            .start();
    origin = new Origin();
    api = new RoomApi(cluster, cluster.node(0));
    site = site("site.test");
    foreign = site("other.test").admitted("foreign").cookie();
    active = site.admitted("active");
    ticket = String.valueOf(RoomSite.cookie(site.get("/")));
  }

  @AfterAll
  static void stopNode() {
    origin.close();
    cluster.close();
  }

  private static RoomSite site(String host) {
    return RoomSite.open(
        cluster.node(0), origin, api, host, ONE_USER + ", \"json_response_enabled\": true");
  }

  @ParameterizedTest(name = "accept: {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | true",
        "Application/JSON | true",
        "application/json, text/html | false",
        "application/json;q=1 | false",
        "*/* | false",
        "text/html | false"
      })
  void json_onlyByExactAccept(String accept, boolean json) {
    var reply = site.get("/", "accept", accept, "cookie", ticket);
    assertEquals(200, reply.status());
    assertEquals(json ? JSON : HTML, reply.header("content-type"));
    assertEquals("Accept, Cookie", reply.header("vary"));
    assertEquals("private, no-store, max-age=0", reply.header("cache-control"));
    assertEquals("20", reply.header("refresh"));
    if (json) {
      var told = reply.json().path("cfWaitingRoom");
      assertEquals(24 + 1, told.size(), told::toString);
      assertTrue(told.path("inWaitingRoom").asBoolean());
      assertTrue(told.path("isFIFOQueue").asBoolean());
      assertEquals(20, told.path("refreshIntervalSeconds").asInt());
    }
  }

  @Test
  void head_isAnsweredLikeGet_withoutBody() {
    var get = site.raw("GET / HTTP/1.1\nHost: %s\nConnection: close\n\n");
    var head = site.raw("HEAD / HTTP/1.1\nHost: %s\nConnection: close\n\n");
    assertEquals("", head.text());
    assertEquals(get.status(), head.status());
    assertEquals(new TreeSet<>(get.headers().keySet()), new TreeSet<>(head.headers().keySet()));
    for (var name : List.of("content-type", "refresh", "cache-control", "content-length")) {
      assertEquals(get.header(name), head.header(name), name);
    }
  }

  @ParameterizedTest
  @CsvSource({"POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void otherMethods_getThePage_andTheSiteGetsNothing(String method) {
    int before = origin.seen(site.host()).size();
    var reply = site.send(method, "/order", "x".repeat(100_000), "cookie", ticket);
    assertEquals(200, reply.status());
    assertTrue(reply.text().contains("<h1>You are in line</h1>"), reply::toString);
    assertEquals(before, origin.seen(site.host()).size());
  }

  @Test
  void chunkedBody_isReadToItsEnd_theConnectionGoesOn() {
    var two =
        site.raw(
            """
            POST /order HTTP/1.1
            Host: %1$s
            Transfer-Encoding: chunked

            5
            hello
            0

            GET /order HTTP/1.1
            Host: %1$s
            Connection: close

            """);
    assertEquals(200, two.status());
    assertTrue(two.text().contains("HTTP/1.1 200 OK"), two::toString);
  }

  @Test
  void webSocket_isNotOpened_whileItsUserWaits() {
    var reply =
        site.raw(
            """
            GET /socket HTTP/1.1
            Host: %s
            Connection: Upgrade, close
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """);
    assertEquals(200, reply.status(), reply::toString);
    assertEquals("20", reply.header("refresh"));
    assertNull(reply.header("upgrade"));
  }

  static Stream<Arguments> badCookies() {
    var value = "{ticket}";
    return Stream.of(
        Arguments.of("empty", ""),
        Arguments.of("a word", "hello"),
        Arguments.of("signs", "!$%&/()?"),
        Arguments.of("quoted", "\"" + value + "\""),
        Arguments.of("padded", value + "=="),
        Arguments.of("longer", value + "AAAA"),
        Arguments.of("cut by one", "{cut 1}"),
        Arguments.of("cut by twenty", "{cut 20}"),
        Arguments.of("forged", "{forged}"),
        Arguments.of("another room's", "{foreign}"),
        Arguments.of("huge", "A".repeat(16_000)),
        Arguments.of("many", "hello" + "; __cfwaitingroom=hello".repeat(500)),
        Arguments.of("many that look well", "{forged}" + "; __cfwaitingroom={forged}".repeat(60)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badCookies")
  void badCookie_isNoTicket(String name, String value) {
    var reply = rawWith("__cfwaitingroom=" + filled(value));
    assertEquals(200, reply.status(), reply::toString);
    assertEquals("20", reply.header("refresh"));
    var issued = RoomSite.cookie(reply);
    assertNotNull(issued, "a place of its own");
    assertNotEquals(ticket, issued);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badCookies")
  void badCookie_besideASession_doesNoHarm(String name, String value) {
    var good = active.cookie();
    var reply =
        value.split(";", -1).length > 16
            ? rawWith(good + "; __cfwaitingroom=" + filled(value))
            : rawWith("__cfwaitingroom=" + filled(value) + "; " + good);
    assertEquals(200, reply.status(), reply::toString);
    assertEquals("origin\n", reply.text(), reply::toString);
    assertNull(origin.seen(site.host()).get(origin.seen(site.host()).size() - 1).cookie());
  }

  static Stream<Arguments> badHeaders() {
    return Stream.of(
        Arguments.of("longer than any header may be", "A".repeat(60_000)),
        Arguments.of("bytes that no character begins with", "\u00ff\u00ff"),
        Arguments.of("a control character", "a\u0000b"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badHeaders")
  void badHeader_isTheClientsError(String name, String value) {
    var reply = rawWith("__cfwaitingroom=" + value);
    assertTrue(reply.status() >= 400 && reply.status() < 500, reply::toString);
  }

  private static Reply rawWith(String cookie) {
    return site.raw(
        "GET /bad HTTP/1.1\nHost: %s\nCookie: "
            + cookie.replace("%", "%%")
            + "\nConnection: close\n\n");
  }

  private static String filled(String value) {
    var good = ticket.substring(ticket.indexOf('=') + 1);
    var forged = new StringBuilder(good);
    int at = good.length() - 5;
    forged.setCharAt(at, good.charAt(at) == 'A' ? 'B' : 'A');
    return value
        .replace("{ticket}", good)
        .replace("{cut 1}", good.substring(0, good.length() - 1))
        .replace("{cut 20}", good.substring(0, good.length() - 20))
        .replace("{forged}", forged)
        .replace("{foreign}", foreign.substring(foreign.indexOf('=') + 1));
  }

  @Test
  void metrics_tellEverythingAboutTheRoom() {
    var measured = site("measured.test");
    var in = measured.admitted("in");
    var line = String.valueOf(RoomSite.cookie(measured.get("/")));
    measured.get("/", "cookie", line);
    rule(measured);
    measured.get("/", "cookie", "__cfwaitingroom=nonsense");
    measured.get("/free");
    assertEquals(Place.ON_SITE, measured.visit(in));
    var expected = new TreeMap<String, Double>();
    expected.put("maitred_room_active_users", 1.0);
    expected.put("maitred_room_queued_users", 2.0);
    expected.put("maitred_room_slots_raw", 0.0);
    expected.put("maitred_room_limit_total_active_users", 1.0);
    expected.put("maitred_room_limit_new_users_per_minute", 1.0);
    expected.put("maitred_room_workers", 1.0);
    expected.put("maitred_room_visits_total{kind=\"new\"}", 1.0);
    expected.put("maitred_room_visits_total{kind=\"too_early\"}", 1.0);
    expected.put("maitred_room_cookies_refused_total{kind=\"malformed\"}", 1.0);
    expected.put("maitred_room_bypassed_total{by=\"rule\"}", 1.0);
    Await.value(
        "metrics of " + measured.room(),
        LIMIT,
        () -> {
          var seen = new TreeMap<>(measured.metrics());
          seen.keySet().retainAll(expected.keySet());
          return (Map<String, Double>) seen;
        },
        expected::equals);
    var all = measured.metrics();
    for (var name :
        List.of(
            "new_users",
            "traffic",
            "admission_rate",
            "wait_minutes",
            "state_age_seconds",
            "report_interval_seconds",
            "clock_skew_seconds",
            "sessions_revoked_total",
            "visits_total{kind=\"active\"}",
            "visits_total{kind=\"full_bucket\"}",
            "visits_total{kind=\"partial_bucket\"}",
            "visits_total{kind=\"random\"}",
            "visits_total{kind=\"passthrough\"}",
            "visits_total{kind=\"no_slot\"}",
            "visits_total{kind=\"others_first\"}",
            "visits_total{kind=\"queue_all\"}",
            "visits_total{kind=\"prequeue\"}",
            "visits_total{kind=\"rejected\"}",
            "queue_time_seconds{quantile=\"0.5\"}",
            "queue_time_seconds{quantile=\"0.99\"}",
            "origin_time_seconds{quantile=\"0.9\"}",
            "origin_time_seconds{quantile=\"0.95\"}",
            "slots{part=\"share\",pool=\"new_users\"}",
            "slots{part=\"slice\",pool=\"partial_bucket\"}",
            "slots{part=\"spent\",pool=\"new_users\"}",
            "answers_total{status=\"200\"}")) {
      assertTrue(all.containsKey("maitred_room_" + name), name + " in " + all.keySet());
    }

    api.delete(measured.room());
    assertEquals(Map.of(), measured.metrics());
    assertEquals("origin\n", measured.get("/", "cookie", line).text());
    assertFalse(measured.get("/").headers().containsKey("set-cookie"));
  }

  private static void rule(RoomSite site) {
    var rules =
        api.call(
            "POST",
            "/" + site.room() + "/rules",
            """
            {"action": "bypass_waiting_room", "expression": "http.request.uri.path eq \\"/free\\""}""");
    assertEquals(200, rules.status(), rules::toString);
  }
}
