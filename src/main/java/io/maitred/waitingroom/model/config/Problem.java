package io.maitred.waitingroom.model.config;

/**
 * Why a change is refused, in the form in which a client is told (contract waiting room 21.4,
 * 21.5).
 *
 * @param code one of the constants
 * @param pointer JSON pointer into the body to what is wrong; empty for the whole body
 */
public record Problem(int code, String message, String pointer) {
  /** What is addressed does not exist: status 404. */
  public static final int NOT_FOUND = 1001;

  /** A value is missing or wrong: status 400. */
  public static final int INVALID = 1002;

  /** A name, a route or a time is taken: status 400. */
  public static final int DUPLICATE = 1003;

  /** The room, event or rule does not exist. */
  public static Problem notFound() {
    return new Problem(NOT_FOUND, "Object not found.", "");
  }

  /**
   * @param message without the suffix that all such messages have
   */
  static Problem invalid(String message, String pointer) {
    return new Problem(INVALID, message + ": invalid data", pointer);
  }

  static Problem duplicate(String message, String pointer) {
    return new Problem(DUPLICATE, message, pointer);
  }
}
