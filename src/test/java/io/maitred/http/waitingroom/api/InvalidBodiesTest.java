package io.maitred.http.waitingroom.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients may send wrongly: always told exactly, never a 409 and never a 5xx. */
class InvalidBodiesTest {
  private static final String TIMES =
      "'event_start_time': '2040-01-01T10:00:00Z', 'event_end_time': '2040-01-01T12:00:00Z'";
  private static final String RULE =
      "'action': 'bypass_waiting_room', 'expression': 'ip.src in {10.0.0.1}'";

  private static RoomApiFixture api;
  private static String room;
  private static String event;
  private static String rule;

  @BeforeAll
  static void start() {
    api = new RoomApiFixture();
    room = api.room("present");
    event =
        api.rooms("POST", "/" + room + "/events", "{'name': 'sale', " + TIMES + "}")
            .result()
            .path("id")
            .asText();
    rule = api.rooms("POST", "/" + room + "/rules", "{" + RULE + "}").result().at("/0/id").asText();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          POST  |                  | `` | 400 | 6003 | ``
          POST  |                  | {'name': | 400 | 6003 | ``
          POST  |                  | {} trailing | 400 | 6003 | ``
          POST  |                  | {'name': 'a', 'name': 'b'} | 400 | 6003 | ``
          POST  |                  | {'description': '\\ud800'} | 400 | 6003 | ``
          POST  |                  | [] | 400 | 1002 | ``
          POST  |                  | null | 400 | 1002 | ``
          POST  |                  | 'text' | 400 | 1002 | ``
          POST  |                  | {NAME: '', ROOM} | 400 | 1002 | /name
          POST  |                  | {NAME: 'a b', ROOM} | 400 | 1002 | /name
          POST  |                  | {NAME: 7, ROOM} | 400 | 1002 | /name
          POST  |                  | {NAME: null, ROOM} | 400 | 1002 | /name
          POST  |                  | {NAME: 'present', ROOM} | 400 | 1003 | /name
          POST  |                  | {NAME: 'other', ROOM, 'path': '/present'} | 400 | 1003 | /path
          POST  |                  | {NAME: 'other', LIMITS} | 400 | 1002 | /host
          POST  |                  | {NAME: 'other', LIMITS, 'host': 'http://a.example'} | 400 | 1002 | /host
          POST  |                  | {NAME: 'other', LIMITS, 'host': '*.a.example'} | 400 | 1002 | /host
          POST  |                  | {NAME: 'other', LIMITS, 'host': 'a.example:80'} | 400 | 1002 | /host
          POST  |                  | {NAME: 'other', ROOM, 'path': 'shop'} | 400 | 1002 | /path
          POST  |                  | {NAME: 'other', ROOM, 'path': '/a?b'} | 400 | 1002 | /path
          POST  |                  | {NAME: 'other', ROOM, 'path': '/a*'} | 400 | 1002 | /path
          POST  |                  | {NAME: 'other', ROOM, 'additional_routes': [{'host': 'b.example'}]} | 400 | 1002 | /cookie_suffix
          POST  |                  | {NAME: 'other', ROOM, 'cookie_suffix': 'b', 'additional_routes': [{'path': '/x'}]} | 400 | 1002 | /additional_routes/0/host
          POST  |                  | {NAME: 'other', ROOM, 'cookie_suffix': 'b', 'additional_routes': {}} | 400 | 1002 | /additional_routes
          POST  |                  | {NAME: 'other', ROOM, 'cookie_suffix': 'a;b'} | 400 | 1002 | /cookie_suffix
          POST  |                  | {NAME: 'other', ROOM, 'cookie_attributes': {'samesite': 'none', 'secure': 'never'}} | 400 | 1002 | /cookie_attributes/samesite
          POST  |                  | {NAME: 'other', ROOM, 'cookie_attributes': {'secure': 'maybe'}} | 400 | 1002 | /cookie_attributes/secure
          POST  |                  | {NAME: 'other', HOST, 'total_active_users': 199, 'new_users_per_minute': 200} | 400 | 1002 | /total_active_users
          POST  |                  | {NAME: 'other', HOST, 'total_active_users': 2147483648, 'new_users_per_minute': 200} | 400 | 1002 | /total_active_users
          POST  |                  | {NAME: 'other', HOST, 'total_active_users': '500', 'new_users_per_minute': 200} | 400 | 1002 | /total_active_users
          POST  |                  | {NAME: 'other', HOST, 'total_active_users': 500.5, 'new_users_per_minute': 200} | 400 | 1002 | /total_active_users
          POST  |                  | {NAME: 'other', HOST, 'total_active_users': 1e400, 'new_users_per_minute': 200} | 400 | 1002 | /total_active_users
          POST  |                  | {NAME: 'other', HOST, 'total_active_users': 500, 'new_users_per_minute': 501} | 400 | 1002 | /new_users_per_minute
          POST  |                  | {NAME: 'other', HOST, 'total_active_users': 500} | 400 | 1002 | /new_users_per_minute
          POST  |                  | {NAME: 'other', ROOM, 'session_duration': 0} | 400 | 1002 | /session_duration
          POST  |                  | {NAME: 'other', ROOM, 'session_duration': 31} | 400 | 1002 | /session_duration
          POST  |                  | {NAME: 'other', ROOM, 'queue_all': 'yes'} | 400 | 1002 | /queue_all
          POST  |                  | {NAME: 'other', ROOM, 'queueing_method': 'lifo'} | 400 | 1002 | /queueing_method
          POST  |                  | {NAME: 'other', ROOM, 'queueing_status_code': 201} | 400 | 1002 | /queueing_status_code
          POST  |                  | {NAME: 'other', ROOM, 'custom_page_html': '{{#open}}'} | 400 | 1002 | /custom_page_html
          POST  |                  | {NAME: 'other', ROOM, 'default_template_language': 'en'} | 400 | 1002 | /default_template_language
          POST  |                  | {NAME: 'other', ROOM, 'enabled_origin_commands': ['revoke', 'revoke']} | 400 | 1002 | /enabled_origin_commands/1
          POST  |                  | {NAME: 'other', ROOM, 'enabled_origin_commands': ['stop']} | 400 | 1002 | /enabled_origin_commands/0
          POST  |                  | {NAME: 'other', ROOM, 'turnstile_mode': 'on'} | 400 | 1002 | /turnstile_mode
          PUT   | /<room>          | {} | 400 | 1002 | /name
          PATCH | /<room>          | {'new_users_per_minute': 900} | 400 | 1002 | /new_users_per_minute
          PATCH | /<room>          | {'host': null} | 400 | 1002 | /host
          PATCH | /<room>          | [] | 400 | 1002 | ``
          POST  | /<room>/events   | {'name': 'x'} | 400 | 1002 | /event_start_time
          POST  | /<room>/events   | {'name': 'x', TIMES} | 400 | 1003 | /event_start_time
          POST  | /<room>/events   | {'name': 'x', 'event_start_time': 'tomorrow', 'event_end_time': '2041-01-01T12:00:00Z'} | 400 | 1002 | /event_start_time
          POST  | /<room>/events   | {'name': 'x', 'event_start_time': '2041-01-01T12:00:00Z', 'event_end_time': '2041-01-01T12:00:30Z'} | 400 | 1002 | /event_end_time
          PATCH | /<room>/events/<event> | {'prequeue_start_time': '2040-01-01T09:56:00Z'} | 400 | 1002 | /prequeue_start_time
          PATCH | /<room>/events/<event> | {'shuffle_at_event_start': true} | 400 | 1002 | /shuffle_at_event_start
          PATCH | /<room>/events/<event> | {'total_active_users': 300} | 400 | 1002 | /new_users_per_minute
          PUT   | /<room>/events/<event> | 7 | 400 | 1002 | ``
          POST  | /<room>/rules    | [] | 400 | 1002 | ``
          POST  | /<room>/rules    | {'action': 'block', 'expression': 'ssl'} | 400 | 1002 | /action
          POST  | /<room>/rules    | {'action': 'bypass_waiting_room', 'expression': 'ip.src in {'} | 400 | 1002 | /expression
          POST  | /<room>/rules    | {'action': 'bypass_waiting_room', 'expression': 'cf.threat_score'} | 400 | 1002 | /expression
          PUT   | /<room>/rules    | {} | 400 | 1002 | ``
          PUT   | /<room>/rules    | [{RULE}, {'action': 'bypass_waiting_room'}] | 400 | 1002 | /1/expression
          PATCH | /<room>/rules/<rule> | {'position': {'index': 0}} | 400 | 1002 | /position/index
          PATCH | /<room>/rules/<rule> | {'position': {'index': 1, 'before': ''}} | 400 | 1002 | /position
          PATCH | /<room>/rules/<rule> | {'position': {'before': 'nobody'}} | 400 | 1002 | /position/before
          PATCH | /settings        | {'search_engine_crawler_bypass': 'on'} | 400 | 1002 | /search_engine_crawler_bypass
          PUT   | /settings        | [] | 400 | 1002 | ``
          POST  | /preview         | {} | 400 | 1002 | /custom_html
          POST  | /preview         | {'custom_html': '{{>partial}}'} | 400 | 1002 | /custom_html
          PATCH | /0123456789abcdef0123456789abcdef | {} | 404 | 1001 | ``
          PATCH | /<room>/events/0123456789abcdef0123456789abcdef | {} | 404 | 1001 | ``
          PATCH | /<room>/rules/0123456789abcdef0123456789abcdef | {} | 404 | 1001 | ``
          """)
  void body_isRefused(
      String method, String path, String body, int status, int code, String pointer) {
    var at = path == null ? "" : path;
    var answer =
        api.rooms(
            method,
            at.replace("<room>", room).replace("<event>", event).replace("<rule>", rule),
            body.replace("NAME", "'name'")
                .replace("ROOM", "HOST, LIMITS")
                .replace("HOST", "'host': 'shop.example.com'")
                .replace("LIMITS", "'total_active_users': 500, 'new_users_per_minute': 300")
                .replace("TIMES", TIMES)
                .replace("RULE", RULE));
    var json = answer.json();
    assertEquals(status, answer.status(), answer.text());
    assertEquals(code, json.at("/errors/0/code").asInt(), answer.text());
    assertEquals(pointer, json.at("/errors/0/source/pointer").asText(), answer.text());
    assertFalse(json.path("success").asBoolean(true));
    assertTrue(json.path("result").isNull(), answer.text());
    assertTrue(json.path("messages").isArray());
    assertTrue(answer.header("content-type").startsWith("application/json"));
  }

  @Test
  void severalErrors_areToldAtOnce() {
    var answer = api.rooms("POST", "", "{'host': 'a b', 'path': 'x', 'queue_all': 1}");
    assertEquals(400, answer.status());
    assertEquals(
        java.util.List.of(
            "/name",
            "/host",
            "/path",
            "/total_active_users",
            "/new_users_per_minute",
            "/queue_all"),
        answer.json().path("errors").findValuesAsText("pointer"));
  }

  @Test
  void message_namesTheRange() {
    var answer = api.rooms("PATCH", "/" + room, "{'new_users_per_minute': 1}");
    assertEquals(
        "new_users_per_minute must be in range [200, total_active_users]: invalid data",
        answer.json().at("/errors/0/message").asText());
  }

  @Test
  void bodyTooLarge_is413() {
    var page = "x".repeat(8 * 1024 * 1024);
    var answer = api.rooms("PATCH", "/" + room, "{'custom_page_html': '" + page + "'}");
    assertEquals(413, answer.status());
    assertEquals(6003, answer.json().at("/errors/0/code").asInt());
  }

  @Test
  void pageTooLarge_is1002() {
    var page = "é".repeat(512 * 1024 + 1);
    var answer = api.rooms("PATCH", "/" + room, "{'custom_page_html': '" + page + "'}");
    assertEquals(400, answer.status(), answer.text());
    assertEquals("/custom_page_html", answer.json().at("/errors/0/source/pointer").asText());
    var preview = api.rooms("POST", "/preview", "{'custom_html': '" + page + "'}");
    assertEquals(400, preview.status());
    assertEquals("/custom_html", preview.json().at("/errors/0/source/pointer").asText());
  }

  @Test
  void tooManyRules_areRefused() {
    var many = ("{" + RULE + "},").repeat(101);
    var answer =
        api.rooms("PUT", "/" + room + "/rules", "[" + many.substring(0, many.length() - 1) + "]");
    assertEquals(400, answer.status());
    assertEquals(1002, answer.json().at("/errors/0/code").asInt());
  }
}
