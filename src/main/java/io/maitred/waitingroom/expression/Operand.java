package io.maitred.waitingroom.expression;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Something of a request that has a value: a field, an element of one, the result of a function.
 *
 * @param kind of the value, or of its elements
 * @param constant the value of a literal; null for all else
 */
record Operand(Kind kind, Shape shape, Reader reader, @Nullable Object constant) {

  /** With the name that messages use, and the class of the values at run time. */
  enum Kind {
    TEXT("a string"),
    INTEGER("a whole number"),
    ADDRESS("an address"),
    BOOLEAN("true or false");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  enum Shape {
    /** One value, or none. */
    ONE,
    /** A {@link List}. */
    LIST,
    /** A {@link List}, of which each element is meant: what is asked of it is asked of each. */
    EACH,
    /** A {@link Lookup}. */
    MAP
  }

  /** Reads the value; null if the request has none. */
  @FunctionalInterface
  interface Reader {
    @Nullable Object read(RequestFacts facts);
  }

  /** A map of lists: only its entries can be read. */
  @FunctionalInterface
  interface Lookup {
    List<String> get(String name);
  }

  static Operand one(Kind kind, Reader reader) {
    return new Operand(kind, Shape.ONE, reader, null);
  }

  static Operand list(Kind kind, Reader reader) {
    return new Operand(kind, Shape.LIST, reader, null);
  }

  static Operand map(Function<RequestFacts, Lookup> reader) {
    return new Operand(Kind.TEXT, Shape.MAP, reader::apply, null);
  }

  static Operand literal(Kind kind, Object value) {
    return new Operand(kind, Shape.ONE, facts -> value, value);
  }

  boolean isOne(Kind wanted) {
    return kind == wanted && shape == Shape.ONE;
  }

  String describe() {
    return switch (shape) {
      case ONE -> kind.toString();
      case LIST -> "a list";
      case EACH -> "each element of a list";
      case MAP -> "a map";
    };
  }

  /**
   * A function of the value: of each element, when each is meant. Of no value it is no value.
   *
   * @param result what kind of value the function has
   */
  Operand map(Kind result, Function<Object, Object> function) {
    if (shape != Shape.EACH) {
      return one(
          result,
          facts -> {
            var value = reader.read(facts);
            return value == null ? null : function.apply(value);
          });
    }
    return list(
        result,
        facts ->
            reader.read(facts) instanceof List<?> values
                ? values.stream().map(value -> function.apply((Object) value)).toList()
                : List.of());
  }

  /** Whether a comparison holds; never for no value. */
  Operand compare(Predicate<Object> comparison) {
    if (shape == Shape.EACH) {
      return map(Kind.BOOLEAN, comparison::test);
    }
    return one(
        Kind.BOOLEAN,
        facts -> {
          var value = reader.read(facts);
          return value != null && comparison.test(value);
        });
  }
}
