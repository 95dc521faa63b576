package io.maitred.waitingroom.page;

/** A page was not rendered to its end. */
final class RenderingStoppedException extends Exception {
  /** Why. */
  enum Reason {
    /** The page would have become too long. */
    SIZE,
    /** It took too long. */
    TIME,
    /** The library failed. */
    ERROR
  }

  private static final long serialVersionUID = 1;

  private final Reason reason;

  RenderingStoppedException(Reason reason, Throwable cause) {
    super(reason.name(), cause);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
