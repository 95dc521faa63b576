package io.maitred.waitingroom.page;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which language of the default page a visitor prefers (RFC 9110, 12.5.4). A range matches the page
 * of the same language, whatever its country: {@code es-MX} is content with {@code es-ES}. Chinese
 * is chosen by script, or by the countries that write the traditional one.
 */
final class AcceptLanguage {
  /** What comes after this many characters, or ranges, is not read. */
  private static final int MAX_LENGTH = 1024;

  private static final int MAX_RANGES = 32;

  /** Older names, and languages whose readers are used to a neighbour's. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of("iw", "he", "in", "id", "fil", "tl", "no", "nb", "nn", "nb");

  /** Traditional Chinese: the script, and the regions that write it. */
  private static final Set<String> TRADITIONAL = Set.of("hant", "tw", "hk", "mo");

  private static final Map<String, PageLanguage> BY_LANGUAGE =
      Arrays.stream(PageLanguage.values())
          .filter(language -> language != PageLanguage.ZH_TW)
          .collect(
              Collectors.toMap(
                  language -> language.tag().substring(0, language.tag().indexOf('-')),
                  language -> language));

  private AcceptLanguage() {}

  /**
   * The language to show.
   *
   * @param header value of {@code Accept-Language}; empty when there is none
   * @param otherwise when nothing that the visitor names is there
   */
  static PageLanguage choose(String header, PageLanguage otherwise) {
    if (header.isBlank()) {
      return otherwise;
    }
    // an abusive header is cut; a range that was cut in two matches nothing or its language
    var text = header.length() > MAX_LENGTH ? header.substring(0, MAX_LENGTH) : header;
    var weights = new EnumMap<PageLanguage, Double>(PageLanguage.class);
    var best = Optional.<PageLanguage>empty();
    double bestWeight = 0;
    var ranges = text.split(",", MAX_RANGES + 1);
    for (int i = 0; i < Math.min(ranges.length, MAX_RANGES); i++) {
      var parts = ranges[i].split(";", 2);
      double weight = parts.length == 1 ? 1 : weight(parts[1]);
      var language = "*".equals(parts[0].trim()) ? Optional.of(otherwise) : match(parts[0].trim());
      // of equal weights, the first one counts; the first mention of a language decides on it
      if (language.isPresent()
          && weights.putIfAbsent(language.get(), weight) == null
          && weight > bestWeight) {
        best = language;
        bestWeight = weight;
      }
    }
    return best.orElse(otherwise);
  }

  private static Optional<PageLanguage> match(String range) {
    var subtags = range.toLowerCase(Locale.ROOT).split("-");
    if (subtags.length == 0) {
      return Optional.empty();
    }
    var language = OTHER_NAMES.getOrDefault(subtags[0], subtags[0]);
    if ("zh".equals(language)) {
      return Optional.of(isTraditional(subtags) ? PageLanguage.ZH_TW : PageLanguage.ZH_CN);
    }
    return Optional.ofNullable(BY_LANGUAGE.get(language));
  }

  private static boolean isTraditional(String[] subtags) {
    var parts = List.of(subtags);
    return !parts.contains("hans") && !Collections.disjoint(parts, TRADITIONAL);
  }

  /** The {@code q} of a range; 1 when it has none, 0 (not wanted) when it makes no sense. */
  private static double weight(String parameters) {
    var text = parameters.trim().toLowerCase(Locale.ROOT);
    if (!text.startsWith("q=")) {
      return 1;
    }
    var number = text.substring(2).trim();
    return number.matches("[01](\\.[0-9]{0,3})?") ? Math.min(1, Double.parseDouble(number)) : 0;
  }
}
