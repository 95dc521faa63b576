package io.maitred.router.model;

import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Which headers pass between client and backend (contract waiter 6.7 and 6.9). All names are given
 * in lower case; the methods allocate nothing for the usual request.
 */
public final class ForwardedHeaders {
  private static final String WAITER_PREFIX = "x-waiter-";
  private static final String AUTH_COOKIE = "x-waiter-auth";
  private static final String EXPIRY_COOKIE = "x-auth-expires-at";
  private static final String CHALLENGE_COOKIE_PREFIX = "x-waiter-oidc-challenge-";

  private ForwardedHeaders() {}

  /**
   * Whether a client's header reaches the backend as it is. False for what never does, and for the
   * names that the router writes itself ({@code x-cid}, {@code via}, framing, {@code cookie} after
   * {@link #cookie}).
   */
  public static boolean passesToBackend(String name) {
    return switch (name) {
      case "authorization", "expect", "cookie", "x-cid", "via", "content-length", "content-type" ->
          false;
      default -> !isHopByHop(name) && !name.startsWith(WAITER_PREFIX);
    };
  }

  /**
   * Whether a backend's header reaches the client as it is; {@code set-cookie} needs {@link
   * #passesSetCookie} besides, {@code x-cid} is written by the router.
   */
  public static boolean passesToClient(String name) {
    return switch (name) {
      case "x-cid", "content-length" -> false;
      default -> !isHopByHop(name);
    };
  }

  /** Headers that belong to one connection (RFC 9110 section 7.6.1, and {@code trailers}). */
  public static boolean isHopByHop(String name) {
    return switch (name) {
      case "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "trailers",
          "transfer-encoding",
          "upgrade" ->
          true;
      default -> false;
    };
  }

  /**
   * The names that a {@code connection} header declares to be hop-by-hop, without those that are so
   * anyway; empty for the usual {@code keep-alive} and {@code close}.
   */
  public static Set<String> namedIn(String connection) {
    if (connection.equalsIgnoreCase("keep-alive") || connection.equalsIgnoreCase("close")) {
      return Set.of();
    }
    var names = new java.util.HashSet<String>();
    for (var token : connection.split(",", -1)) {
      var name = token.trim().toLowerCase(Locale.ROOT);
      if (!name.isEmpty() && !name.equals("close") && !isHopByHop(name)) {
        names.add(name);
      }
    }
    return Set.copyOf(names);
  }

  /** A {@code cookie} header without the router's own cookies, or null when nothing is left. */
  public static @Nullable String cookie(String value) {
    if (!value.contains(AUTH_COOKIE)
        && !value.contains(EXPIRY_COOKIE)
        && !value.contains(CHALLENGE_COOKIE_PREFIX)) {
      return value;
    }
    var kept = new StringJoiner("; ");
    for (var part : value.split(";", -1)) {
      var pair = part.trim();
      int equals = pair.indexOf('=');
      var name = equals < 0 ? pair : pair.substring(0, equals).trim();
      if (!pair.isEmpty() && !isOwnCookie(name)) {
        kept.add(pair);
      }
    }
    return kept.length() == 0 ? null : kept.toString();
  }

  /** Whether a backend may set this cookie: not one of the router's own names. */
  public static boolean passesSetCookie(String value) {
    return !value.startsWith(AUTH_COOKIE) && !value.startsWith(EXPIRY_COOKIE);
  }

  /** The {@code via} header after this hop. */
  public static String via(@Nullable String before, String own) {
    return before == null || before.isBlank() ? own : before + ", " + own;
  }

  /** The user of a principal: {@code user@DOMAIN} without its domain. */
  public static String user(String principal) {
    int at = principal.indexOf('@');
    return at < 0 ? principal : principal.substring(0, at);
  }

  private static boolean isOwnCookie(String name) {
    return name.equals(AUTH_COOKIE)
        || name.equals(EXPIRY_COOKIE)
        || name.startsWith(CHALLENGE_COOKIE_PREFIX);
  }
}
