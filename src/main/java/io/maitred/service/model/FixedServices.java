package io.maitred.service.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Services whose servers somebody else runs: {@code "scheduler": "fixed"} with {@code "backends"}.
 * Each backend is an instance that is never started or stopped, so that whatever describes a
 * command is not needed.
 */
public final class FixedServices {
  /** The value of {@code scheduler}. */
  public static final String SCHEDULER = "fixed";

  /** The parameter with the URLs. */
  public static final String BACKENDS = "backends";

  private static final int MAX_BACKENDS = 100;
  private static final int SHOWN = 10;
  private static final int SHOWN_LENGTH = 100;
  private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://[^/?#]+");
  private static final Pattern REST = Pattern.compile("(?i)https?://[^/?#]*[/?#].*");
  private static final Pattern USER = Pattern.compile("(?i)(https?://)[^/?#]*@(.*)");

  private FixedServices() {}

  /** Whether the parameters describe such a service. */
  public static boolean isFixed(Map<String, Object> parameters) {
    return SCHEDULER.equals(parameters.get("scheduler"));
  }

  /** Whether the description is of such a service. */
  public static boolean isFixed(ServiceDescription description) {
    return isFixed(description.parameters());
  }

  /** The backends of a valid description, in its order. */
  public static List<BackendUrl> backends(ServiceDescription description) {
    if (!(description.get(BACKENDS) instanceof List<?> urls)) {
      return List.of();
    }
    return urls.stream()
        .map(url -> BackendUrl.parse(String.valueOf(url)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** What is wrong with the list, one line for each kind of mistake. */
  static List<String> problems(String name, @Nullable Object value) {
    if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > MAX_BACKENDS) {
      return List.of(name + " must be a list of 1 to " + MAX_BACKENDS + " URLs.");
    }
    var texts = list.stream().map(each -> each instanceof String s ? s : "").toList();
    if (texts.contains("")) {
      return List.of(name + " must be a list of non-empty strings.");
    }
    var problems = new ArrayList<String>();
    var left = new ArrayList<>(texts);
    report(problems, left, "must not have a user or a password", FixedServices::hasUser);
    report(
        problems,
        left,
        "must not have a path, a query or a fragment",
        url -> REST.matcher(url).matches());
    report(
        problems,
        left,
        "are not absolute http or https URLs",
        url -> !ABSOLUTE.matcher(url).matches());
    report(problems, left, "have an invalid host or port", url -> BackendUrl.parse(url).isEmpty());
    var seen = new HashSet<BackendUrl>();
    report(
        problems,
        left,
        "are listed more than once",
        url -> !seen.add(BackendUrl.parse(url).orElseThrow()));
    return problems;
  }

  private static boolean hasUser(String url) {
    return USER.matcher(url).matches();
  }

  /** Each URL is reported for the first of its mistakes only. */
  private static void report(
      List<String> problems, List<String> left, String mistake, Predicate<String> wrong) {
    var found = left.stream().filter(wrong).toList();
    if (!found.isEmpty()) {
      left.removeAll(found);
      var shown = found.stream().distinct().limit(SHOWN).map(FixedServices::shown).toList();
      problems.add("The following backends " + mistake + ": " + String.join(", ", shown) + ".");
    }
  }

  /** Shortened, and without the password that somebody has put into it. */
  private static String shown(String url) {
    var user = USER.matcher(url);
    var safe = user.matches() ? user.group(1) + "***@" + user.group(2) : url;
    return safe.length() <= SHOWN_LENGTH ? safe : safe.substring(0, SHOWN_LENGTH) + "...";
  }
}
