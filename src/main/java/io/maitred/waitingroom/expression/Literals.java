package io.maitred.waitingroom.expression;

import io.maitred.common.AddressRange;
import org.antlr.v4.runtime.Token;

/** Reads the literals of the language. */
final class Literals {
  private Literals() {}

  /**
   * A string between quotes. Only {@code \"} and {@code \\} are escapes.
   *
   * @param isPattern whether other backslashes stand for themselves, as patterns need them;
   *     otherwise they are errors
   */
  static String text(Token token, boolean isPattern) {
    var quoted = token.getText();
    if (quoted.startsWith("r")) {
      int frame = quoted.indexOf('"') + 1;
      return quoted.substring(frame, quoted.length() - frame + 1);
    }
    if (quoted.indexOf('\\') < 0) {
      return quoted.substring(1, quoted.length() - 1);
    }
    var result = new StringBuilder(quoted.length());
    for (int i = 1; i < quoted.length() - 1; i++) {
      char c = quoted.charAt(i);
      if (c == '\\') {
        char next = quoted.charAt(i + 1);
        if (next == '"' || next == '\\') {
          c = next;
          i++;
        } else if (!isPattern) {
          throw InvalidExpressionException.at(
              Expressions.position(token) + quoted.codePointCount(0, i),
              "backslash before neither \" nor \\ (in r\"...\" it stands for itself)");
        }
      }
      result.append(c);
    }
    return result.toString();
  }

  static long integer(Token token) {
    try {
      return Long.parseLong(token.getText());
    } catch (NumberFormatException tooLong) {
      throw InvalidExpressionException.at(
          Expressions.position(token), token.getText() + " does not fit 64 bits");
    }
  }

  static AddressRange addresses(Token token) {
    return AddressRange.of(token.getText())
        .orElseThrow(
            () ->
                InvalidExpressionException.at(
                    Expressions.position(token),
                    token.getText() + " is neither an address nor a network"));
  }
}
