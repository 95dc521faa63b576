package io.maitred.http.waitingroom.api;

import static io.maitred.http.waitingroom.api.RoomApiFixture.ACCOUNT;
import static io.maitred.http.waitingroom.api.RoomApiFixture.ZONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import io.maitred.common.Refusal;
import io.maitred.waitingroom.model.RoomId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoomEndpointsTest {
  private static final String EVENT =
      "{'name': 'sale', 'event_start_time': '2024-01-31T10:00:00Z',"
          + " 'event_end_time': '2024-01-31T12:00:00+01:00'}";

  private RoomApiFixture api;

  @BeforeEach
  void start() {
    api = new RoomApiFixture();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void room_lifeFromPostToDelete() {
    var made = api.rooms("POST", "", RoomApiFixture.roomBody("shop"));
    assertEquals(200, made.status());
    assertTrue(made.json().path("success").asBoolean());
    assertTrue(made.json().path("errors").isEmpty());
    var id = made.result().path("id").asText();
    assertTrue(id.matches("[0-9a-f]{32}"), id);
    assertEquals("fifo", made.result().path("queueing_method").asText());
    assertEquals(made.result(), api.rooms("GET", "/" + id, "").result());

    var patched = api.rooms("PATCH", "/" + id, "{'session_duration': 9, 'unknown': {}}").result();
    assertEquals(9, patched.path("session_duration").asInt());
    assertEquals(500, patched.path("total_active_users").asInt());
    assertEquals(made.result().path("created_on"), patched.path("created_on"));
    assertFalse(made.result().path("modified_on").equals(patched.path("modified_on")));
    var put = api.rooms("PUT", "/" + id, RoomApiFixture.roomBody("shop")).result();
    assertEquals(5, put.path("session_duration").asInt());

    var deleted = api.rooms("DELETE", "/" + id, "");
    assertEquals(200, deleted.status());
    assertEquals("{\"id\":\"" + id + "\"}", deleted.result().toString());
    var again = api.rooms("DELETE", "/" + id, "");
    assertEquals(404, again.status());
    assertEquals(1001, again.json().at("/errors/0/code").asInt());
    assertEquals("Object not found.", again.json().at("/errors/0/message").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'a': 1}", "no JSON at all"})
  void delete_ignoresItsBody(String body) {
    var id = api.room("shop");
    assertEquals(200, api.rooms("DELETE", "/" + id, body).status());
  }

  @Test
  void event_lifeFromPostToDelete() {
    var id = api.room("shop");
    var made = api.rooms("POST", "/" + id + "/events", EVENT).result();
    var event = "/" + id + "/events/" + made.path("id").asText();
    assertEquals("2024-01-31T11:00:00.000Z", made.path("event_end_time").asText());
    assertTrue(made.path("session_duration").isNull());
    assertEquals(made, api.rooms("GET", event, "").result());
    var details = api.rooms("GET", event + "/details", "").result();
    assertEquals(5, details.path("session_duration").asInt());
    assertEquals(500, details.path("total_active_users").asInt());
    var patched = api.rooms("PATCH", event, "{'session_duration': 3}").result();
    assertEquals(3, patched.path("session_duration").asInt());
    var put = api.rooms("PUT", event, EVENT).result();
    assertTrue(put.path("session_duration").isNull());
    var list = api.rooms("GET", "/" + id + "/events", "").json();
    assertEquals(1, list.path("result").size());
    assertEquals(1, list.at("/result_info/total_count").asInt());
    assertEquals(200, api.rooms("DELETE", event, "").status());
    assertEquals(404, api.rooms("GET", event, "").status());
    assertEquals(404, api.rooms("GET", event + "/details", "").status());
  }

  @Test
  void rules_areAnsweredAsAWhole() {
    var rules = "/" + api.room("shop") + "/rules";
    var rule = "{'action': 'bypass_waiting_room', 'expression': 'ssl'}";
    assertEquals(1, api.rooms("POST", rules, rule).result().size());
    var two = api.rooms("POST", rules, rule).result();
    assertEquals(2, two.size());
    var second = rules + "/" + two.at("/1/id").asText();
    var moved = api.rooms("PATCH", second, "{'position': {'before': ''}}").result();
    assertEquals(two.at("/1/id"), moved.at("/0/id"));
    assertEquals("2", moved.at("/0/version").asText());
    assertEquals(1, api.rooms("DELETE", second, "").result().size());
    assertEquals(0, api.rooms("PUT", rules, "[]").result().size());
    assertEquals(404, api.rooms("DELETE", second, "").status());
    var empty = api.rooms("GET", rules, "").json();
    assertTrue(empty.path("result").isArray());
    assertEquals(0, empty.at("/result_info/total_count").asInt());
  }

  @Test
  void settings_areNoRoom() {
    assertFalse(crawlers(api.rooms("GET", "/settings", "").result()));
    assertTrue(
        crawlers(
            api.rooms("PATCH", "/settings", "{'search_engine_crawler_bypass': true}").result()));
    assertTrue(crawlers(api.rooms("PATCH", "/settings", "{}").result()));
    assertFalse(crawlers(api.rooms("PUT", "/settings", "{}").result()));
  }

  private static boolean crawlers(JsonNode settings) {
    return settings.path("search_engine_crawler_bypass").booleanValue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,               room,              prequeue,              queued, expected
          nobody waits,       '',                -,                     0,      not_queueing
          somebody waits,     '',                -,                     3,      queueing
          all are queued,     'queue_all: true', -,                     0,      queueing
          a pre-queue,        'queue_all: true', 2024-01-31T10:00:00Z,  3,      event_prequeueing
          suspended,          'suspended: true', 2024-01-31T10:00:00Z,  3,      suspended
          """)
  void status_isTheFirstThatFits(
      String name, String room, String prequeue, long queued, String expected) {
    var id = api.room("shop");
    var change = room == null ? "" : room.replaceAll("(\\w+):", "'$1':");
    assertEquals(200, api.rooms("PATCH", "/" + id, "{" + change + "}").status());
    var event = "";
    if (!prequeue.equals("-")) {
      var answer =
          api.rooms(
              "POST",
              "/" + id + "/events",
              "{'name': 'sale', 'prequeue_start_time': '"
                  + prequeue
                  + "', 'event_start_time': '2024-01-31T11:00:00Z',"
                  + " 'event_end_time': '2024-01-31T12:00:00Z'}");
      event = expected.equals("suspended") ? "" : answer.result().path("id").asText();
    }
    api.figures.put(new RoomId(id), new RoomStatus.Figures.Now(queued, 400, 7));
    var status = api.rooms("GET", "/" + id + "/status", "").result();
    assertEquals(expected, status.path("status").asText());
    assertEquals(event, status.path("event_id").asText("?"));
    assertEquals(queued, status.path("estimated_queued_users").asLong(-1));
    assertEquals(400, status.path("estimated_total_active_users").asLong());
    assertEquals(7, status.path("max_estimated_time_minutes").asLong());
    assertEquals(5, status.size());
  }

  @Test
  void pages_endWithAnEmptyOne() {
    var names = new ArrayList<String>();
    for (int i = 0; i < 11; i++) {
      names.add("room-" + i);
      api.room("room-" + i);
    }
    var seen = new ArrayList<String>();
    for (int page = 1; page <= 4; page++) {
      var answer = api.rooms("GET", "?per_page=5&page=" + page, "").json();
      seen.addAll(answer.path("result").findValuesAsText("name"));
      assertEquals(page, answer.at("/result_info/page").asInt());
      assertEquals(5, answer.at("/result_info/per_page").asInt());
      assertEquals(answer.path("result").size(), answer.at("/result_info/count").asInt(-1));
      assertEquals(11, answer.at("/result_info/total_count").asInt());
      assertEquals(3, answer.at("/result_info/total_pages").asInt());
    }
    assertEquals(names, seen);
    var all = api.get("/accounts/" + ACCOUNT + "/waiting_rooms?per_page=1000").json();
    assertEquals(names, all.path("result").findValuesAsText("name"));
    var past = api.rooms("GET", "?page=999999999&per_page=1000", "").json();
    assertTrue(past.path("result").isArray() && past.path("result").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "page=0",
        "page=-1",
        "page=x",
        "page=",
        "page=1.5",
        "page=99999999999",
        "per_page=0",
        "per_page=4",
        "per_page=7",
        "per_page=1005",
        "per_page=ten"
      })
  void paging_outOfRange_is1002(String query) {
    for (var path : List.of("/zones/" + ZONE + "/waiting_rooms", "/zones", "/accounts")) {
      var answer = api.get(path + "?" + query);
      assertEquals(400, answer.status(), path);
      assertEquals(1002, answer.json().at("/errors/0/code").asInt());
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      textBlock =
          """
          GET,    /nonsense,                                     404, 7003
          GET,    '',                                            404, 7003
          GET,    /zones/nonsense/waiting_rooms,                 404, 7003
          GET,    /zones/ZONE/nonsense,                          404, 7003
          GET,    /accounts/nonsense/waiting_rooms,              404, 7003
          GET,    /zones/ZONE/waiting_rooms/nonsense,            404, 1001
          GET,    /zones/ZONE/waiting_rooms/a%2Fb/events,        404, 1001
          GET,    /zones/ZONE/waiting_rooms/a/b/c/d/e,           404, 7003
          POST,   /zones,                                        405, 7001
          DELETE, /zones/ZONE,                                   405, 7001
          PUT,    /zones/ZONE/waiting_rooms,                     405, 7001
          POST,   /zones/ZONE/waiting_rooms/settings,            405, 7001
          GET,    /zones/ZONE/waiting_rooms/preview,             405, 7001
          DELETE, /zones/ZONE/waiting_rooms/settings,            405, 7001
          GET,    /zones/ZONE/waiting_rooms/settings/events,     404, 7003
          POST,   /accounts/ACCOUNT/waiting_rooms,               405, 7001
          OPTIONS,/user/tokens/verify,                           405, 7001
          """)
  void unknownPathOrMethod(String method, String path, int status, int code) {
    var answer = api.call(method, path.replace("ZONE", ZONE).replace("ACCOUNT", ACCOUNT), "");
    assertEquals(status, answer.status(), answer.text());
    assertEquals(code, answer.json().at("/errors/0/code").asInt(), answer.text());
    assertTrue(answer.header("content-type").startsWith("application/json"), answer.text());
  }

  @Test
  void developmentMode_takesAnyZoneAndAccount() {
    var zone = "00000000000000000000000000000007";
    var path = "/zones/" + zone + "/waiting_rooms";
    var body = RoomApiFixture.roomBody("shop").replace('\'', '"');
    assertEquals(200, api.call("POST", path, body).status());
    assertEquals(1, api.get(path).result().size());
    assertEquals(0, api.rooms("GET", "", "").result().size());
    assertEquals(1, api.get("/accounts/" + zone + "/waiting_rooms").result().size());
    assertEquals(1, api.get("/zones").result().size(), "only zones with a name are listed");
    assertEquals(zone, api.get("/zones/" + zone).result().path("id").asText());
  }

  @Test
  void zones_areFoundByName() {
    assertEquals(ZONE, api.get("/zones?name=DEFAULT").result().at("/0/id").asText());
    assertEquals(0, api.get("/zones?name=other").result().size());
    assertEquals(0, api.get("/zones?account.id=" + ZONE).result().size());
    assertEquals("active", api.get("/zones/" + ZONE).result().path("status").asText());
    assertEquals(ACCOUNT, api.get("/accounts").result().at("/0/id").asText());
    assertEquals("default", api.get("/accounts/" + ACCOUNT).result().path("name").asText());
    assertEquals("active", api.get("/user/tokens/verify").result().path("status").asText());
  }

  @Test
  void keys_areListedAndRotatedWithoutSecrets() {
    var bearer = RawHeader.create("authorization", "Bearer " + RoomApiFixture.TOKEN);
    var listed = api.send(RoomApiFixture.request("GET", "/waiting-room/keys").addHeader(bearer));
    assertEquals(
        "[{\"id\":\"0\",\"created_on\":\"2024-01-31T10:19:00.123Z\",\"age_seconds\":90,"
            + "\"current\":true}]",
        listed.result().toString());
    var rotated =
        api.send(RoomApiFixture.request("POST", "/waiting-room/keys/rotate").addHeader(bearer));
    assertEquals("1", rotated.result().at("/0/id").asText());
    assertFalse(rotated.result().at("/1/current").asBoolean(true));
    var unknown =
        api.send(RoomApiFixture.request("GET", "/waiting-room/keys/rotate").addHeader(bearer));
    assertEquals(405, unknown.status());
  }

  @Test
  void body_mayComeInChunks() {
    var body = RoomApiFixture.roomBody("chunks").replace('\'', '"');
    var pieces = Source.from(List.of(body.substring(0, 9), body.substring(9)));
    var request =
        RoomApiFixture.request("POST", "/client/v4/zones/" + ZONE + "/waiting_rooms")
            .addHeader(RawHeader.create("authorization", "Bearer " + RoomApiFixture.TOKEN))
            .withEntity(
                HttpEntities.createChunked(
                    ContentTypes.APPLICATION_OCTET_STREAM, pieces.map(ByteString::fromString)));
    assertEquals(200, api.send(request).status());
  }

  @Test
  void longPath_isReadInOnePass() {
    var id = api.room("shop");
    var slashes = "/".repeat(1_000_000);
    var changed = api.rooms("PATCH", "/" + id, "{'path': '" + slashes + "a" + slashes + "'}");
    assertEquals(slashes + "a", changed.result().path("path").asText());
  }

  @Test
  void storeAway_is503ThatClientsRetry() {
    api.zones.failure = Refusal.of(503, "The database is not available").asException();
    var answer = api.rooms("POST", "", RoomApiFixture.roomBody("shop"));
    assertEquals(503, answer.status());
    assertEquals("The database is not available", answer.json().at("/errors/0/message").asText());
    api.zones.failure = new IllegalStateException("a defect");
    var defect = api.rooms("POST", "", RoomApiFixture.roomBody("shop"));
    assertEquals(500, defect.status());
    assertEquals(1000, defect.json().at("/errors/0/code").asInt());
    assertFalse(defect.text().contains("a defect"), defect.text());
  }

  @Test
  void otherCalls_areNotTouched() {
    assertEquals("apps of Waiter", api.send(RoomApiFixture.request("GET", "/apps")).text());
    for (var path : List.of("/client/v4x", "/client", "/zones", "/waiting-room")) {
      assertEquals(404, api.send(RoomApiFixture.request("GET", path)).status(), path);
    }
    var room =
        akka.http.javadsl.model.HttpRequest.create("http://shop.example.com/client/v4/zones")
            .addHeader(RawHeader.create("host", "shop.example.com"));
    assertEquals("proxied", api.send(room).text(), "the path of another host is its own");
  }
}
