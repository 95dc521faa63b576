package io.maitred.service.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code env}, {@code metadata} and {@code allowed-params} may hold (contract waiter 5.1). */
final class NameRules {
  private static final int MAX_ENTRIES = 99;
  private static final int MAX_ENV_LENGTH = 512;
  private static final int MAX_METADATA_LENGTH = 999;
  private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,511}");
  private static final Pattern METADATA_NAME = Pattern.compile("[a-z][a-z0-9-]*");
  private static final Pattern PORT = Pattern.compile("PORT\\d+");
  private static final Set<String> RESERVED = Set.of("HOME", "LOGNAME", "USER");

  private NameRules() {}

  static List<String> env(String name, @Nullable Object value) {
    var problems = new ArrayList<String>();
    if (!(value instanceof Map<?, ?> map) || map.size() > MAX_ENTRIES) {
      return List.of(name + " must be a map with at most " + MAX_ENTRIES + " entries.");
    }
    list(
        problems,
        "The following environment variable keys are invalid: ",
        keys(map, k -> !named(k)));
    list(
        problems,
        "The following environment variable keys are reserved: ",
        keys(map, NameRules::reserved));
    list(
        problems,
        "The following environment variables did not have string values: ",
        keys(map, k -> !(map.get(k) instanceof String)));
    list(
        problems,
        "The following environment variables did not have values of 1 to 512 characters: ",
        keys(map, k -> map.get(k) instanceof String s && !sized(s, MAX_ENV_LENGTH)));
    return problems;
  }

  static List<String> metadata(String name, @Nullable Object value) {
    var problems = new ArrayList<String>();
    if (!(value instanceof Map<?, ?> map) || map.size() > MAX_ENTRIES) {
      return List.of(name + " must be a map with at most " + MAX_ENTRIES + " entries.");
    }
    list(
        problems,
        "The following metadata keys are invalid: ",
        keys(map, k -> !METADATA_NAME.matcher(k.toLowerCase(Locale.ROOT)).matches()));
    list(
        problems,
        "The following metadata keys did not have string values: ",
        keys(map, k -> !(map.get(k) instanceof String)));
    list(
        problems,
        "The following metadata keys did not have values of 1 to 999 characters: ",
        keys(map, k -> map.get(k) instanceof String s && !sized(s, MAX_METADATA_LENGTH)));
    return problems;
  }

  static List<String> allowedParams(String name, @Nullable Object value) {
    if (!(value instanceof List<?> names)) {
      return List.of(name + " must be a list of environment variable names.");
    }
    var problems = new ArrayList<String>();
    var texts = names.stream().map(String::valueOf).toList();
    list(
        problems,
        "The following allowed-params are invalid: ",
        texts.stream().filter(n -> !named(n)).toList());
    list(
        problems,
        "The following allowed-params are reserved: ",
        texts.stream().filter(NameRules::reserved).toList());
    return problems;
  }

  private static boolean named(String key) {
    return ENV_NAME.matcher(key).matches();
  }

  private static boolean reserved(String key) {
    return RESERVED.contains(key)
        || key.startsWith("MARATHON_")
        || key.startsWith("MESOS_")
        || PORT.matcher(key).matches()
        || (key.startsWith("WAITER_") && !key.startsWith("WAITER_CONFIG_"));
  }

  private static boolean sized(String text, int max) {
    return !text.isEmpty() && text.length() <= max;
  }

  private static List<String> keys(Map<?, ?> map, Predicate<String> wrong) {
    return map.keySet().stream().map(String::valueOf).filter(wrong).sorted().toList();
  }

  private static void list(List<String> problems, String text, List<String> keys) {
    if (!keys.isEmpty()) {
      problems.add(text + String.join(", ", keys) + ".");
    }
  }
}
