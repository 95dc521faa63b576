package io.maitred.waitingroom.expression;

import io.maitred.waitingroom.expression.Operand.Kind;
import io.maitred.waitingroom.expression.Operand.Shape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.antlr.v4.runtime.Token;

/** The functions of the language. */
final class Functions {
  /** Longest text that {@code concat} makes, in characters. */
  static final int MAX_TEXT = 64 * 1024;

  private Functions() {}

  /** What a function is called with, and where it stands. */
  record Argument(Token at, Operand operand) {}

  static Operand call(Token name, List<Argument> arguments) {
    return switch (name.getText()) {
      case "starts_with" -> affix(name, arguments, String::startsWith);
      case "ends_with" -> affix(name, arguments, String::endsWith);
      case "lower" -> texts(name, arguments, text -> text.toLowerCase(Locale.ROOT));
      case "upper" -> texts(name, arguments, text -> text.toUpperCase(Locale.ROOT));
      case "len" -> length(name, arguments);
      case "concat" -> concat(name, arguments);
      case "url_decode" -> urlDecode(name, arguments);
      case "any" -> quantified(name, arguments, true);
      case "all" -> quantified(name, arguments, false);
      default -> throw error(name, "unknown function " + name.getText());
    };
  }

  private static Operand affix(
      Token name, List<Argument> arguments, BiPredicate<String, String> test) {
    checkCount(name, arguments, 2, 2);
    var affix = constantText(arguments.get(1));
    return textArgument(arguments.get(0))
        .map(Kind.BOOLEAN, value -> test.test((String) value, affix));
  }

  private static Operand texts(
      Token name, List<Argument> arguments, UnaryOperator<String> function) {
    checkCount(name, arguments, 1, 1);
    return textArgument(arguments.get(0)).map(Kind.TEXT, value -> function.apply((String) value));
  }

  /** Bytes of a text, or elements of a list. */
  private static Operand length(Token name, List<Argument> arguments) {
    checkCount(name, arguments, 1, 1);
    var argument = arguments.get(0).operand();
    if (argument.shape() == Shape.LIST) {
      var reader = argument.reader();
      return Operand.one(
          Kind.INTEGER,
          facts -> reader.read(facts) instanceof List<?> values ? (long) values.size() : 0L);
    }
    return textArgument(arguments.get(0))
        .map(
            Kind.INTEGER, value -> (long) ((String) value).getBytes(StandardCharsets.UTF_8).length);
  }

  private static Operand concat(Token name, List<Argument> arguments) {
    checkCount(name, arguments, 1, Expressions.MAX_LENGTH);
    for (var argument : arguments) {
      var operand = argument.operand();
      if (!operand.isOne(Kind.TEXT) && !operand.isOne(Kind.INTEGER)) {
        throw mismatch(argument, "a string or a whole number");
      }
    }
    var readers = arguments.stream().map(argument -> argument.operand().reader()).toList();
    return Operand.one(
        Kind.TEXT,
        facts -> {
          var result = new StringBuilder();
          for (var reader : readers) {
            var value = reader.read(facts);
            result.append(value == null ? "" : value);
            if (result.length() > MAX_TEXT) {
              throw new IllegalStateException(
                  "concat: " + result.length() + " characters (expected: up to " + MAX_TEXT + ")");
            }
          }
          return result.toString();
        });
  }

  private static Operand urlDecode(Token name, List<Argument> arguments) {
    checkCount(name, arguments, 1, 2);
    var options = arguments.size() == 1 ? "" : constantText(arguments.get(1));
    if (!options.chars().allMatch(c -> c == 'r' || c == 'u')) {
      throw mismatch(arguments.get(1), "the options r and u");
    }
    var decoder = new UrlDecoder(options.contains("u"), options.contains("r"));
    return textArgument(arguments.get(0)).map(Kind.TEXT, value -> decoder.decode((String) value));
  }

  /**
   * {@code any}: one element at least is true. {@code all}: each is, and there is one, for a header
   * that is missing must not let anybody pass.
   */
  private static Operand quantified(Token name, List<Argument> arguments, boolean isAny) {
    checkCount(name, arguments, 1, 1);
    var argument = arguments.get(0).operand();
    if (argument.kind() != Kind.BOOLEAN || argument.shape() != Shape.LIST) {
      throw mismatch(arguments.get(0), "a comparison of each element, list[*] ...");
    }
    var reader = argument.reader();
    return Operand.one(
        Kind.BOOLEAN,
        facts ->
            reader.read(facts) instanceof List<?> values
                && (isAny ? values.contains(true) : !values.isEmpty() && !values.contains(false)));
  }

  private static void checkCount(Token name, List<Argument> arguments, int least, int most) {
    if (arguments.size() < least || arguments.size() > most) {
      var expected = least == most ? "" + least : least + " or more";
      throw error(
          name,
          name.getText() + " with " + arguments.size() + " arguments (expected: " + expected + ")");
    }
  }

  private static Operand textArgument(Argument argument) {
    var operand = argument.operand();
    if (operand.kind() != Kind.TEXT
        || (operand.shape() != Shape.ONE && operand.shape() != Shape.EACH)) {
      throw mismatch(argument, "a string");
    }
    return operand;
  }

  private static String constantText(Argument argument) {
    if (argument.operand().constant() instanceof String text) {
      return text;
    }
    throw mismatch(argument, "a string between quotes");
  }

  private static InvalidExpressionException mismatch(Argument argument, String expected) {
    return error(argument.at(), argument.operand().describe() + " (expected: " + expected + ")");
  }

  private static InvalidExpressionException error(Token at, String message) {
    return InvalidExpressionException.at(Expressions.position(at), message);
  }
}
