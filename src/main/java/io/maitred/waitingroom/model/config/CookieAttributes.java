package io.maitred.waitingroom.model.config;

/** How the cookie of a room is to be set. */
public record CookieAttributes(SameSite samesite, SecureCookie secure) {
  public static final CookieAttributes DEFAULT =
      new CookieAttributes(SameSite.AUTO, SecureCookie.AUTO);
}
