package io.maitred.waitingroom.expression;

import io.maitred.waitingroom.expression.grammar.BypassRuleLexer;
import io.maitred.waitingroom.expression.grammar.BypassRuleParser;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;

/**
 * Checks and compiles the expressions of bypass rules, a part of Cloudflare's rules language
 * (contract waiting room 25). Texts may come from anybody: they are limited in length and depth
 * before they are parsed.
 *
 * <p>Lists that an expression names as {@code $name} are given as texts; each is read as what it is
 * compared with (a string, a whole number, an address or a network).
 */
public final class Expressions {
  /** Longest expression, in characters. */
  public static final int MAX_LENGTH = 4096;

  /** How deep parentheses, calls and negations may stand in each other. */
  public static final int MAX_LEVELS = 64;

  private Expressions() {}

  /** What is wrong with an expression that uses no named lists; empty if nothing is. */
  public static Optional<ExpressionError> check(String source) {
    return check(source, Map.of());
  }

  /** What is wrong with an expression; empty if nothing is. */
  public static Optional<ExpressionError> check(
      String source, Map<String, ? extends Collection<String>> lists) {
    try {
      compile(source, lists);
      return Optional.empty();
    } catch (InvalidExpressionException invalid) {
      return Optional.of(invalid.error());
    }
  }

  /**
   * Compiles an expression.
   *
   * @param lists the named lists, by name without the dollar sign
   * @throws InvalidExpressionException if it is not valid
   */
  public static Expression compile(String source, Map<String, ? extends Collection<String>> lists) {
    int length = source.codePointCount(0, source.length());
    if (length > MAX_LENGTH) {
      throw InvalidExpressionException.at(
          MAX_LENGTH + 1,
          "expression: " + length + " characters (expected: up to " + MAX_LENGTH + ")");
    }
    var lexer = new BypassRuleLexer(CharStreams.fromString(source));
    lexer.removeErrorListeners();
    lexer.addErrorListener(new SyntaxErrors());
    var tokens = new CommonTokenStream(lexer);
    tokens.fill();
    checkLevels(tokens);
    var parser = new BypassRuleParser(tokens);
    parser.removeErrorListeners();
    parser.addErrorListener(new SyntaxErrors());
    return new Expression(source, new RuleCompiler(lists).compile(parser.expression()));
  }

  /** The parser and the compiler recurse, so depth is limited before they see the tokens. */
  private static void checkLevels(CommonTokenStream tokens) {
    var open = new ArrayDeque<Integer>();
    int levels = 0;
    int negations = 0;
    for (var token : tokens.getTokens()) {
      if (token.getType() == BypassRuleLexer.NOT) {
        negations++;
        levels++;
      } else if (token.getType() == BypassRuleLexer.LPAREN) {
        open.push(negations);
        negations = 0;
        levels++;
      } else {
        levels -= negations;
        negations = 0;
        if (token.getType() == BypassRuleLexer.RPAREN && !open.isEmpty()) {
          levels -= 1 + open.pop();
        }
      }
      if (levels > MAX_LEVELS) {
        throw InvalidExpressionException.at(position(token), "more than " + MAX_LEVELS + " levels");
      }
    }
  }

  static int position(Token token) {
    return token.getStartIndex() + 1;
  }
}
