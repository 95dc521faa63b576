package io.maitred.http;

import org.jspecify.annotations.Nullable;

/** In which form a client gets its error, or the welcome page (contract waiter 1.5). */
public enum BodyForm {
  JSON,
  HTML,
  TEXT,
  GRPC;

  /**
   * The first rule that fits decides. An {@code Accept} that names none of the three known types,
   * such as {@code * / *}, leaves the choice to the type of the request's own body.
   *
   * @param accept the request's {@code accept} header
   * @param contentType media type of the request's body, lower case; empty for none
   */
  public static BodyForm of(@Nullable String accept, String contentType) {
    if (accept != null) {
      if (accept.contains("application/json")) {
        return JSON;
      }
      if (accept.contains("text/html")) {
        return HTML;
      }
      if (accept.contains("text/plain")) {
        return TEXT;
      }
    }
    return switch (contentType) {
      case "application/grpc" -> GRPC;
      case "application/json" -> JSON;
      default -> TEXT;
    };
  }
}
