package io.maitred.waitingroom.model.config;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.maitred.waitingroom.model.RoomId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Zones for tests, made by the rules. */
final class Zones {
  static final String ZONE = "0".repeat(31) + "a";
  static final RoomId ROOM = new RoomId("1".repeat(32));
  static final String EVENT = "e".repeat(32);
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  static final Instant LATER = NOW.plusSeconds(60);
  static final ConfigLimits LIMITS = new ConfigLimits(200, 4, 10_000);

  /** Pages with an open brace and expressions without a field are wrong; all hosts are right. */
  static final ConfigChecks CHECKS =
      new ConfigChecks(
          page -> page.contains("{{{") ? Optional.of("unclosed tag") : Optional.empty(),
          expression ->
              expression.contains("ip.src") ? Optional.empty() : Optional.of("no field at 1"),
          (zone, host) -> !host.equals("foreign.example"));

  static final ZoneRules RULES = new ZoneRules(LIMITS, CHECKS);
  static final Map<String, Object> BODY =
      Map.of(
          "name",
          "shop",
          "host",
          "shop.example",
          "total_active_users",
          400,
          "new_users_per_minute",
          300);
  static final Map<String, Object> EVENT_BODY =
      Map.of(
          "name",
          "sale",
          "event_start_time",
          "2026-02-01T10:00:00Z",
          "event_end_time",
          "2026-02-01T12:00:00Z");
  static final Map<String, Object> RULE_BODY =
      Map.of("action", "bypass_waiting_room", "expression", "ip.src in {10.20.30.40}");

  private Zones() {}

  /** A zone with one room of {@link #BODY}. */
  static Zone zone() {
    return changed(
        Zone.empty(ZONE), ZoneChange.ofRoom(ZoneChange.Kind.CREATE_ROOM, ROOM, BODY, NOW));
  }

  static Zone changed(Zone zone, ZoneChange change) {
    return changed(RULES.decide(zone, change));
  }

  static Zone changed(ZoneDecision decision) {
    return assertInstanceOf(ZoneDecision.Changed.class, decision, decision::toString).zone();
  }

  static List<Problem> refused(ZoneDecision decision) {
    return assertInstanceOf(ZoneDecision.Refused.class, decision, decision::toString).problems();
  }

  static Room room(Zone zone) {
    var room = zone.room(ROOM);
    if (room == null) {
      throw new AssertionError("no room in " + zone);
    }
    return room;
  }

  /** The body with one field more, or another value of it. */
  static Map<String, @Nullable Object> with(
      Map<String, Object> body, String name, @Nullable Object value) {
    var next = new HashMap<String, @Nullable Object>(body);
    next.put(name, value);
    return next;
  }

  static Map<String, Object> without(Map<String, Object> body, String name) {
    var next = new HashMap<>(body);
    next.remove(name);
    return next;
  }
}
