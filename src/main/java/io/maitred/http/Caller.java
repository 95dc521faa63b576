package io.maitred.http;

/**
 * Who sends a request.
 *
 * @param principal the full name, possibly with a domain: {@code user@REALM}
 * @param method how the caller was authenticated, for instance {@code single-user}
 */
public record Caller(String principal, String method) {

  /** The principal without its domain. */
  public String user() {
    int at = principal.indexOf('@');
    return at < 0 ? principal : principal.substring(0, at);
  }
}
