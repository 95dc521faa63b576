package io.maitred.service.model;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a value must be like; says in lines for people what is wrong with one. */
@FunctionalInterface
interface Check {
  /** The problems of the value of the parameter of this name; empty when it is fine. */
  List<String> problems(String name, @Nullable Object value);

  /** A check with one line, {@code <name> <expected>}. */
  static Check that(Predicate<Object> accepts, String expected) {
    return (name, value) ->
        value != null && accepts.test(value) ? List.of() : List.of(name + " " + expected);
  }

  static Check nonEmptyString() {
    return that(v -> v instanceof String s && !s.isBlank(), "must be a non-empty string");
  }

  static Check positiveNumber() {
    return that(v -> isDecimal(v, 0, false, Double.MAX_VALUE, true), "must be a positive number");
  }

  static Check bool() {
    return that(Boolean.class::isInstance, "must be a boolean");
  }

  static Check integer(long min, long max) {
    return that(v -> isInteger(v, min, max), "must be an integer in the range " + range(min, max));
  }

  private static String range(long min, long max) {
    return "[" + min + ", " + max + "].";
  }

  static Check integerSaying(long min, long max, String expected) {
    return that(v -> isInteger(v, min, max), expected);
  }

  /** A number between the bounds; {@code '['} includes one, {@code '('} does not. */
  static Check decimal(char open, double min, double max, char close) {
    var text = "" + open + plain(min) + ", " + plain(max) + close;
    return that(
        v -> isDecimal(v, min, open == '[', max, close == ']'),
        "must be a double in the range " + text + ".");
  }

  static Check numberFrom(double min) {
    return that(
        v -> isDecimal(v, min, true, Double.MAX_VALUE, true),
        "must be a number greater than or equal to " + plain(min) + ".");
  }

  static Check oneOf(List<String> words, String expected) {
    return that(v -> v instanceof String s && words.contains(s), expected);
  }

  static Check matching(Pattern pattern, String expected) {
    return that(v -> v instanceof String s && pattern.matcher(s).matches(), expected);
  }

  /** Also accepts an explicit null. */
  default Check orNull() {
    return (name, value) -> value == null ? List.of() : problems(name, value);
  }

  static boolean isInteger(@Nullable Object value, long min, long max) {
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      return number >= min && number <= max;
    }
    return false;
  }

  private static boolean isDecimal(
      Object value, double min, boolean withMin, double max, boolean withMax) {
    if (!(value instanceof Number number)) {
      return false;
    }
    double n = number.doubleValue();
    return (withMin ? n >= min : n > min) && (withMax ? n <= max : n < max);
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
