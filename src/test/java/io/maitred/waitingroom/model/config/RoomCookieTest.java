package io.maitred.waitingroom.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.waitingroom.model.config.TestRooms.Options;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomCookieTest {
  private static final Instant NOW = Instant.parse("2026-11-02T09:08:07.600Z");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                    samesite, secure, https, attributes
          auto on http,            auto,     auto,   false, HttpOnly; SameSite=Lax
          auto on https,           auto,     auto,   true,  HttpOnly; Secure; SameSite=None; Partitioned
          auto but never secure,   auto,     never,  true,  HttpOnly; SameSite=None
          auto but always secure, auto,     always, false, HttpOnly; Secure; SameSite=Lax
          lax on https,            lax,      auto,   true,  HttpOnly; Secure; SameSite=Lax
          strict on http,          strict,   auto,   false, HttpOnly; SameSite=Strict
          strict and secure,        strict,   always, false, HttpOnly; Secure; SameSite=Strict
          none and secure,          none,     always, false, HttpOnly; Secure; SameSite=None; Partitioned
          none is never insecure,  none,     auto,   false, HttpOnly; Secure; SameSite=None; Partitioned
          """)
  void set_sameSiteAndSecure(
      String name, String sameSite, String secure, boolean https, String expected) {
    var cookie =
        cookie(
            o ->
                o.cookie(
                    SameSite.of(sameSite).orElseThrow(), SecureCookie.of(secure).orElseThrow()),
            https);

    assertEquals(
        "__cfwaitingroom=v; Max-Age=300; Expires=Mon, 02 Nov 2026 09:13:07 GMT; Path=/; "
            + expected,
        cookie.set("v", 300, NOW));
  }

  @Test
  void of_singleRoute_hasItsPath() {
    assertEquals(
        "; Path=/shop; HttpOnly; SameSite=Lax",
        cookie(o -> o.at("shop.example.com", "/shop"), false).attributes());
  }

  @Test
  void of_suffix_isInTheName() {
    var routes = List.of(new RoomRoute("shop.example.com", "/b"));

    var cookie = cookie(o -> o.at("shop.example.com", "/a").also("sale_1", routes), false);

    assertEquals("__cfwaitingroom_sale_1", cookie.name());
    // several paths, one host
    assertEquals("; Path=/; HttpOnly; SameSite=Lax", cookie.attributes());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                   first,             second,              domain
          siblings,               shop.example.com,  www.example.com,     example.com
          parent and child,       example.com,       www.example.com,     example.com
          child and parent,       www.example.com,   example.com,         example.com
          deeper,                 a.b.example.com,   c.b.example.com,     b.example.com
          alike at the end only,  myexample.com,     example.com,
          different zones,        example.com,       example.org,
          only the top in common, shop.com,          example.com,
          addresses,              10.0.0.1,          127.0.0.1,
          one label,              localhost,         backend,
          """)
  void of_severalHosts_haveTheirParentsDomain(
      String name, String first, String second, String domain) {
    var routes = List.of(new RoomRoute(second, "/b"));

    var cookie = cookie(o -> o.at(first, "/a").also("x", routes), false);

    assertEquals(
        "; Path=/" + (domain == null ? "" : "; Domain=" + domain) + "; HttpOnly; SameSite=Lax",
        cookie.attributes());
  }

  @Test
  void delete_endsItAtOnce() {
    assertEquals(
        "__cfwaitingroom=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly;"
            + " SameSite=Lax",
        cookie(o -> o, false).delete());
  }

  private static RoomCookie cookie(UnaryOperator<Options> room, boolean https) {
    return RoomCookie.of(TestRooms.room(room).config(), https);
  }
}
