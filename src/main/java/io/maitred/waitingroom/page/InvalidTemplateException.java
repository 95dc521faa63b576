package io.maitred.waitingroom.page;

/** A text is no template that can be used. */
final class InvalidTemplateException extends Exception {
  private static final long serialVersionUID = 1;

  private final String message;

  InvalidTemplateException(String message) {
    super(message);
    this.message = message;
  }

  /** What is wrong, and where, for the operator. */
  String message() {
    return message;
  }
}
