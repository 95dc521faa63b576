package io.maitred.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells calls of the API from requests that belong to a service (contract waiter 2.1).
 *
 * @param hostnames the names that this router answers to itself, lower case, without port
 */
public record Classification(Set<String> hostnames) {
  /** Whose request it is. */
  public enum Kind {
    API,
    PROXIED
  }

  private static final Set<String> API_ON_ANY_HOST =
      Set.of(
          "/app-name",
          "/service-id",
          "/token",
          "/waiter-ping",
          "/.well-known/auth/expires-at",
          "/.well-known/auth/keep-alive",
          "/.well-known/oidc/v1/openid-enabled",
          "/oidc/v1/callback");

  private static final List<String> API_PREFIXES =
      List.of("/waiter-auth/", "/waiter-consent", "/waiter-interstitial");

  private static final List<String> ASYNC_GOALS = List.of("complete/", "result/", "status/");

  public Classification {
    var all = new HashSet<String>();
    hostnames.forEach(name -> all.add(name.toLowerCase(Locale.ROOT)));
    all.addAll(List.of("localhost", "127.0.0.1", "[::1]"));
    hostnames = Set.copyOf(all);
  }

  public Kind of(RequestContext context) {
    return of(context.path(), context.hostHeader(), context.hasServiceHeaders());
  }

  /**
   * @param path the path as sent
   * @param hostHeader with or without port, possibly empty
   * @param serviceHeaders whether a header starts with {@code x-waiter-}, other than {@code
   *     x-waiter-debug}
   */
  public Kind of(String path, String hostHeader, boolean serviceHeaders) {
    if (isApiOnAnyHost(path)) {
      return Kind.API;
    }
    return !serviceHeaders && isOwn(hostHeader) ? Kind.API : Kind.PROXIED;
  }

  /** Whether the host header is blank or names this router, so that it can be no token. */
  public boolean isOwn(String hostHeader) {
    var name = withoutPort(hostHeader);
    return name.isBlank() || hostnames.contains(name.toLowerCase(Locale.ROOT));
  }

  static String withoutPort(String hostHeader) {
    int colon = hostHeader.lastIndexOf(':');
    // a colon inside the brackets belongs to an IPv6 address
    return colon < 0 || colon < hostHeader.lastIndexOf(']')
        ? hostHeader
        : hostHeader.substring(0, colon);
  }

  private static boolean isApiOnAnyHost(String path) {
    if (API_ON_ANY_HOST.contains(path)) {
      return true;
    }
    if (path.startsWith("/waiter-async/")) {
      var rest = path.substring("/waiter-async/".length());
      var goal = rest.startsWith("v2/") ? rest.substring("v2/".length()) : rest;
      return ASYNC_GOALS.stream().anyMatch(goal::startsWith);
    }
    return path.startsWith("/waiter-") && API_PREFIXES.stream().anyMatch(path::startsWith);
  }
}
