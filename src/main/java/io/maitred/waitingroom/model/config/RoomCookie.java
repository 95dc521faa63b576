package io.maitred.waitingroom.model.config;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the cookie of a room is set (contract waiting room 26.6, 26.7).
 *
 * @param name of the cookie
 * @param attributes all that do not depend on the time, beginning with {@code "; "}
 */
public record RoomCookie(String name, String attributes) {
  private static final String BASE_NAME = "__cfwaitingroom";
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /**
   * The cookie of a room.
   *
   * @param alwaysHttps whether the room's zone is reached by HTTPS only
   */
  public static RoomCookie of(RoomConfig config, boolean alwaysHttps) {
    var suffix = config.cookieSuffix();
    var attributes = new StringBuilder("; Path=").append(path(config));
    var domain = domain(config);
    if (domain != null) {
      attributes.append("; Domain=").append(domain);
    }
    attributes.append("; HttpOnly");
    var sameSite = config.cookieAttributes().samesite();
    if (sameSite == SameSite.AUTO) {
      sameSite = alwaysHttps ? SameSite.NONE : SameSite.LAX;
    }
    boolean secure = isSecure(config.cookieAttributes().secure(), sameSite, alwaysHttps);
    if (secure) {
      attributes.append("; Secure");
    }
    attributes.append("; SameSite=").append(text(sameSite));
    if (secure && sameSite == SameSite.NONE) {
      attributes.append("; Partitioned");
    }
    return new RoomCookie(
        suffix.isEmpty() ? BASE_NAME : BASE_NAME + "_" + suffix, attributes.toString());
  }

  /** Browsers refuse cookies for all sites that are not secure, so that these always are. */
  private static boolean isSecure(SecureCookie secure, SameSite sameSite, boolean alwaysHttps) {
    return switch (secure) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AUTO -> alwaysHttps || sameSite == SameSite.NONE;
    };
  }

  private static String text(SameSite sameSite) {
    var word = sameSite.text();
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static String path(RoomConfig config) {
    return config.additionalRoutes().isEmpty() ? config.path() : "/";
  }

  private static @Nullable String domain(RoomConfig config) {
    var hosts = RoomIndex.routes(config).stream().map(RoomRoute::host).distinct().toList();
    return hosts.size() == 1 ? null : commonParent(hosts);
  }

  /**
   * Null when there is none that a browser would accept: addresses, and names in different zones.
   */
  private static @Nullable String commonParent(List<String> hosts) {
    var common = hosts.get(0);
    while (!common.isEmpty()) {
      var parent = common;
      if (hosts.stream().allMatch(host -> host.equals(parent) || host.endsWith("." + parent))) {
        return isDomain(parent) ? parent : null;
      }
      int dot = common.indexOf('.');
      common = dot < 0 ? "" : common.substring(dot + 1);
    }
    return null;
  }

  private static boolean isDomain(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && Character.isLetter(name.charAt(dot + 1));
  }

  /**
   * The value of a {@code set-cookie} header.
   *
   * @param maxAgeSeconds how long the client is to keep it
   */
  public String set(String value, long maxAgeSeconds, Instant now) {
    return name
        + "="
        + value
        + "; Max-Age="
        + maxAgeSeconds
        + "; Expires="
        + HTTP_DATE.format(now.plusSeconds(maxAgeSeconds))
        + attributes;
  }

  /** The value of a {@code set-cookie} header that removes the cookie. */
  public String delete() {
    return set("", 0, Instant.EPOCH);
  }
}
