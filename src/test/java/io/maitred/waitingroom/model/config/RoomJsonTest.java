package io.maitred.waitingroom.model.config;

import static io.maitred.waitingroom.model.config.Zones.EVENT;
import static io.maitred.waitingroom.model.config.Zones.EVENT_BODY;
import static io.maitred.waitingroom.model.config.Zones.NOW;
import static io.maitred.waitingroom.model.config.Zones.ROOM;
import static io.maitred.waitingroom.model.config.Zones.RULE_BODY;
import static io.maitred.waitingroom.model.config.Zones.changed;
import static io.maitred.waitingroom.model.config.Zones.room;
import static io.maitred.waitingroom.model.config.Zones.with;
import static io.maitred.waitingroom.model.config.Zones.zone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomJsonTest {

  private static Zone withEvent(Map<String, ?> body, String id) {
    return withEvent(zone(), body, id);
  }

  private static Zone withEvent(Zone zone, Map<String, ?> body, String id) {
    return changed(zone, ZoneChange.ofPart(ZoneChange.Kind.CREATE_EVENT, ROOM, id, body, NOW));
  }

  @Test
  void room_hasEveryField() {
    var json = RoomJson.room(room(zone()), NOW);
    assertEquals(
        Set.of(
            "id",
            "created_on",
            "modified_on",
            "name",
            "host",
            "path",
            "additional_routes",
            "cookie_suffix",
            "cookie_attributes",
            "total_active_users",
            "new_users_per_minute",
            "session_duration",
            "disable_session_renewal",
            "suspended",
            "queue_all",
            "json_response_enabled",
            "queueing_method",
            "queueing_status_code",
            "custom_page_html",
            "default_template_language",
            "description",
            "enabled_origin_commands",
            "turnstile_mode",
            "turnstile_action",
            "next_event_start_time",
            "next_event_prequeue_start_time"),
        json.keySet());
    assertEquals("2026-01-02T03:04:05.678Z", json.get("created_on"));
    assertEquals("1".repeat(32), json.get("id"));
    assertEquals(Map.of("samesite", "auto", "secure", "auto"), json.get("cookie_attributes"));
    assertEquals("fifo", json.get("queueing_method"));
    assertNull(json.get("next_event_start_time"));
  }

  @Test
  void room_readBackAsABody_isTheSame() {
    var routes = List.of(Map.of("host", "b.example", "path", "/x"));
    var zone =
        changed(
            zone(),
            ZoneChange.ofRoom(
                ZoneChange.Kind.PATCH_ROOM,
                ROOM,
                Map.of(
                    "additional_routes",
                    routes,
                    "cookie_suffix",
                    "s",
                    "enabled_origin_commands",
                    List.of("revoke")),
                NOW));
    var again =
        changed(
            zone,
            ZoneChange.ofRoom(
                ZoneChange.Kind.REPLACE_ROOM, ROOM, RoomJson.room(room(zone), NOW), NOW));
    assertEquals(room(zone).config(), room(again).config());
  }

  @Test
  void event_inheritedFieldsAreNull_detailsFillThem() {
    var zone = withEvent(with(EVENT_BODY, "session_duration", 9), EVENT);
    var event = room(zone).events().get(0);
    var json = RoomJson.event(event);
    assertEquals(18, json.size());
    assertNull(json.get("total_active_users"));
    assertEquals("2026-02-01T10:00:00.000Z", json.get("event_start_time"));
    var details = RoomJson.eventDetails(event, room(zone).config());
    assertEquals(json.keySet(), details.keySet());
    assertEquals(400, details.get("total_active_users"));
    assertEquals(300, details.get("new_users_per_minute"));
    assertEquals(9, details.get("session_duration"));
    assertEquals("fifo", details.get("queueing_method"));
    assertEquals("off", details.get("turnstile_mode"));
    assertEquals("log", details.get("turnstile_action"));
    details.remove("prequeue_start_time");
    assertTrue(!details.containsValue(null), details.toString());
  }

  @Test
  void rules_haveTheVersionAsText() {
    var zone =
        changed(zone(), ZoneChange.ofPart(ZoneChange.Kind.APPEND_RULE, ROOM, "r", RULE_BODY, NOW));
    assertEquals(
        List.of(
            Map.of(
                "id",
                "r",
                "version",
                "1",
                "action",
                "bypass_waiting_room",
                "expression",
                "ip.src in {10.20.30.40}",
                "description",
                "",
                "enabled",
                true,
                "last_updated",
                "2026-01-02T03:04:05.678Z")),
        RoomJson.rules(room(zone)));
    assertEquals(Map.of("search_engine_crawler_bypass", false), RoomJson.settings(zone.settings()));
  }

  /** One event from 10:00 to 12:00 with a pre-queue from 9:00, a later one that is suspended. */
  @ParameterizedTest(name = "at {0}")
  @CsvSource({
    "2026-01-01T00:00:00Z, 2026-02-01T10:00:00.000Z, 2026-02-01T09:00:00.000Z",
    "2026-02-01T11:59:59Z, 2026-02-01T10:00:00.000Z, 2026-02-01T09:00:00.000Z",
    "2026-02-01T12:00:00Z, ,"
  })
  void nextEvent_isTheFirstThatHasNotEnded(
      Instant now, @Nullable String start, @Nullable String prequeue) {
    var later =
        Map.of(
            "name",
            "later",
            "suspended",
            true,
            "event_start_time",
            "2026-03-01T10:00:00Z",
            "event_end_time",
            "2026-03-01T12:00:00Z");
    var zone = withEvent(later, "f".repeat(32));
    zone = withEvent(zone, with(EVENT_BODY, "prequeue_start_time", "2026-02-01T09:00:00Z"), EVENT);
    var json = RoomJson.room(room(zone), now);
    assertEquals(start, json.get("next_event_start_time"));
    assertEquals(prequeue, json.get("next_event_prequeue_start_time"));
  }
}
