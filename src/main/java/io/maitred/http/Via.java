package io.maitred.http;

import org.jspecify.annotations.Nullable;

/**
 * The {@code via} header of proxied requests and responses.
 *
 * @param product how this proxy names itself, for instance {@code maitred/0.1.0}
 */
public record Via(String product) {

  /**
   * @param existing the message's present {@code via} header, null when it has none
   * @param protocol protocol that the client speaks, for instance {@code HTTP/1.1}
   */
  public String append(@Nullable String existing, String protocol) {
    var own = protocol + " " + product;
    return existing == null || existing.isBlank() ? own : existing + ", " + own;
  }
}
