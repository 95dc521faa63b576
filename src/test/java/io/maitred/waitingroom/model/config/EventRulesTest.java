package io.maitred.waitingroom.model.config;

import static io.maitred.waitingroom.model.config.Zones.EVENT;
import static io.maitred.waitingroom.model.config.Zones.EVENT_BODY;
import static io.maitred.waitingroom.model.config.Zones.LATER;
import static io.maitred.waitingroom.model.config.Zones.NOW;
import static io.maitred.waitingroom.model.config.Zones.ROOM;
import static io.maitred.waitingroom.model.config.Zones.RULES;
import static io.maitred.waitingroom.model.config.Zones.changed;
import static io.maitred.waitingroom.model.config.Zones.refused;
import static io.maitred.waitingroom.model.config.Zones.room;
import static io.maitred.waitingroom.model.config.Zones.with;
import static io.maitred.waitingroom.model.config.Zones.without;
import static io.maitred.waitingroom.model.config.Zones.zone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventRulesTest {

  private static ZoneDecision decide(
      Zone zone, ZoneChange.Kind kind, String event, @Nullable Object body, Instant now) {
    return RULES.decide(zone, ZoneChange.ofPart(kind, ROOM, event, body, now));
  }

  private static ZoneDecision create(Zone zone, String event, @Nullable Object body) {
    return decide(zone, ZoneChange.Kind.CREATE_EVENT, event, body, NOW);
  }

  private static ZoneDecision patch(Zone zone, @Nullable Object body) {
    return decide(zone, ZoneChange.Kind.PATCH_EVENT, EVENT, body, LATER);
  }

  private static Zone zoneWithEvent() {
    return changed(create(zone(), EVENT, EVENT_BODY));
  }

  private static RoomEvent event(Zone zone) {
    return room(zone).events().get(0);
  }

  @Test
  void create_requiredFieldsOnly_inheritsAllOthers() {
    assertEquals(
        new RoomEvent(
            EVENT,
            NOW,
            NOW,
            "sale",
            "",
            false,
            Instant.parse("2026-02-01T10:00:00Z"),
            Instant.parse("2026-02-01T12:00:00Z"),
            null,
            false,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null),
        event(zoneWithEvent()));
    assertEquals(2, room(zoneWithEvent()).version());
    assertEquals(NOW, room(zoneWithEvent()).modifiedOn());
  }

  @Test
  void create_everyField_isStoredInUtc() {
    var body = new HashMap<String, Object>(EVENT_BODY);
    body.putAll(
        Map.of(
            "event_start_time",
            "2026-02-01T12:00:00.1234567+02:00",
            "prequeue_start_time",
            "2026-02-01t09:00:00z",
            "shuffle_at_event_start",
            true,
            "total_active_users",
            2000,
            "new_users_per_minute",
            200,
            "session_duration",
            1,
            "disable_session_renewal",
            false,
            "queueing_method",
            "Random"));
    body.putAll(
        Map.of(
            "custom_page_html",
            "",
            "turnstile_mode",
            "invisible",
            "turnstile_action",
            "log",
            "description",
            "d",
            "suspended",
            true));
    assertEquals(
        new RoomEvent(
            EVENT,
            NOW,
            NOW,
            "sale",
            "d",
            true,
            Instant.parse("2026-02-01T10:00:00.123Z"),
            Instant.parse("2026-02-01T12:00:00Z"),
            Instant.parse("2026-02-01T09:00:00Z"),
            true,
            2000,
            200,
            1,
            false,
            QueueingMethod.RANDOM,
            "",
            TurnstileMode.INVISIBLE,
            TurnstileAction.LOG),
        event(changed(create(zone(), EVENT, body))));
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        arguments("name", null, "name is required"),
        arguments("name", "a/b", "name must match [A-Za-z0-9_-]+"),
        arguments("event_start_time", null, "event_start_time is required"),
        arguments(
            "event_start_time",
            "2026-02-01",
            "event_start_time must be a timestamp in the form of RFC 3339"),
        arguments(
            "event_start_time",
            1769940000,
            "event_start_time must be a timestamp in the form of RFC 3339"),
        arguments(
            "event_end_time",
            "2026-02-01T10:00:59.999Z",
            "event_end_time must be at least 1 minute after event_start_time"),
        arguments(
            "prequeue_start_time",
            "2026-02-01T09:55:00.001Z",
            "prequeue_start_time must be at least 5 minutes before event_start_time"),
        arguments(
            "shuffle_at_event_start",
            true,
            "shuffle_at_event_start must be false without prequeue_start_time"),
        arguments(
            "total_active_users", 199, "total_active_users must be in range [200, 2147483647]"),
        arguments(
            "new_users_per_minute",
            200,
            "total_active_users is required together with new_users_per_minute"),
        arguments(
            "total_active_users",
            200,
            "new_users_per_minute is required together with total_active_users"),
        arguments("session_duration", 31, "session_duration must be in range [1, 30]"),
        arguments("disable_session_renewal", "no", "disable_session_renewal must be a boolean"),
        arguments(
            "queueing_method",
            "none",
            "queueing_method must be one of fifo, random, passthrough, reject"),
        arguments("custom_page_html", "{{{", "custom_page_html is no template: unclosed tag"),
        arguments("suspended", 0, "suspended must be a boolean"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("invalid")
  void create_oneWrongValue_isTold(String field, @Nullable Object value, String message) {
    var problems = refused(create(zone(), EVENT, with(EVENT_BODY, field, value)));
    assertEquals(message + ": invalid data", problems.get(0).message());
    assertEquals(1, problems.size());
    assertEquals("/" + message.substring(0, message.indexOf(' ')), problems.get(0).pointer());
  }

  @Test
  void create_moreNewUsersThanTotal_isRefused() {
    var body = with(with(EVENT_BODY, "total_active_users", 300), "new_users_per_minute", 301);
    assertEquals(
        "new_users_per_minute must be in range [200, total_active_users]: invalid data",
        refused(create(zone(), EVENT, body)).get(0).message());
  }

  /** The present event takes 10:00 to 12:00. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "before and touching,     ,        09:00, 10:00, true",
    "after and touching,      ,        12:00, 13:00, true",
    "pre-queue touching,      12:00,   12:05, 13:00, true",
    "around,                  ,        09:00, 13:00, false",
    "inside,                  ,        10:30, 11:00, false",
    "into its beginning,      ,        09:00, 10:01, false",
    "pre-queue inside,        11:59,   12:30, 13:00, false"
  })
  void create_besideAnother_mustNotOverlap(
      String name, @Nullable String prequeue, String start, String end, boolean fine) {
    var body = with(EVENT_BODY, "name", "second");
    body.put("event_start_time", "2026-02-01T" + start + ":00Z");
    body.put("event_end_time", "2026-02-01T" + end + ":00Z");
    if (prequeue != null) {
      body.put("prequeue_start_time", "2026-02-01T" + prequeue + ":00Z");
    }
    var suspended = changed(patch(zoneWithEvent(), Map.of("suspended", true)));
    var decision = create(suspended, "f".repeat(32), body);
    if (fine) {
      assertEquals(2, room(changed(decision)).events().size());
    } else {
      assertEquals(
          List.of(
              new Problem(
                  1003,
                  "the event overlaps event " + EVENT + " (sale)",
                  prequeue == null ? "/event_start_time" : "/prequeue_start_time")),
          refused(decision));
    }
  }

  @Test
  void create_nameTaken_isRefused() {
    var body = with(EVENT_BODY, "event_start_time", "2026-02-03T00:00:00Z");
    body.put("event_end_time", "2026-02-04T00:00:00Z");
    assertEquals(
        List.of(
            new Problem(1003, "name sale is used by another event of the waiting room", "/name")),
        refused(create(zoneWithEvent(), "f".repeat(32), body)));
  }

  @Test
  void create_sixthEvent_isRefusedPastOnesCount() {
    var zone = zone();
    for (int day = 1; day <= 5; day++) {
      zone = changed(create(zone, Integer.toString(day).repeat(32), onDay(day)));
    }
    assertEquals(
        "a waiting room must have at most 5 events: invalid data",
        refused(create(zone, "6".repeat(32), onDay(6))).get(0).message());
    var change =
        ZoneChange.ofPart(
            ZoneChange.Kind.PATCH_EVENT, ROOM, "1".repeat(32), Map.of("description", "d"), LATER);
    assertEquals("d", event(changed(zone, change)).description());
  }

  private static Map<String, Object> onDay(int day) {
    return Map.of(
        "name",
        "day-" + day,
        "event_start_time",
        "2020-01-0" + day + "T10:00:00Z",
        "event_end_time",
        "2020-01-0" + day + "T11:00:00Z");
  }

  @Test
  void patch_changesOnlyWhatIsThere_nullInheritsAgain() {
    var users = Map.of("total_active_users", 500, "new_users_per_minute", 400);
    var zone = changed(patch(zoneWithEvent(), users));
    var next = event(changed(patch(zone, Map.of("session_duration", 7))));
    assertEquals(500, next.totalActiveUsers());
    assertEquals(7, next.sessionDuration());
    assertEquals(NOW, next.createdOn());
    assertEquals(LATER, next.modifiedOn());
    var none = new HashMap<String, @Nullable Object>();
    none.put("total_active_users", null);
    assertEquals("/total_active_users", refused(patch(zone, none)).get(0).pointer());
    none.put("new_users_per_minute", null);
    assertNull(event(changed(patch(zone, none))).totalActiveUsers());
  }

  @Test
  void patch_partOfTheTimes_isCheckedWithTheRest() {
    assertEquals(
        "/event_end_time",
        refused(patch(zoneWithEvent(), Map.of("event_end_time", "2026-02-01T09:00:00Z")))
            .get(0)
            .pointer());
  }

  @Test
  void replace_omittedFields_areInheritedAgain() {
    var zone = changed(patch(zoneWithEvent(), Map.of("session_duration", 7, "suspended", true)));
    var replaced =
        event(changed(decide(zone, ZoneChange.Kind.REPLACE_EVENT, EVENT, EVENT_BODY, LATER)));
    assertNull(replaced.sessionDuration());
    assertEquals(false, replaced.suspended());
    assertEquals(NOW, replaced.createdOn());
    assertEquals(
        "/name",
        refused(
                decide(
                    zone, ZoneChange.Kind.REPLACE_EVENT, EVENT, without(EVENT_BODY, "name"), LATER))
            .get(0)
            .pointer());
  }

  @Test
  void unknownEvent_isNotFound() {
    for (var kind :
        List.of(
            ZoneChange.Kind.REPLACE_EVENT,
            ZoneChange.Kind.PATCH_EVENT,
            ZoneChange.Kind.DELETE_EVENT)) {
      assertEquals(
          List.of(Problem.notFound()),
          refused(decide(zone(), kind, EVENT, EVENT_BODY, LATER)),
          kind.toString());
    }
    var gone = changed(decide(zoneWithEvent(), ZoneChange.Kind.DELETE_EVENT, EVENT, null, LATER));
    assertEquals(List.of(), room(gone).events());
    assertEquals(3, room(gone).version());
  }
}
