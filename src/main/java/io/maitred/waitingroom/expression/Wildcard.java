package io.maitred.waitingroom.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * A pattern of whole values in which {@code *} stands for any text; {@code \*} is a star, {@code
 * \\} a backslash. Kept as the pieces between the stars, which are looked for one after another.
 */
final class Wildcard implements Predicate<String> {
  private final List<String> pieces;
  private final boolean isStrict;

  /**
   * @param isStrict whether case counts
   */
  Wildcard(String pattern, boolean isStrict) {
    this.isStrict = isStrict;
    this.pieces = split(fold(pattern));
  }

  @Override
  public boolean test(String value) {
    var text = fold(value);
    var head = pieces.get(0);
    if (pieces.size() == 1) {
      return text.equals(head);
    }
    var tail = pieces.get(pieces.size() - 1);
    int end = text.length() - tail.length();
    if (!text.startsWith(head) || end < head.length() || !text.endsWith(tail)) {
      return false;
    }
    int from = head.length();
    for (var piece : pieces.subList(1, pieces.size() - 1)) {
      int found = text.indexOf(piece, from);
      if (found < 0 || found + piece.length() > end) {
        return false;
      }
      from = found + piece.length();
    }
    return true;
  }

  private String fold(String text) {
    return isStrict ? text : text.toLowerCase(Locale.ROOT);
  }

  private static List<String> split(String pattern) {
    var result = new ArrayList<String>();
    var piece = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '*') {
        result.add(piece.toString());
        piece.setLength(0);
      } else {
        boolean isEscape = c == '\\' && i + 1 < pattern.length();
        if (isEscape && (pattern.charAt(i + 1) == '*' || pattern.charAt(i + 1) == '\\')) {
          i++;
          c = pattern.charAt(i);
        }
        piece.append(c);
      }
    }
    result.add(piece.toString());
    return List.copyOf(result);
  }
}
