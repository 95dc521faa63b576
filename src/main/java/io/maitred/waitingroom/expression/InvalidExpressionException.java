package io.maitred.waitingroom.expression;

/** A text that was to be compiled is no valid expression. */
public final class InvalidExpressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ExpressionError error;

  InvalidExpressionException(ExpressionError error) {
    super(error.toString());
    this.error = error;
  }

  static InvalidExpressionException at(int position, String message) {
    return new InvalidExpressionException(new ExpressionError(position, message));
  }

  public ExpressionError error() {
    return error;
  }
}
