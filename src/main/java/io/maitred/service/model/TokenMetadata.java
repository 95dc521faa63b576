package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** What the metadata of a token may hold (contract waiter 4.4). */
final class TokenMetadata {
  private static final int MAX_MESSAGE = 512;
  private static final Set<String> METHODS =
      Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");
  private static final Map<String, Check> CHECKS = new TreeMap<>();

  static {
    var timeout = Check.integer(0, 3_600_000);
    CHECKS.put("cors-rules", TokenMetadata::corsRules);
    CHECKS.put("editor", Check.nonEmptyString());
    CHECKS.put("fallback-period-secs", Check.integer(0, 86_400));
    CHECKS.put("https-redirect", Check.bool());
    CHECKS.put("maintenance", TokenMetadata::maintenance);
    CHECKS.put("owner", Check.nonEmptyString());
    CHECKS.put("queue-timeout-ms", timeout);
    CHECKS.put(
        "service-mapping",
        Check.oneOf(
            List.of("default", "exclusive", "legacy"),
            "must be one of default, exclusive, or legacy."));
    CHECKS.put("socket-timeout-ms", timeout);
    CHECKS.put("stale-timeout-mins", Check.integer(0, 240));
    CHECKS.put("streaming-timeout-ms", timeout);
    CHECKS.put("cluster", Check.nonEmptyString());
    CHECKS.put("deleted", Check.bool());
    CHECKS.put("last-update-user", Check.nonEmptyString());
    CHECKS.put("root", Check.nonEmptyString());
  }

  private TokenMetadata() {}

  static Optional<Refusal> check(Map<String, Object> body) {
    var lines = new ArrayList<String>();
    CHECKS.forEach(
        (key, check) -> {
          if (body.containsKey(key)) {
            lines.addAll(check.problems(key, body.get(key)));
          }
        });
    if (!lines.isEmpty()) {
      return Optional.of(
          Refusal.of(400, "Validation failed for token:\n" + String.join("\n", lines)));
    }
    boolean exclusive =
        "exclusive".equals(body.get("service-mapping"))
            && body.get("env") instanceof Map<?, ?> env
            && env.containsKey("WAITER_CONFIG_TOKEN");
    return exclusive
        ? Optional.of(
            Refusal.of(
                400,
                "service-mapping exclusive cannot be combined with env variable"
                    + " WAITER_CONFIG_TOKEN"))
        : Optional.empty();
  }

  private static List<String> maintenance(String name, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return List.of(name + " must be a map");
    }
    boolean fine =
        map.get("message") instanceof String text
            && !text.isEmpty()
            && text.length() <= MAX_MESSAGE;
    return fine
        ? List.of()
        : List.of(name + " message must be a non-empty string with length at most " + MAX_MESSAGE);
  }

  private static List<String> corsRules(String name, @Nullable Object value) {
    if (!(value instanceof List<?> rules)) {
      return List.of(name + " must be a list");
    }
    var invalid = rules.stream().filter(rule -> !corsRule(rule)).map(String::valueOf).toList();
    return invalid.isEmpty()
        ? List.of()
        : List.of(name + " list has invalid items: " + String.join(", ", invalid));
  }

  private static boolean corsRule(@Nullable Object rule) {
    return rule instanceof Map<?, ?> map
        && Set.of("origin-regex", "target-path-regex", "methods").containsAll(map.keySet())
        && regex(map.get("origin-regex"))
        && (!map.containsKey("target-path-regex") || regex(map.get("target-path-regex")))
        && (!map.containsKey("methods") || methods(map.get("methods")));
  }

  private static boolean methods(@Nullable Object value) {
    return value instanceof List<?> methods
        && !methods.isEmpty()
        && methods.stream().allMatch(m -> m instanceof String s && METHODS.contains(s));
  }

  private static boolean regex(@Nullable Object value) {
    if (!(value instanceof String text)) {
      return false;
    }
    try {
      Pattern.compile(text);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
