package io.maitred.waitingroom.model.config;

import static io.maitred.waitingroom.model.config.Zones.BODY;
import static io.maitred.waitingroom.model.config.Zones.LATER;
import static io.maitred.waitingroom.model.config.Zones.NOW;
import static io.maitred.waitingroom.model.config.Zones.ROOM;
import static io.maitred.waitingroom.model.config.Zones.RULES;
import static io.maitred.waitingroom.model.config.Zones.ZONE;
import static io.maitred.waitingroom.model.config.Zones.changed;
import static io.maitred.waitingroom.model.config.Zones.refused;
import static io.maitred.waitingroom.model.config.Zones.room;
import static io.maitred.waitingroom.model.config.Zones.with;
import static io.maitred.waitingroom.model.config.Zones.without;
import static io.maitred.waitingroom.model.config.Zones.zone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.maitred.waitingroom.model.RoomId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RoomRulesTest {
  private static final RoomId OTHER = new RoomId("2".repeat(32));

  private static ZoneDecision create(Zone zone, RoomId id, @Nullable Object body) {
    return RULES.decide(zone, ZoneChange.ofRoom(ZoneChange.Kind.CREATE_ROOM, id, body, NOW));
  }

  private static ZoneDecision patch(Zone zone, @Nullable Object body) {
    return RULES.decide(zone, ZoneChange.ofRoom(ZoneChange.Kind.PATCH_ROOM, ROOM, body, LATER));
  }

  private static ZoneDecision replace(Zone zone, @Nullable Object body) {
    return RULES.decide(zone, ZoneChange.ofRoom(ZoneChange.Kind.REPLACE_ROOM, ROOM, body, LATER));
  }

  @Test
  void create_requiredFieldsOnly_hasTheDefaults() {
    assertEquals(
        new Room(
            ROOM,
            ZONE,
            1,
            NOW,
            NOW,
            new RoomConfig(
                "shop",
                "",
                "shop.example",
                "/",
                List.of(),
                "",
                CookieAttributes.DEFAULT,
                400,
                300,
                5,
                false,
                false,
                false,
                false,
                QueueingMethod.FIFO,
                200,
                "",
                "en-US",
                List.of(),
                TurnstileMode.OFF,
                TurnstileAction.LOG),
            List.of(),
            List.of()),
        room(zone()));
  }

  @Test
  void create_everyField_isStored() {
    var body = new HashMap<String, Object>(BODY);
    body.putAll(
        Map.of(
            "description",
            "big",
            "path",
            "/Shop/",
            "additional_routes",
            List.of(
                Map.of("host", "WWW.shop.example"), Map.of("host", "b.example", "path", "/x//")),
            "cookie_suffix",
            "q_1",
            "cookie_attributes",
            Map.of("samesite", "None", "secure", "always"),
            "session_duration",
            30,
            "disable_session_renewal",
            true,
            "suspended",
            true,
            "queue_all",
            true,
            "json_response_enabled",
            true));
    body.putAll(
        Map.of(
            "queueing_method",
            "RANDOM",
            "queueing_status_code",
            429,
            "custom_page_html",
            "<p>{{waitTime}}</p>",
            "default_template_language",
            "pt-BR",
            "enabled_origin_commands",
            List.of("revoke"),
            "turnstile_mode",
            "visible_managed",
            "turnstile_action",
            "infinite_queue",
            "id",
            "read-only",
            "created_on",
            7,
            "nobody knows this",
            Map.of()));

    assertEquals(
        new RoomConfig(
            "shop",
            "big",
            "shop.example",
            "/Shop",
            List.of(new RoomRoute("www.shop.example", "/"), new RoomRoute("b.example", "/x")),
            "q_1",
            new CookieAttributes(SameSite.NONE, SecureCookie.ALWAYS),
            400,
            300,
            30,
            true,
            true,
            true,
            true,
            QueueingMethod.RANDOM,
            429,
            "<p>{{waitTime}}</p>",
            "pt-BR",
            List.of(OriginCommand.REVOKE),
            TurnstileMode.VISIBLE_MANAGED,
            TurnstileAction.INFINITE_QUEUE),
        room(changed(create(Zone.empty(ZONE), ROOM, body))).config());
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        arguments("name", null, "name is required", "/name"),
        arguments("name", "a b", "name must match [A-Za-z0-9_-]+", "/name"),
        arguments("name", "", "name must match [A-Za-z0-9_-]+", "/name"),
        arguments("name", 1, "name must match [A-Za-z0-9_-]+", "/name"),
        arguments("host", null, "host is required", "/host"),
        arguments("host", "https://a.example", HOST, "/host"),
        arguments("host", "*.example", HOST, "/host"),
        arguments("host", "a.example:80", HOST, "/host"),
        arguments("host", "", HOST, "/host"),
        arguments("host", "foreign.example", "host must belong to the zone", "/host"),
        arguments("path", "shop", PATH, "/path"),
        arguments("path", "", PATH, "/path"),
        arguments("path", "/shop*", PATH, "/path"),
        arguments("path", "/shop?a=b", PATH, "/path"),
        arguments("path", "/shop#top", PATH, "/path"),
        arguments("path", "/a b", PATH, "/path"),
        arguments("additional_routes", "x", "additional_routes must be an array", ROUTES),
        arguments(
            "additional_routes",
            List.of("x"),
            "additional_routes/0 must be an object",
            "/additional_routes/0"),
        arguments(
            "additional_routes",
            List.of(Map.of("path", "/a")),
            "additional_routes/0/host is required",
            "/additional_routes/0/host"),
        arguments(
            "cookie_suffix",
            "a b",
            "cookie_suffix must have at most 64 characters, all of them [A-Za-z0-9_-]",
            "/cookie_suffix"),
        arguments(
            "cookie_suffix",
            "a".repeat(65),
            "cookie_suffix must have at most 64 characters, all of them [A-Za-z0-9_-]",
            "/cookie_suffix"),
        arguments(
            "cookie_attributes",
            Map.of("samesite", "none", "secure", "never"),
            "cookie_attributes/samesite must not be none when secure is never",
            "/cookie_attributes/samesite"),
        arguments(
            "cookie_attributes",
            Map.of("secure", "sometimes"),
            "cookie_attributes/secure must be one of auto, always, never",
            "/cookie_attributes/secure"),
        arguments(
            "cookie_attributes", 1, "cookie_attributes must be an object", "/cookie_attributes"),
        arguments("total_active_users", null, "total_active_users is required", TOTAL),
        arguments("total_active_users", 299, NEW_RANGE, NEW),
        arguments("total_active_users", 199, TOTAL_RANGE, TOTAL),
        arguments("total_active_users", 2147483648L, TOTAL_RANGE, TOTAL),
        arguments("total_active_users", 400.0, TOTAL_RANGE, TOTAL),
        arguments("total_active_users", "400", TOTAL_RANGE, TOTAL),
        arguments("new_users_per_minute", 199, NEW_RANGE, NEW),
        arguments("new_users_per_minute", 401, NEW_RANGE, NEW),
        arguments("new_users_per_minute", true, NEW_RANGE, NEW),
        arguments(
            "session_duration",
            0,
            "session_duration must be in range [1, 30]",
            "/session_duration"),
        arguments(
            "session_duration",
            31,
            "session_duration must be in range [1, 30]",
            "/session_duration"),
        arguments("suspended", "true", "suspended must be a boolean", "/suspended"),
        arguments("queue_all", 1, "queue_all must be a boolean", "/queue_all"),
        arguments(
            "queueing_method",
            "lifo",
            "queueing_method must be one of fifo, random, passthrough, reject",
            "/queueing_method"),
        arguments(
            "queueing_status_code",
            503,
            "queueing_status_code must be one of 200, 202, 429",
            "/queueing_status_code"),
        arguments(
            "custom_page_html",
            "{{{",
            "custom_page_html is no template: unclosed tag",
            "/custom_page_html"),
        arguments(
            "custom_page_html",
            "ä".repeat(524_289),
            "custom_page_html must have at most 1048576 bytes in UTF-8",
            "/custom_page_html"),
        arguments(
            "description",
            "x".repeat(1001),
            "description must be a string of at most 1000 characters",
            "/description"),
        arguments(
            "enabled_origin_commands",
            List.of("revoke", "REVOKE"),
            "enabled_origin_commands/1 must not appear twice",
            "/enabled_origin_commands/1"),
        arguments(
            "enabled_origin_commands",
            Arrays.asList("revoke", null),
            "enabled_origin_commands/1 must be one of revoke",
            "/enabled_origin_commands/1"),
        arguments(
            "turnstile_mode",
            "on",
            "turnstile_mode must be one of off, invisible, visible_non_interactive, visible_managed",
            "/turnstile_mode"),
        arguments(
            "turnstile_action",
            "drop",
            "turnstile_action must be one of log, infinite_queue",
            "/turnstile_action"));
  }

  private static final String HOST = "host must be a host name without scheme, port or wildcard";
  private static final String PATH =
      "path must start with / and contain no wildcard, query, fragment or blank";
  private static final String ROUTES = "/additional_routes";
  private static final String TOTAL = "/total_active_users";
  private static final String TOTAL_RANGE = "total_active_users must be in range [200, 2147483647]";
  private static final String NEW = "/new_users_per_minute";
  private static final String NEW_RANGE =
      "new_users_per_minute must be in range [200, total_active_users]";

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("invalid")
  void create_oneWrongValue_isToldWithItsPlace(
      String field, @Nullable Object value, String message, String pointer) {
    var body = with(with(BODY, "cookie_suffix", "s"), field, value);
    assertEquals(
        List.of(new Problem(1002, message + ": invalid data", pointer)),
        refused(create(Zone.empty(ZONE), ROOM, body)));
  }

  @Test
  void create_language_mustBeOneOfThirtyNine() {
    assertEquals(39, Languages.ALL.stream().distinct().count());
    var problems =
        refused(create(Zone.empty(ZONE), ROOM, with(BODY, "default_template_language", "en-us")));
    assertEquals("/default_template_language", problems.get(0).pointer());
    for (var language : Languages.ALL) {
      changed(create(Zone.empty(ZONE), ROOM, with(BODY, "default_template_language", language)));
    }
  }

  @Test
  void create_severalProblems_areToldAtOnce() {
    assertEquals(
        List.of("/name", "/host", "/total_active_users", "/new_users_per_minute"),
        refused(create(Zone.empty(ZONE), ROOM, Map.of())).stream().map(Problem::pointer).toList());
    assertEquals(
        new Problem(1002, "the body must be an object: invalid data", ""),
        refused(create(Zone.empty(ZONE), ROOM, List.of(BODY))).get(0));
  }

  @Test
  void create_otherMinimum_isNamedInTheMessage() {
    var rules = new ZoneRules(new ConfigLimits(2, 4, 1000), Zones.CHECKS);
    var body = with(with(BODY, "total_active_users", 1), "new_users_per_minute", 2);
    var decision =
        rules.decide(
            Zone.empty(ZONE), ZoneChange.ofRoom(ZoneChange.Kind.CREATE_ROOM, ROOM, body, NOW));
    assertEquals(
        "total_active_users must be in range [2, 2147483647]: invalid data",
        refused(decision).get(0).message());
  }

  @Test
  void create_routesWithoutSuffix_isRefused() {
    var routes = List.of(Map.of("host", "b.example"));
    assertEquals(
        List.of(
            new Problem(
                1002,
                "cookie_suffix is required when additional_routes is not empty: invalid data",
                "/cookie_suffix")),
        refused(create(Zone.empty(ZONE), ROOM, with(BODY, "additional_routes", routes))));
  }

  @Test
  void create_nullForOptionalFields_isTheDefault() {
    var body = with(BODY, "path", null);
    for (var name :
        List.of(
            "additional_routes",
            "cookie_suffix",
            "cookie_attributes",
            "session_duration",
            "suspended",
            "queueing_method",
            "queueing_status_code",
            "custom_page_html",
            "description",
            "enabled_origin_commands",
            "default_template_language",
            "turnstile_mode")) {
      body.put(name, null);
    }
    assertEquals(room(zone()), room(changed(create(Zone.empty(ZONE), ROOM, body))));
  }

  static Stream<Arguments> taken() {
    Object own = List.of(Map.of("host", "c.example", "path", "/b"));
    return Stream.of(
        arguments(
            "name",
            Map.of("name", "shop", "path", "/b"),
            "name shop is used by another" + " waiting room of the zone",
            "/name"),
        arguments("main route", Map.of("path", "/"), covered("shop.example/"), "/path"),
        arguments(
            "route of a route",
            Map.of("host", "B.example", "path", "/x/"),
            covered("b.example/x"),
            "/path"),
        arguments(
            "additional route",
            Map.of(
                "path",
                "/b",
                "cookie_suffix",
                "s",
                "additional_routes",
                List.of(Map.of("host", "a.example"), Map.of("host", "shop.example"))),
            covered("shop.example/"),
            "/additional_routes/1"),
        arguments(
            "own main route",
            Map.of(
                "host", "c.example", "path", "/b", "cookie_suffix", "s", "additional_routes", own),
            covered("c.example/b"),
            "/additional_routes/0"));
  }

  private static String covered(String route) {
    return "route " + route + " is covered by a waiting room of the zone already";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("taken")
  void create_nameOrRouteTaken_isRefused(
      String name, Map<String, Object> changes, String message, String pointer) {
    var routes = List.of(Map.of("host", "b.example", "path", "/x"));
    var zone = changed(patch(zone(), Map.of("cookie_suffix", "s", "additional_routes", routes)));
    var body = new HashMap<String, Object>(BODY);
    body.put("name", "other");
    body.putAll(changes);
    assertEquals(List.of(new Problem(1003, message, pointer)), refused(create(zone, OTHER, body)));
  }

  @Test
  void replace_ownNameAndRoute_areFree() {
    var next = room(changed(replace(zone(), BODY)));
    assertEquals(2, next.version());
    assertEquals(NOW, next.createdOn());
    assertEquals(LATER, next.modifiedOn());
  }

  @Test
  void replace_omittedFields_areTheDefaultsAgain() {
    var zone = changed(patch(zone(), Map.of("suspended", true, "description", "d")));
    assertEquals(room(zone()).config(), room(changed(replace(zone, BODY))).config());
    assertEquals("/host", refused(replace(zone, without(BODY, "host"))).get(0).pointer());
  }

  @Test
  void patch_changesOnlyWhatIsThere() {
    var zone = changed(patch(zone(), Map.of("description", "d")));
    var next = room(changed(patch(zone, Map.of("queue_all", true))));
    assertEquals("d", next.config().description());
    assertEquals(true, next.config().queueAll());
    assertEquals(400, next.config().totalActiveUsers());
    assertEquals(3, next.version());
    var none = new HashMap<String, @Nullable Object>();
    none.put("description", null);
    assertEquals("", room(changed(patch(zone, none))).config().description());
    none.put("name", null);
    assertEquals("name is required: invalid data", refused(patch(zone, none)).get(0).message());
  }

  @Test
  void patch_oneCookieAttribute_keepsTheOther() {
    var zone = changed(patch(zone(), Map.of("cookie_attributes", Map.of("secure", "never"))));
    var next = changed(patch(zone, Map.of("cookie_attributes", Map.of("samesite", "lax"))));
    assertEquals(
        new CookieAttributes(SameSite.LAX, SecureCookie.NEVER),
        room(next).config().cookieAttributes());
    assertEquals(
        "/cookie_attributes/samesite",
        refused(patch(zone, Map.of("cookie_attributes", Map.of("samesite", "none"))))
            .get(0)
            .pointer());
  }

  @Test
  void patch_oneLimit_isCheckedAgainstTheOther() {
    assertEquals(
        "new_users_per_minute must be in range [200, total_active_users]: invalid data",
        refused(patch(zone(), Map.of("total_active_users", 250))).get(0).message());
    assertEquals(
        250,
        room(changed(patch(zone(), Map.of("total_active_users", 250, "new_users_per_minute", 250))))
            .config()
            .totalActiveUsers());
  }

  @Test
  void patch_suffixTakenAwayFromRoutes_isRefused() {
    var routes = List.of(Map.of("host", "b.example"));
    var zone = changed(patch(zone(), Map.of("cookie_suffix", "s", "additional_routes", routes)));
    assertEquals(
        "/cookie_suffix", refused(patch(zone, Map.of("cookie_suffix", ""))).get(0).pointer());
    changed(patch(zone, Map.of("cookie_suffix", "", "additional_routes", List.of())));
  }

  @Test
  void unknownRoom_isNotFound() {
    for (var kind : ZoneChange.Kind.values()) {
      var change = new ZoneChange(kind, OTHER, "x", List.of(), Map.of(), NOW);
      switch (kind) {
        case CREATE_ROOM, REPLACE_SETTINGS, PATCH_SETTINGS -> {}
        default -> {
          var decision = (ZoneDecision.Refused) RULES.decide(zone(), change);
          assertEquals(List.of(new Problem(1001, "Object not found.", "")), decision.problems());
          assertEquals(404, decision.status());
        }
      }
    }
  }

  @Test
  void delete_freesNameAndRoute() {
    var gone = changed(RULES.decide(zone(), delete()));
    assertNull(gone.room(ROOM));
    changed(create(gone, OTHER, BODY));
    assertEquals(404, ((ZoneDecision.Refused) RULES.decide(gone, delete())).status());
  }

  private static ZoneChange delete() {
    return ZoneChange.ofRoom(ZoneChange.Kind.DELETE_ROOM, ROOM, null, LATER);
  }

  @Test
  void create_tooManyRooms_isRefused() {
    var zone = zone();
    for (int index = 2; index <= 4; index++) {
      var id = new RoomId(Integer.toString(index).repeat(32));
      var body = with(with(BODY, "name", "room-" + index), "path", "/" + index);
      zone = changed(create(zone, id, body));
    }
    assertEquals(
        "a zone must have at most 4 waiting rooms: invalid data",
        refused(create(zone, new RoomId("9".repeat(32)), with(BODY, "name", "x")))
            .get(0)
            .message());
  }

  @Test
  void patch_zoneTooLarge_isRefusedUnlessItShrinks() {
    var refused = refused(patch(zone(), Map.of("custom_page_html", "x".repeat(10_001))));
    assertEquals(
        "all pages, rules and descriptions of a zone must have at most 10000 characters: invalid"
            + " data",
        refused.get(0).message());
    changed(patch(zone(), Map.of("custom_page_html", "x".repeat(10_000))));
  }

  @Test
  void rooms_areInTheOrderOfTheirCreation() {
    var older =
        ZoneChange.ofRoom(
            ZoneChange.Kind.CREATE_ROOM,
            OTHER,
            with(with(BODY, "name", "other"), "path", "/o"),
            NOW.minusSeconds(1));
    assertEquals(
        List.of(OTHER, ROOM), changed(zone(), older).rooms().stream().map(Room::id).toList());
  }

  @Test
  void settings_replaceResetsPatchDoesNot() {
    var on =
        changed(
            zone(),
            ZoneChange.ofSettings(
                ZoneChange.Kind.PATCH_SETTINGS,
                Map.of("search_engine_crawler_bypass", true),
                LATER));
    assertEquals(new ZoneSettings(true), on.settings());
    assertEquals(zone().rooms(), on.rooms());
    var patched =
        changed(on, ZoneChange.ofSettings(ZoneChange.Kind.PATCH_SETTINGS, Map.of(), LATER));
    assertEquals(new ZoneSettings(true), patched.settings());
    var replaced =
        changed(on, ZoneChange.ofSettings(ZoneChange.Kind.REPLACE_SETTINGS, Map.of(), LATER));
    assertEquals(ZoneSettings.DEFAULT, replaced.settings());
    assertEquals(
        List.of(
            new Problem(
                1002,
                "search_engine_crawler_bypass must be a boolean: invalid data",
                "/search_engine_crawler_bypass")),
        refused(
            RULES.decide(
                on,
                ZoneChange.ofSettings(
                    ZoneChange.Kind.PATCH_SETTINGS,
                    Map.of("search_engine_crawler_bypass", "yes"),
                    LATER))));
  }
}
