package io.maitred.waitingroom.model.config;

import static io.maitred.waitingroom.model.config.Zones.LATER;
import static io.maitred.waitingroom.model.config.Zones.NOW;
import static io.maitred.waitingroom.model.config.Zones.ROOM;
import static io.maitred.waitingroom.model.config.Zones.RULES;
import static io.maitred.waitingroom.model.config.Zones.RULE_BODY;
import static io.maitred.waitingroom.model.config.Zones.changed;
import static io.maitred.waitingroom.model.config.Zones.refused;
import static io.maitred.waitingroom.model.config.Zones.room;
import static io.maitred.waitingroom.model.config.Zones.with;
import static io.maitred.waitingroom.model.config.Zones.zone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BypassRulesTest {

  private static ZoneDecision decide(
      Zone zone, ZoneChange.Kind kind, String rule, @Nullable Object body) {
    return RULES.decide(zone, ZoneChange.ofPart(kind, ROOM, rule, body, LATER));
  }

  private static ZoneDecision replace(Zone zone, @Nullable Object body) {
    int size = body instanceof List<?> list ? list.size() : 0;
    var ids = new ArrayList<String>();
    for (int index = 0; index < size; index++) {
      ids.add("r" + index);
    }
    return RULES.decide(zone, ZoneChange.ofRules(ROOM, ids, body, NOW));
  }

  /** A zone whose room has the rules r0, r1 and r2. */
  private static Zone three() {
    return changed(replace(zone(), Collections.nCopies(3, RULE_BODY)));
  }

  private static String order(Zone zone) {
    return room(zone).rules().stream().map(BypassRule::id).collect(Collectors.joining(" "));
  }

  @Test
  void append_requiredFieldsOnly_isLastAndEnabled() {
    var next = room(changed(decide(three(), ZoneChange.Kind.APPEND_RULE, "new", RULE_BODY)));
    assertEquals(
        new BypassRule("new", 1, "ip.src in {10.20.30.40}", "", true, LATER), next.rules().get(3));
    assertEquals(3, next.version());
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        arguments("action", null, "action is required"),
        arguments("action", "block", "action must be one of bypass_waiting_room"),
        arguments("expression", null, "expression is required"),
        arguments("expression", 1, "expression must be a string"),
        arguments("expression", "true", "expression is not valid: no field at 1"),
        arguments(
            "expression",
            "ip.src" + " ".repeat(4091),
            "expression must have at most 4096 characters"),
        arguments("enabled", "yes", "enabled must be a boolean"),
        arguments(
            "description",
            "x".repeat(1001),
            "description must be a string of at most 1000 characters"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("invalid")
  void append_oneWrongValue_isTold(String field, @Nullable Object value, String message) {
    var body = with(RULE_BODY, field, value);
    assertEquals(
        List.of(new Problem(1002, message + ": invalid data", "/" + field)),
        refused(decide(zone(), ZoneChange.Kind.APPEND_RULE, "new", body)));
    assertEquals(
        "/1/" + field, refused(replace(zone(), List.of(RULE_BODY, body))).get(0).pointer());
  }

  @Test
  void replace_isAnArray_andEveryRuleIsNew() {
    assertEquals("r0 r1 r2", order(three()));
    assertEquals("", order(changed(replace(three(), List.of()))));
    assertEquals(
        List.of(new Problem(1002, "the body must be an array of rules: invalid data", "")),
        refused(replace(three(), RULE_BODY)));
  }

  @Test
  void rules_moreThanHundred_areRefused() {
    var full = changed(replace(zone(), Collections.nCopies(100, RULE_BODY)));
    var problem = new Problem(1002, "a waiting room must have at most 100 rules: invalid data", "");
    assertEquals(
        List.of(problem), refused(decide(full, ZoneChange.Kind.APPEND_RULE, "new", RULE_BODY)));
    assertEquals(List.of(problem), refused(replace(zone(), Collections.nCopies(101, RULE_BODY))));
  }

  @Test
  void patch_changesOnlyWhatIsThere() {
    var next =
        room(changed(decide(three(), ZoneChange.Kind.PATCH_RULE, "r1", Map.of("enabled", false))));
    assertEquals(
        new BypassRule("r1", 2, "ip.src in {10.20.30.40}", "", false, LATER), next.rules().get(1));
    assertEquals(1, next.rules().get(0).version());
  }

  static Stream<Arguments> positions() {
    return Stream.of(
        arguments("first", Map.of("index", 1), "r1 r0 r2"),
        arguments("second", Map.of("index", 2), "r0 r1 r2"),
        arguments("last", Map.of("index", 3), "r0 r2 r1"),
        arguments("before the first", Map.of("before", "r0"), "r1 r0 r2"),
        arguments("before all", Map.of("before", ""), "r1 r0 r2"),
        arguments("after the last", Map.of("after", "r2"), "r0 r2 r1"),
        arguments("after all", Map.of("after", ""), "r0 r2 r1"),
        arguments("after the one before", Map.of("after", "r0"), "r0 r1 r2"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("positions")
  void patch_position_othersShift(String name, Map<String, Object> position, String order) {
    var decision = decide(three(), ZoneChange.Kind.PATCH_RULE, "r1", Map.of("position", position));
    assertEquals(order, order(changed(decision)));
  }

  static Stream<Arguments> wrongPositions() {
    var one = "position must have exactly one of index, before, after";
    return Stream.of(
        arguments("none", Map.of(), one, "/position"),
        arguments("two", Map.of("index", 1, "after", ""), one, "/position"),
        arguments("not an object", 1, "position must be an object", "/position"),
        arguments(
            "zero",
            Map.of("index", 0),
            "position/index must be in range [1, 3]",
            "/position/index"),
        arguments(
            "too large",
            Map.of("index", 4),
            "position/index must be in range [1, 3]",
            "/position/index"),
        arguments(
            "unknown",
            Map.of("before", "r9"),
            "position/before must be the id of another rule of the waiting room",
            "/position/before"),
        arguments(
            "itself",
            Map.of("after", "r1"),
            "position/after must be the id of another rule of the waiting room",
            "/position/after"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongPositions")
  void patch_wrongPosition_isTold(String name, Object position, String message, String pointer) {
    var decision = decide(three(), ZoneChange.Kind.PATCH_RULE, "r1", Map.of("position", position));
    assertEquals(new Problem(1002, message + ": invalid data", pointer), refused(decision).get(0));
  }

  @Test
  void delete_unknownRule_isNotFound() {
    assertEquals("r0 r2", order(changed(decide(three(), ZoneChange.Kind.DELETE_RULE, "r1", null))));
    for (var kind : List.of(ZoneChange.Kind.DELETE_RULE, ZoneChange.Kind.PATCH_RULE)) {
      assertEquals(List.of(Problem.notFound()), refused(decide(three(), kind, "r9", Map.of())));
    }
  }
}
