package io.maitred.waitingroom.expression;

import io.maitred.waitingroom.expression.grammar.BypassRuleParser;
import java.util.Locale;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;

/** Ends parsing at the first error, told in words of the language. */
final class SyntaxErrors extends BaseErrorListener {
  private static final int MOST_NAMED = 6;

  @Override
  public void syntaxError(
      Recognizer<?, ?> recognizer,
      @Nullable Object offending,
      int line,
      int column,
      String message,
      @Nullable RecognitionException failure) {
    if (!(offending instanceof Token token) || !(recognizer instanceof Parser parser)) {
      throw InvalidExpressionException.at(column + 1, message);
    }
    throw InvalidExpressionException.at(
        Expressions.position(token), found(token) + expected(parser.getExpectedTokens()));
  }

  private static String found(Token token) {
    if (token.getType() == Token.EOF) {
      return "unexpected end";
    }
    return token.getText().equals("\"") ? "string without end" : "unexpected " + token.getText();
  }

  private static String expected(IntervalSet tokens) {
    if (tokens.contains(BypassRuleParser.NAME)) {
      return " (expected: a field or a function)";
    }
    if (tokens.contains(BypassRuleParser.EQ)) {
      return " (expected: an operator)";
    }
    if (tokens.contains(Token.EOF)) {
      return " (expected: an operator, or the end)";
    }
    if (tokens.size() > MOST_NAMED) {
      return "";
    }
    return tokens.toList().stream()
        .map(SyntaxErrors::name)
        .collect(Collectors.joining(", ", " (expected: ", ")"));
  }

  private static String name(int type) {
    return switch (type) {
      case BypassRuleParser.TEXT -> "a string";
      case BypassRuleParser.INTEGER -> "a whole number";
      case BypassRuleParser.ADDRESS -> "an address";
      case BypassRuleParser.LIST -> "a list";
      default -> {
        var literal = BypassRuleParser.VOCABULARY.getLiteralName(type);
        yield literal == null
            ? BypassRuleParser.VOCABULARY.getSymbolicName(type).toLowerCase(Locale.ROOT)
            : literal.substring(1, literal.length() - 1);
      }
    };
  }
}
