package io.maitred.waitingroom.expression;

/**
 * Why a text is no valid expression.
 *
 * @param position of the character at fault, from 1; one past the end when something is missing
 *     there
 * @param message for people, without the position
 */
public record ExpressionError(int position, String message) {

  @Override
  public String toString() {
    return "position " + position + ": " + message;
  }
}
