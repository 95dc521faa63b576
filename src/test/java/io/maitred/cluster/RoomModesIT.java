package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Origin;
import io.maitred.testkit.RoomApi;
import io.maitred.testkit.RoomSite;
import io.maitred.testkit.RoomVisitor.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The special modes of a room, as visitors and operators see them on a whole node. */
@ExtendWith(NodeLogs.class)
class RoomModesIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String JSON = "application/json";

  private static ClusterOfNodes cluster;
  private static Origin origin;
  private static RoomApi api;

  @BeforeAll
  static void startNode() {
    cluster =
        ClusterOfNodes.plan("RoomModesIT")
            .nodes(1)
            .setting("maitred.waiting-room.min-users", 1)
            .setting("maitred.waiting-room.refresh-interval", "2s")
            .start();
    origin = new Origin();
    api = new RoomApi(cluster, cluster.node(0));
  }

  @AfterAll
  static void stopNode() {
    origin.close();
    cluster.close();
  }

  @Test
  void queueAll_letsOnlyActiveUsersPass_andKeepsPlaces() {
    var site = site("all.test", 5, "");
    var active = site.admitted("active");
    site.patch("\"queue_all\": true, \"json_response_enabled\": true");

    var waiting = site.waiting("waits");
    var told = site.get("/", "accept", JSON, "cookie", waiting.cookie()).json();
    assertTrue(told.at("/cfWaitingRoom/queueAll").asBoolean(), told::toString);
    assertFalse(told.at("/cfWaitingRoom/waitTimeKnown").asBoolean(), told::toString);
    assertEquals("unavailable", told.at("/cfWaitingRoom/waitTimeFormatted").asText());
    assertEquals(Place.ON_SITE, site.visit(active));
    site.awaitStatus("queueing, 1 queued, 1 active");

    site.patch("\"queue_all\": false");
    site.admitted(waiting);
    site.awaitStatus("not_queueing, 0 queued, 2 active");
  }

  @Test
  void suspended_letsEverybodyPass_withoutCookies_andKeepsPlaces() {
    var site = site("off.test", 1, "");
    site.admitted("active");
    var waiting = site.waiting("waits");
    var place = waiting.cookie();

    site.patch("\"suspended\": true");
    for (var headers : List.of(new String[0], new String[] {"cookie", place + "; b=2"})) {
      var reply = site.get("/seen", headers);
      assertEquals("origin\n", reply.text());
      assertNull(reply.header("set-cookie"));
      assertNull(reply.header("refresh"));
    }
    assertEquals("b=2", origin.seen("off.test").get(origin.seen("off.test").size() - 1).cookie());
    assertEquals("suspended", api.status(site.room()).path("status").asText());

    site.patch("\"suspended\": false");
    assertEquals(Place.IN_LINE, site.visit(waiting));
    site.awaitStatus("queueing, 1 queued, 1 active");
  }

  @Test
  void reject_turnsNewcomersAway_withoutAPlace() {
    var site = site("closed.test", 5, ", \"queueing_status_code\": 429");
    var active = site.admitted("active");
    site.patch("\"queueing_method\": \"reject\"");

    var reply = site.get("/");
    assertEquals(429, reply.status(), reply::toString);
    assertTrue(reply.text().contains("<h1>Too many visitors right now</h1>"), reply::toString);
    for (var header : List.of("refresh", "retry-after", "set-cookie", "etag")) {
      assertNull(reply.header(header), header);
    }
    assertEquals(Place.ON_SITE, site.visit(active));
    site.awaitStatus("not_queueing, 0 queued, 1 active");

    site.patch("\"queueing_method\": \"fifo\", \"queue_all\": true");
    var queued = site.get("/");
    assertEquals(429, queued.status());
    assertEquals("2", queued.header("refresh"));
    assertEquals("2", queued.header("retry-after"));
    assertNotNull(RoomSite.cookie(queued));
    site.awaitStatus("queueing, 1 queued, 1 active");
  }

  @Test
  void random_saysSo_andLetsEverybodyInWhenThereIsRoom() {
    var site = site("lot.test", 1, ", \"queueing_method\": \"random\"");
    site.admitted("active");
    var one = site.waiting("one");
    var two = site.waiting("two");
    var told = site.get("/", "accept", JSON, "cookie", one.cookie()).json();
    assertTrue(told.at("/cfWaitingRoom/isRandomQueue").asBoolean(), told::toString);
    assertFalse(told.at("/cfWaitingRoom/isFIFOQueue").asBoolean(), told::toString);
    var page = site.get("/", "cookie", two.cookie());
    assertTrue(page.text().contains("<h1>You are in the waiting room</h1>"), page::toString);
    assertFalse(page.text().contains("You keep your place"), page::toString);
    site.awaitStatus("queueing, 2 queued, 1 active");

    site.patch(limits(9));
    site.admitted(two);
    site.admitted(one);
    site.awaitStatus("not_queueing, 0 queued, 3 active");
  }

  @Test
  void passthrough_countsButNeverQueues() {
    var site = site("free.test", 1, ", \"queueing_method\": \"passthrough\"");
    for (int i = 0; i < 5; i++) {
      var reply = site.get("/");
      assertEquals("origin\n", reply.text());
      assertNotNull(RoomSite.cookie(reply));
    }
    site.awaitStatus("not_queueing, 0 queued, 5 active");
    site.patch("\"queue_all\": true");
    site.waiting("waits");
  }

  @Test
  void event_queuesBeforeItsStart_andHasItsOwnLimits() {
    var site = site("event.test", 1, "");
    var active = site.admitted("active");
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var start = now.plus(Duration.ofMinutes(10));
    var event =
        api.call(
                "POST",
                "/" + site.room() + "/events",
                """
                {"name": "sale", "prequeue_start_time": "%s", "event_start_time": "%s",
                 "event_end_time": "%s", "shuffle_at_event_start": true,
                 "total_active_users": 9, "new_users_per_minute": 9}"""
                    .formatted(now.minusSeconds(60), start, start.plusSeconds(3600)))
            .json()
            .at("/result/id")
            .asText();

    var waiting = site.waiting("waits");
    var told = site.get("/", "accept", JSON, "cookie", waiting.cookie()).json();
    assertTrue(told.at("/cfWaitingRoom/isEventPrequeueing").asBoolean(), told::toString);
    assertTrue(told.at("/cfWaitingRoom/shuffleAtEventStart").asBoolean(), told::toString);
    assertEquals(10, told.at("/cfWaitingRoom/timeUntilEventStart").asInt(), told::toString);
    var page = site.get("/", "cookie", waiting.cookie());
    assertTrue(page.text().contains("<h1>Starting soon</h1>"), page::toString);
    assertEquals(Place.ON_SITE, site.visit(active));
    site.awaitStatus("event_prequeueing, 1 queued, 1 active");
    assertEquals(event, api.status(site.room()).path("event_id").asText());
    assertEquals(
        start, Instant.parse(api.read(site.room()).path("next_event_start_time").asText()));

    var changed =
        api.call(
            "PATCH",
            "/" + site.room() + "/events/" + event,
            """
            {"prequeue_start_time": null, "shuffle_at_event_start": false,
             "event_start_time": "%s"}"""
                .formatted(now.minusSeconds(60)));
    assertEquals(200, changed.status(), changed::toString);
    site.admitted(waiting);
    site.admitted("late");
    site.awaitStatus("not_queueing, 0 queued, 3 active");
    assertEquals(event, api.status(site.room()).path("event_id").asText());

    var gone = api.call("DELETE", "/" + site.room() + "/events/" + event, "");
    assertEquals(200, gone.status(), gone::toString);
    Await.until(
        "the room's own limits hold",
        LIMIT,
        () -> site.metrics().getOrDefault("maitred_room_slots_raw", 0.0) < 0);
    site.waiting("later");
    assertEquals(Place.ON_SITE, site.visit(waiting));
  }

  @Test
  void bypassRule_passesEvenWhenAllAreQueued() {
    var site = site("rules.test", 1, ", \"queue_all\": true");
    var rules =
        api.call(
            "POST",
            "/" + site.room() + "/rules",
            """
            {"action": "bypass_waiting_room",
             "expression": "starts_with(http.request.uri.path, \\"/assets\\") or any(http.request.headers[\\"x-partner\\"][*] eq \\"yes\\")"}""");
    assertEquals(200, rules.status(), rules::toString);
    Await.until("the rule holds", LIMIT, () -> site.get("/assets/a.js").text().equals("origin\n"));
    for (var reply : List.of(site.get("/assets/a.js"), site.get("/", "x-partner", "yes"))) {
      assertEquals("origin\n", reply.text());
      assertNull(reply.header("set-cookie"));
    }
    assertNotNull(RoomSite.cookie(site.get("/")));
    assertNotNull(RoomSite.cookie(site.get("/", "x-partner", "no")));
    site.awaitStatus("queueing, 2 queued, 0 active");
  }

  @Test
  void page_isTheRoomsOwn_andChangesAtTheNextRefresh() {
    var site = site("own.test", 1, ", \"custom_page_html\": \"<p>{{queueingMethod}} one</p>\"");
    site.admitted("active");
    var first = site.get("/");
    assertEquals("<p>fifo one</p>", first.text());
    var cookie = String.valueOf(RoomSite.cookie(first));

    var bad = api.call("PATCH", "/" + site.room(), "{\"custom_page_html\": \"{{#a}}\"}");
    assertEquals(400, bad.status(), bad::toString);
    assertEquals(1002, bad.json().at("/errors/0/code").asInt());
    site.patch("\"custom_page_html\": \"<p>{{waitTime}} two</p>\"");
    Await.until(
        "the new page is shown",
        LIMIT,
        () -> site.get("/", "cookie", cookie).text().matches("<p>\\d+ two</p>"));
    site.patch("\"custom_page_html\": \"\"");
    Await.until(
        "the default page is shown",
        LIMIT,
        () -> site.get("/", "cookie", cookie).text().contains("<h1>You are in line</h1>"));
  }

  @Test
  void revoke_endsTheSession() {
    var site = site("leave.test", 1, ", \"enabled_origin_commands\": [\"revoke\"]");
    var active = site.admitted("active");
    var waiting = site.waiting("waits");

    var left = site.get("/logout", "cookie", active.cookie());
    assertEquals("origin\n", left.text());
    assertNull(left.header("cf-waiting-room-command"));
    assertEquals(
        2, left.headers().getOrDefault("set-cookie", List.of()).size(), "the origin's own is kept");
    var deleted = String.valueOf(RoomSite.setCookie(left));
    assertTrue(deleted.startsWith("__cfwaitingroom=; Max-Age=0; "), deleted);
    assertNotNull(site.get("/", "cookie", active.cookie()).header("refresh"), "a new user");

    site.patch("\"total_active_users\": 2, \"new_users_per_minute\": 2");
    site.admitted(waiting);
    assertEquals(1, site.metrics().get("maitred_room_sessions_revoked_total"));
  }

  @Test
  void revoke_notListed_isTheOriginsOwnAffair() {
    var site = site("stay.test", 1, "");
    var active = site.admitted("active");
    var reply = site.get("/logout", "cookie", active.cookie());
    assertEquals("Revoke", reply.header("cf-waiting-room-command"));
    assertEquals(Place.ON_SITE, site.visit(active));
  }

  private static String limits(int users) {
    return "\"total_active_users\": " + users + ", \"new_users_per_minute\": " + users;
  }

  private static RoomSite site(String host, int users, String more) {
    return RoomSite.open(
        cluster.node(0),
        origin,
        api,
        host,
        limits(users) + ", \"json_response_enabled\": true" + more);
  }
}
