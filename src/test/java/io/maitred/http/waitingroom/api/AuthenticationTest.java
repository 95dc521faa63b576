package io.maitred.http.waitingroom.api;

import static io.maitred.http.waitingroom.api.RoomApiFixture.TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.waitingroom.model.config.KnownZones;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationTest {
  private static final String A = KnownZones.idOf("zone", "a.example");
  private static final String B = KnownZones.idOf("zone", "b.example");
  private static final String MAIN = KnownZones.idOf("account", "main");
  private static final String SIDE = KnownZones.idOf("account", "side");

  private static RoomApiFixture api;

  @BeforeAll
  static void start() {
    api =
        new RoomApiFixture(
            """
            zones = [
              { name = "a.example", account = main },
              { name = "b.example", account = side }
            ]
            api.tokens = [
              { token = "only-for-zone-a-1234", zones = ["a.example"] },
              { token = "only-for-account-side", accounts = [side] },
              { token = "for-everything-5678" }
            ]
            api.serve-without-prefix = on
            """);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          nothing                       | -                                              | 401
          the token                     | authorization: Bearer TOKEN                    | 200
          another case                  | authorization: bearer TOKEN                    | 200
          a token of the configuration  | authorization: Bearer for-everything-5678      | 200
          an unknown token              | authorization: Bearer for-everything-567       | 401
          one more letter               | authorization: Bearer TOKENx                   | 401
          an empty token                | authorization: Bearer                          | 401
          another scheme                | authorization: Basic TOKEN                     | 401
          the bare token                | authorization: TOKEN                           | 401
          email and key                 | x-auth-email: a@b.example, x-auth-key: TOKEN   | 200
          email and unknown key         | x-auth-email: a@b.example, x-auth-key: no      | 401
          key without email             | x-auth-key: TOKEN                              | 401
          email without key             | x-auth-email: a@b.example                      | 401
          service key                   | x-auth-user-service-key: TOKEN                 | 200
          unknown service key           | x-auth-user-service-key: nobody                | 401
          one of two is known           | authorization: Bearer x, x-auth-user-service-key: TOKEN | 200
          """)
  void credentials(String name, String headers, int status) {
    var request = RoomApiFixture.request("GET", "/client/v4/user/tokens/verify");
    for (var header : headers == null ? new String[0] : headers.split(", ")) {
      var parts = header.split(":", 2);
      request =
          request.addHeader(
              RawHeader.create(parts[0].trim(), parts[1].trim().replace("TOKEN", TOKEN)));
    }
    var answer = api.send(request);
    assertEquals(status, answer.status(), answer.text());
    if (status == 401) {
      assertEquals(10000, answer.json().at("/errors/0/code").asInt());
      assertEquals("Bearer", answer.header("www-authenticate"));
      assertTrue(answer.header("content-type").startsWith("application/json"));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      textBlock =
          """
          only-for-zone-a-1234,  GET, /zones/A/waiting_rooms,        200
          only-for-zone-a-1234,  GET, /zones/B/waiting_rooms,        403
          only-for-zone-a-1234,  GET, /zones/B,                      403
          only-for-zone-a-1234,  POST,/zones/B/waiting_rooms,        403
          only-for-zone-a-1234,  GET, /accounts/MAIN/waiting_rooms,  403
          only-for-zone-a-1234,  GET, /zones/0123456789abcdef0123456789abcdef/waiting_rooms, 404
          only-for-account-side, GET, /zones/B/waiting_rooms,        200
          only-for-account-side, GET, /zones/A/waiting_rooms,        403
          only-for-account-side, GET, /accounts/SIDE/waiting_rooms,  200
          only-for-account-side, GET, /accounts/MAIN/waiting_rooms,  403
          for-everything-5678,   GET, /zones/A/waiting_rooms,        200
          for-everything-5678,   GET, /accounts/MAIN/waiting_rooms,  200
          for-everything-5678,   GET, /zones/0123456789abcdef0123456789abcdef, 404
          only-for-zone-a-1234,  GET, /waiting-room/keys,            403
          only-for-account-side, POST,/waiting-room/keys/rotate,     403
          for-everything-5678,   GET, /waiting-room/keys,            200
          for-everything-5678,   GET, /waiting-room/rooms/0123456789abcdef0123456789abcdef/history, 404
          """)
  void restriction(String token, String method, String path, int status) {
    var answer = send(token, method, path);
    assertEquals(status, answer.status(), answer.text());
    if (status == 403) {
      assertEquals(10000, answer.json().at("/errors/0/code").asInt());
      assertTrue(answer.json().at("/errors/0/documentation_url").isTextual(), answer.text());
    } else if (status == 404) {
      assertEquals(
          path.endsWith("history") ? 1001 : 7003, answer.json().at("/errors/0/code").asInt());
    }
  }

  @Test
  void history_isForThoseWhoMaySeeTheRoom() {
    var body = RoomApiFixture.roomBody("old").replace('\'', '"');
    var made =
        api.call(
            "POST",
            "/zones/" + A + "/waiting_rooms",
            body.replace("shop.example.com", "www.a.example"));
    assertEquals(200, made.status(), made.text());
    var path = "/waiting-room/rooms/" + made.result().path("id").asText() + "/history";
    assertEquals(403, send("only-for-account-side", "GET", path).status());
    var point = send("only-for-zone-a-1234", "GET", path).result().path(0);
    assertEquals("1970-01-01T00:01:00.000Z", point.path("minute").asText());
    assertEquals(30, point.path("queued_users").asInt());
    assertEquals(200, point.path("total_active_users").asInt());
    assertEquals(7, point.path("new_users").asInt());
    assertEquals(-3, point.path("raw_slots").asInt());
    assertEquals(25.5, point.path("admission_rate").asDouble());
  }

  @Test
  void lists_showWhatIsPermitted() {
    assertEquals(A, send("only-for-zone-a-1234", "GET", "/zones").result().at("/0/id").asText());
    assertEquals(1, send("only-for-zone-a-1234", "GET", "/zones").result().size());
    assertEquals(
        MAIN, send("only-for-zone-a-1234", "GET", "/accounts").result().at("/0/id").asText());
    assertEquals(2, send("for-everything-5678", "GET", "/zones").result().size());
    assertEquals(1, send("only-for-account-side", "GET", "/accounts").result().size());
  }

  @Test
  void host_mustBelongToTheZone() {
    var body = RoomApiFixture.roomBody("shop").replace('\'', '"');
    var path = "/zones/" + A + "/waiting_rooms";
    var refused = api.call("POST", path, body);
    assertEquals(400, refused.status());
    assertEquals(1002, refused.json().at("/errors/0/code").asInt());
    assertEquals("/host", refused.json().at("/errors/0/source/pointer").asText());
    var own = body.replace("shop.example.com", "WWW.A.example");
    var made = api.call("POST", path, own);
    assertEquals("www.a.example", made.result().path("host").asText(), made.text());
  }

  @Test
  void unknownSender_isToldBeforeItsBodyIsLookedAt() {
    var request =
        RoomApiFixture.request("POST", "/client/v4/zones/" + A + "/waiting_rooms").withEntity("{");
    assertEquals(401, api.send(request).status());
  }

  private static RoomApiFixture.Answer send(String token, String method, String path) {
    var target =
        path.replace("/A", "/" + A)
            .replace("/B", "/" + B)
            .replace("MAIN", MAIN)
            .replace("SIDE", SIDE);
    return api.send(
        RoomApiFixture.request(method, target)
            .addHeader(RawHeader.create("authorization", "Bearer " + token)));
  }
}
