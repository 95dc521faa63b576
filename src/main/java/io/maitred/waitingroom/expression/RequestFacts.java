package io.maitred.waitingroom.expression;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * What expressions may ask about one request. Each method is called only when an expression needs
 * it; those that derive something may be overridden by an implementation that keeps the result.
 */
public interface RequestFacts {

  /** As sent, mostly upper-case letters. */
  String method();

  /** Without port; empty if the request names none. */
  String host();

  /** Path and query as sent, percent-encoded, from the first slash on. */
  String uri();

  /** Such as {@code HTTP/1.1}. */
  String version();

  /** Whether the client reached us over TLS. */
  boolean isSecure();

  /** The client's address. */
  InetAddress remoteAddress();

  /** Two letters, from a trusted header; empty if unknown. */
  String country();

  /** Number of the client's autonomous system, from a trusted header; 0 if unknown. */
  long autonomousSystem();

  /**
   * The values of a header in the order of the request; empty if there is none.
   *
   * @param name in lower case
   */
  List<String> headers(String name);

  /** The names of all headers, in lower case, each as often as it was sent. */
  List<String> headerNames();

  /** The path of {@link #uri()}. */
  default String path() {
    return UriParts.path(uri());
  }

  /** What follows the first question mark of {@link #uri()}, without it. */
  default String query() {
    return UriParts.query(uri());
  }

  /** The values of each query argument, as sent. */
  default Map<String, List<String>> arguments() {
    return UriParts.pairs(query(), "&");
  }

  /** The values of each cookie, as sent. */
  default Map<String, List<String>> cookies() {
    return UriParts.pairs(String.join("; ", headers("cookie")), ";");
  }
}
