package io.maitred.waitingroom.model.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object that a client sent; notes what is wrong with those that are read. */
final class Fields {
  private final boolean isObject;
  private final Map<?, ?> body;
  private final String at;
  private final List<Problem> problems;

  /**
   * @param at JSON pointer to the object
   * @param problems where problems are added
   */
  Fields(@Nullable Object body, String at, List<Problem> problems) {
    this.at = at;
    this.problems = problems;
    this.isObject = body instanceof Map<?, ?>;
    this.body = body instanceof Map<?, ?> map ? map : Map.of();
    if (!isObject) {
      var what = at.isEmpty() ? "the body" : at.substring(1);
      problems.add(Problem.invalid(what + " must be an object", at));
    }
  }

  boolean has(String name) {
    return body.containsKey(name);
  }

  /** Whether a field is there and not null. */
  boolean hasValue(String name) {
    return body.get(name) != null;
  }

  /**
   * A field that must have a value.
   *
   * @param absent its value when it is not there; null: it must be there
   * @return null after a problem
   */
  <T> @Nullable T required(String name, @Nullable T absent, Value<T> kind) {
    var value = body.get(name);
    if (value != null) {
      return parse(name, value, kind);
    }
    if (has(name) || absent == null) {
      if (isObject) {
        invalid(name, "is required");
      }
      return null;
    }
    return absent;
  }

  /**
   * @param absent its value when it is not there
   * @param byDefault its value when it is null, and after a problem
   */
  <T> T optional(String name, T absent, T byDefault, Value<T> kind) {
    var value = body.get(name);
    if (value == null) {
      return has(name) ? byDefault : absent;
    }
    var parsed = parse(name, value, kind);
    return parsed == null ? byDefault : parsed;
  }

  /**
   * A field that may be null.
   *
   * @param absent its value when it is not there
   */
  <T> @Nullable T nullable(String name, @Nullable T absent, Value<T> kind) {
    var value = body.get(name);
    if (value == null) {
      return has(name) ? null : absent;
    }
    return parse(name, value, kind);
  }

  /** The fields of an object inside this one, which has a value. */
  Fields inside(String name) {
    return new Fields(body.get(name), pointer(name), problems);
  }

  /** The fields of an object that is an element of an array inside this one. */
  Fields element(String name, int index, @Nullable Object element) {
    return new Fields(element, pointer(name) + "/" + index, problems);
  }

  /** Notes that a field has a wrong value. */
  void invalid(String name, String expected) {
    problems.add(Problem.invalid(label(name) + " " + expected, pointer(name)));
  }

  /** Notes that this object is wrong as a whole. */
  void invalidAsWhole(String expected) {
    problems.add(Problem.invalid(at.substring(1) + " " + expected, at));
  }

  /** How many problems were noted so far. */
  int problems() {
    return problems.size();
  }

  private String label(String name) {
    return pointer(name).substring(1);
  }

  private String pointer(String name) {
    return at + "/" + name;
  }

  private <T> @Nullable T parse(String name, Object value, Value<T> kind) {
    var parsed = kind.read().apply(value);
    if (parsed.isEmpty()) {
      invalid(name, kind.expected());
    }
    return parsed.orElse(null);
  }
}
