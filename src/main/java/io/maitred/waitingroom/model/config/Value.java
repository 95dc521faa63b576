package io.maitred.waitingroom.model.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A kind of value in a body.
 *
 * @param expected what is said of any other value, after the name of the field
 * @param read the value of a JSON value; empty when it is none
 */
record Value<T>(String expected, Function<Object, Optional<T>> read) {
  private static final Pattern NAME_FORM = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern HOST_FORM =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
              + "(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
  private static final Pattern PATH_FORM = Pattern.compile("/[^*?#\\p{Cntrl}\\s]*");

  /** Later times cannot be written in RFC 3339. */
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59.999Z");

  static final Value<String> NAME =
      text("must match [A-Za-z0-9_-]+", s -> NAME_FORM.matcher(s).matches());
  static final Value<String> HOST =
      text("must be a host name without scheme, port or wildcard", s -> true)
          .then(s -> Optional.of(s.toLowerCase(Locale.ROOT)))
          .then(s -> HOST_FORM.matcher(s).matches() ? Optional.of(s) : Optional.empty());
  static final Value<String> PATH =
      text(
              "must start with / and contain no wildcard, query, fragment or blank",
              s -> PATH_FORM.matcher(s).matches())
          .then(s -> Optional.of(withoutTrailingSlashes(s)));
  static final Value<String> COOKIE_SUFFIX =
      text(
          "must have at most 64 characters, all of them [A-Za-z0-9_-]",
          s -> s.isEmpty() || (s.length() <= 64 && NAME_FORM.matcher(s).matches()));
  static final Value<String> DESCRIPTION =
      text(
          "must be a string of at most " + ConfigLimits.DESCRIPTION_CHARACTERS + " characters",
          s -> s.codePointCount(0, s.length()) <= ConfigLimits.DESCRIPTION_CHARACTERS);
  static final Value<String> STRING = text("must be a string", s -> true);
  static final Value<Boolean> BOOL =
      new Value<>(
          "must be a boolean", v -> v instanceof Boolean b ? Optional.of(b) : Optional.empty());
  static final Value<List<?>> ARRAY =
      new Value<>(
          "must be an array", v -> v instanceof List<?> l ? Optional.of(l) : Optional.empty());
  static final Value<Instant> TIME =
      text("must be a timestamp in the form of RFC 3339", s -> true).then(Value::time);

  private static Value<String> text(String expected, java.util.function.Predicate<String> accepts) {
    return new Value<>(
        expected,
        v -> v instanceof String s && accepts.test(s) ? Optional.of(s) : Optional.empty());
  }

  // by hand: an expression would look at each run of slashes again from each of its slashes
  private static String withoutTrailingSlashes(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  /** An integer of a range; the message names the range. */
  static Value<Integer> range(int min, int max) {
    return range(min, max, Integer.toString(max));
  }

  /**
   * @param maxName what the message says of the upper bound
   */
  static Value<Integer> range(int min, int max, String maxName) {
    return new Value<>(
        "must be in range [" + min + ", " + maxName + "]", v -> integer(v, min, max));
  }

  static Value<Integer> oneOf(List<Integer> numbers) {
    var list = String.join(", ", numbers.stream().map(String::valueOf).toList());
    return new Value<>(
        "must be one of " + list,
        v -> integer(v, Integer.MIN_VALUE, Integer.MAX_VALUE).filter(numbers::contains));
  }

  /** Exactly one of these words. */
  static Value<String> word(List<String> words) {
    return text("must be one of " + String.join(", ", words), words::contains);
  }

  /**
   * @param of the constant of a text in any letter case
   */
  static <E extends Enum<E>> Value<E> constant(
      E[] all, Function<E, String> text, Function<String, Optional<E>> of) {
    var words = java.util.stream.Stream.of(all).map(text).toList();
    return text("must be one of " + String.join(", ", words), s -> true).then(of);
  }

  private <R> Value<R> then(Function<T, Optional<R>> next) {
    return new Value<>(expected, v -> read.apply(v).flatMap(next));
  }

  private static Optional<Integer> integer(Object value, int min, int max) {
    if (!(value instanceof Integer) && !(value instanceof Long)) {
      return Optional.empty();
    }
    long number = ((Number) value).longValue();
    return number >= min && number <= max ? Optional.of((int) number) : Optional.empty();
  }

  private static Optional<Instant> time(String text) {
    try {
      var time = OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
      return time.isBefore(Instant.EPOCH) || time.isAfter(END_OF_TIME)
          ? Optional.empty()
          : Optional.of(time);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
