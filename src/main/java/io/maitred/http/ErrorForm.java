package io.maitred.http;

import org.jspecify.annotations.Nullable;

/** In which form a client gets its error (contract waiter 1.5). */
enum ErrorForm {
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
  static ErrorForm of(@Nullable String accept, String contentType) {
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
