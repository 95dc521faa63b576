package io.maitred.router.model;

import org.jspecify.annotations.Nullable;

/**
 * A request by http to a token that wants https (contract waiter 2.6).
 *
 * @param status 301 for GET and HEAD, which may be repeated as GET, else 307
 */
public record HttpsRedirect(int status, String location) {

  /**
   * Where to send the client.
   *
   * @param hostHeader as received; its port is dropped, since https has another one
   */
  public static HttpsRedirect of(
      String method, String hostHeader, String path, @Nullable String query) {
    boolean repeatable = method.equals("GET") || method.equals("HEAD");
    int colon = hostHeader.lastIndexOf(':');
    boolean port = colon > hostHeader.lastIndexOf(']');
    var host = port ? hostHeader.substring(0, colon) : hostHeader;
    return new HttpsRedirect(
        repeatable ? 301 : 307, "https://" + host + path + (query == null ? "" : "?" + query));
  }
}
