package io.maitred.waitingroom.page;

import io.maitred.waitingroom.model.QueueFacts;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DecimalStyle;
import java.time.format.FormatStyle;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** The words of the default page in one language, ready for HTML. */
final class Texts {
  private static final int MINUTES_OF_HOUR = 60;
  private static final int MINUTES_OF_DAY = 24 * MINUTES_OF_HOUR;

  private static final Map<PageLanguage, Texts> ALL = load();

  private final PageLanguage language;
  private final Map<String, String> texts;
  private final NumberFormat numbers;
  private final DateTimeFormatter time;

  private Texts(PageLanguage language, Map<String, String> texts) {
    this.language = language;
    this.texts = texts;
    this.numbers = NumberFormat.getIntegerInstance(language.locale());
    this.time =
        DateTimeFormatter.ofLocalizedTime(FormatStyle.MEDIUM)
            .withLocale(language.locale())
            .withDecimalStyle(DecimalStyle.of(language.locale()))
            .withZone(ZoneOffset.UTC);
  }

  static Texts of(PageLanguage language) {
    var texts = ALL.get(language);
    if (texts == null) {
      throw new IllegalArgumentException("No texts: " + language);
    }
    return texts;
  }

  private static Map<PageLanguage, Texts> load() {
    var all = new EnumMap<PageLanguage, Texts>(PageLanguage.class);
    for (var language : PageLanguage.values()) {
      all.put(language, new Texts(language, read(language)));
    }
    return all;
  }

  private static Map<String, String> read(PageLanguage language) {
    var properties = new Properties();
    var name = "texts_" + language.tag() + ".properties";
    try (var stream = Texts.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("Not on the class path: " + name);
      }
      properties.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
    var texts = new HashMap<String, String>();
    properties.forEach((key, text) -> texts.put((String) key, escape((String) text)));
    return Map.copyOf(texts);
  }

  /** The keys, sorted. */
  Set<String> keys() {
    return new TreeSet<>(texts.keySet());
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  String text(String key) {
    var text = texts.get(key);
    if (text == null) {
      throw new IllegalArgumentException("No text: " + key + " in " + language.tag());
    }
    return text;
  }

  /** A text with its {@code {0}} filled in; a text may do without it. */
  private String text(String key, String value) {
    return text(key).replace("{0}", value);
  }

  private String text(String key, String first, String second) {
    return text(key).replace("{0}", first).replace("{1}", second);
  }

  /** A whole number with the digits and groups of the language. */
  String number(long number) {
    // the format is not safe for threads, its copy is cheap
    return ((NumberFormat) numbers.clone()).format(number);
  }

  /** How long a user waits; for the method {@code random} the likely range. */
  String waiting(QueueFacts facts) {
    return facts.waitTime25Percentile() < facts.waitTime75Percentile()
        ? range(facts.waitTime25Percentile(), facts.waitTime75Percentile())
        : duration(facts.waitTime());
  }

  /** Minutes; above an hour with the hours, above a day whole hours, rounded up. */
  String duration(long minutes) {
    if (minutes < MINUTES_OF_HOUR) {
      return counted("minutes", minutes);
    }
    long hours = minutes / MINUTES_OF_HOUR;
    long rest = minutes % MINUTES_OF_HOUR;
    if (minutes > MINUTES_OF_DAY) {
      return counted("hours", rest == 0 ? hours : hours + 1);
    }
    return rest == 0
        ? counted("hours", hours)
        : text("hoursMinutes", counted("hours", hours), counted("minutes", rest));
  }

  private String range(long from, long to) {
    if (to >= MINUTES_OF_HOUR) {
      return duration(from) + " – " + duration(to);
    }
    var form = text("minutes." + language.plurals().form(to));
    // a word for two minutes has no place for numbers
    return (form.contains("{0}") ? form : text("minutes.other"))
        .replace("{0}", text("range", number(from), number(to)));
  }

  private String counted(String unit, long count) {
    return text(unit + "." + language.plurals().form(count), number(count));
  }

  /**
   * About how many: up to two digits that count, rounded up, because nobody likes to see the number
   * grow.
   *
   * @param people more than 0
   */
  String about(long people) {
    if (people < 10) {
      return text("fewer", number(10));
    }
    long step = people <= 100 ? 10 : people <= 1000 ? 50 : 100;
    while (people > step * 100) {
      step *= 10;
    }
    return text("about", number((people + step - 1) / step * step));
  }

  /** Hours, minutes and seconds in UTC. */
  String time(Instant instant) {
    return time.format(instant) + " UTC";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
