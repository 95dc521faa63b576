package io.maitred.service.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * One filter of a list (contract waiter 3.6, 3.19): a parameter, perhaps nested ({@code env.FOO}),
 * and the values of which one has to match. A value matches when it is equal, or as a regular
 * expression over the whole text. What takes too long to match does not match, so that no pattern
 * can stop a node; neither do patterns that are none.
 */
public final class ParameterFilter {
  private static final int MAX_PATTERN = 512;
  private static final int MAX_TEXT = 2048;
  private static final int MAX_STEPS = 100_000;

  private final String name;
  private final List<Wanted> wanted;

  private record Wanted(String text, @Nullable Pattern pattern, boolean anything) {}

  /**
   * @param starIsAny {@code *} means any non-empty value; otherwise it is a plain text
   */
  public ParameterFilter(String name, List<String> values, boolean starIsAny) {
    this.name = name;
    this.wanted = values.stream().map(value -> wanted(value, starIsAny)).toList();
  }

  /**
   * The filters among the parameters of a query; all of them have to match.
   *
   * @param known whether the first part of a dotted name can be filtered by
   */
  public static List<ParameterFilter> of(
      Map<String, List<String>> query, Predicate<String> known, boolean starIsAny) {
    var filters = new ArrayList<ParameterFilter>();
    query.forEach(
        (name, values) -> {
          if (known.test(name.split("\\.", 2)[0])) {
            filters.add(new ParameterFilter(name, values, starIsAny));
          }
        });
    return filters;
  }

  /** Whether {@code star-mode} leaves {@code *} its meaning: it is absent, or {@code all}. */
  public static boolean starIsAny(@Nullable String starMode) {
    return starMode == null || starMode.equals("all");
  }

  /** The parameter that is filtered by, dotted. */
  public String name() {
    return name;
  }

  /** Whether the parameter's value matches; one that is absent is an empty text. */
  public boolean matches(Map<String, Object> parameters) {
    var value = find(parameters, name);
    return matches(value == null ? "" : String.valueOf(value));
  }

  /** Whether the text matches. */
  public boolean matches(String text) {
    return wanted.stream().anyMatch(w -> matches(w, text));
  }

  /** The value at a dotted path; a key that itself contains the dots comes first. */
  public static @Nullable Object find(Map<?, ?> tree, String path) {
    if (tree.containsKey(path)) {
      return tree.get(path);
    }
    int dot = path.indexOf('.');
    return dot > 0 && tree.get(path.substring(0, dot)) instanceof Map<?, ?> inner
        ? find(inner, path.substring(dot + 1))
        : null;
  }

  private static Wanted wanted(String value, boolean starIsAny) {
    if (value.equals("*")) {
      return new Wanted(value, null, starIsAny);
    }
    return new Wanted(value, value.isEmpty() ? null : pattern(value), false);
  }

  private static @Nullable Pattern pattern(String value) {
    if (value.length() > MAX_PATTERN) {
      return null;
    }
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      return null;
    }
  }

  private static boolean matches(Wanted wanted, String text) {
    if (wanted.text().equals(text) || (wanted.anything() && !text.isEmpty())) {
      return true;
    }
    if (wanted.pattern() == null || text.length() > MAX_TEXT) {
      return false;
    }
    try {
      return wanted.pattern().matcher(new Metered(text)).matches();
    } catch (TooManySteps e) {
      return false;
    }
  }

  /** A text that can be looked at only so often: bounds the work of a backtracking pattern. */
  private static final class Metered implements CharSequence {
    private final String text;
    private int left = MAX_STEPS;

    Metered(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySteps() {
      super(null, null, false, false);
    }
  }
}
