package io.maitred.waitingroom.model.config;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a bypass rule may be, and where it stands among the others (contract waiting room 24.3). */
final class BypassRules {
  static final String ACTION = "bypass_waiting_room";

  private static final Value<String> ACTIONS = Value.word(List.of(ACTION));

  private final ConfigChecks checks;

  BypassRules(ConfigChecks checks) {
    this.checks = checks;
  }

  /**
   * Reads one rule.
   *
   * @param at JSON pointer to it
   * @param present what a partial body changes; null for a new rule
   * @param problems where problems are added; with any, the result means nothing
   */
  BypassRule read(
      @Nullable Object body,
      String at,
      String id,
      @Nullable BypassRule present,
      Instant now,
      List<Problem> problems) {
    var fields = new Fields(body, at, problems);
    fields.required("action", present == null ? null : ACTION, ACTIONS);
    var expression =
        fields.required("expression", present == null ? null : present.expression(), Value.STRING);
    if (expression != null && fields.has("expression")) {
      checkExpression(fields, expression);
    }
    return new BypassRule(
        id,
        present == null ? 1 : present.version() + 1,
        Objects.requireNonNullElse(expression, ""),
        fields.optional(
            "description", present == null ? "" : present.description(), "", Value.DESCRIPTION),
        fields.optional("enabled", present == null || present.enabled(), true, Value.BOOL),
        now);
  }

  private void checkExpression(Fields fields, String expression) {
    if (expression.length() > ConfigLimits.EXPRESSION_CHARACTERS) {
      fields.invalid(
          "expression", "must have at most " + ConfigLimits.EXPRESSION_CHARACTERS + " characters");
      return;
    }
    checks
        .expression()
        .apply(expression)
        .ifPresent(wrong -> fields.invalid("expression", "is not valid: " + wrong));
  }

  /** All rules anew, from an array. */
  List<BypassRule> readAll(
      @Nullable Object body, List<String> ids, Instant now, List<Problem> problems) {
    if (!(body instanceof List<?> elements)) {
      problems.add(Problem.invalid("the body must be an array of rules", ""));
      return List.of();
    }
    checkCount(elements.size(), problems);
    var rules = new ArrayList<BypassRule>();
    for (int index = 0; index < elements.size() && problems.isEmpty(); index++) {
      rules.add(read(elements.get(index), "/" + index, ids.get(index), null, now, problems));
    }
    return rules;
  }

  static void checkCount(int rules, List<Problem> problems) {
    if (rules > ConfigLimits.RULES) {
      problems.add(
          Problem.invalid("a waiting room must have at most " + ConfigLimits.RULES + " rules", ""));
    }
  }

  /**
   * The rules after a change of one: at its old place, or where the body says.
   *
   * @param rules all rules before the change
   */
  static List<BypassRule> place(
      List<BypassRule> rules, BypassRule changed, @Nullable Object body, List<Problem> problems) {
    var next = new ArrayList<>(rules);
    int old = indexOf(rules, changed.id());
    next.remove(old);
    var fields = new Fields(body, "", problems);
    int index = fields.hasValue("position") ? position(fields.inside("position"), next) : old;
    next.add(index < 0 ? old : index, changed);
    return next;
  }

  /** Where among the other rules; -1 after a problem. */
  private static int position(Fields position, List<BypassRule> others) {
    int given = 0;
    for (var name : List.of("index", "before", "after")) {
      given += position.hasValue(name) ? 1 : 0;
    }
    if (given != 1) {
      position.invalidAsWhole("must have exactly one of index, before, after");
      return -1;
    }
    if (position.hasValue("index")) {
      var index = position.nullable("index", null, Value.range(1, others.size() + 1));
      return index == null ? -1 : index - 1;
    }
    boolean before = position.hasValue("before");
    var name = before ? "before" : "after";
    var other = position.nullable(name, null, Value.STRING);
    if (other == null) {
      return -1;
    }
    if (other.isEmpty()) {
      return before ? 0 : others.size();
    }
    int index = indexOf(others, other);
    if (index < 0) {
      position.invalid(name, "must be the id of another rule of the waiting room");
      return -1;
    }
    return before ? index : index + 1;
  }

  private static int indexOf(List<BypassRule> rules, String id) {
    for (int index = 0; index < rules.size(); index++) {
      if (rules.get(index).id().equals(id)) {
        return index;
      }
    }
    return -1;
  }
}
