package io.maitred.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.RawRequestURI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestContextTest {
  private static final Instant NOW = Instant.parse("2024-01-31T10:20:30.123Z");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      nullValues = "none",
      textBlock =
          """
          case,                          raw URI,                    path,       query
          as sent,                       /a%7eb/../c?x=%zz,          /a%7eb/../c,x=%zz
          no query,                      /a,                         /a,         none
          empty query,                   /a?,                        /a,         ''
          a second question mark,        /a?b?c,                     /a,         b?c
          absolute form,                 http://shop:80/a?b,         /a,         b
          absolute form without path,    http://shop,                /,          none
          absolute form with query only, http://shop?b,              /,          b
          asterisk,                      *,                          *,          none
          """)
  void target_isKeptByteForByte(String name, String raw, String path, @Nullable String query) {
    var context = of(HttpRequest.GET("/other").addHeader(RawRequestURI.create(raw)));
    assertEquals(path, context.path(), name);
    assertEquals(query, context.query(), name);
  }

  @Test
  void target_withoutRawUri_isTakenFromTheUri() {
    var context = of(HttpRequest.GET("http://localhost/a/b?c=d"));
    assertEquals("/a/b", context.path());
    assertEquals("c=d", context.query());
    assertEquals("/", of(HttpRequest.GET("http://localhost")).path());
  }

  @Test
  void rawUri_sentByTheClient_isIgnored() {
    var context =
        of(
            HttpRequest.GET("/a")
                .addHeader(RawHeader.create("raw-request-uri", "/forged"))
                .addHeader(RawRequestURI.create("/a")));
    // addHeader puts the new header first, as the server does
    assertEquals("/a", context.path());
  }

  @Test
  void cid_isTakenFromTheRequest_elseGenerated() {
    assertEquals("my-cid", of(with("x-cid", "my-cid")).cid());
    assertFalse(of(with("x-cid", "")).cid().isBlank());
    assertNotEquals(of(HttpRequest.GET("/")).cid(), of(HttpRequest.GET("/")).cid());
  }

  @Test
  void requestId_endsWithTheScheme() {
    assertTrue(of(HttpRequest.GET("http://localhost/")).requestId().endsWith("-http"));
    assertTrue(of(with("x-forwarded-proto", "HTTPS")).requestId().endsWith("-https"));
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({"HTTP/1,HTTP/1.0", "HTTP/2,HTTP/2.0", "HTTP/1.1,HTTP/1.1", "'',HTTP/1.1"})
  void clientProtocol_followsTheForwardedVersion(String forwarded, String expected) {
    var context = of(with("x-forwarded-proto-version", forwarded));
    assertEquals(expected, context.clientProtocol());
    assertEquals("HTTP/1.1", context.connectionProtocol());
  }

  @Test
  void facts_ofAPlainRequest() {
    var context = of(with("host", "shop:9091"));
    assertEquals(NOW, context.arrivedAt());
    assertEquals("shop", context.host());
    assertEquals("shop:9091", context.hostHeader());
    assertEquals("", context.contentType());
    assertNull(context.accept());
    assertFalse(context.debug());
    assertTrue(of(with("x-waiter-debug", "yes")).debug());
  }

  @Test
  void query_isDecoded() {
    var query = QueryParameters.parse("a=1&a=2&b&c=x+y%20z%c3%a4&d=%zz&e%3d=%4&True=TRUE");
    assertEquals("1", query.first("a"));
    assertTrue(query.contains("a", "2"));
    assertFalse(query.contains("a", "3"));
    assertEquals("", query.first("b"));
    assertEquals("x y z\u00e4", query.first("c"));
    assertEquals("%zz", query.first("d"));
    assertEquals("%4", query.first("e="));
    assertTrue(query.flag("True"));
    assertFalse(query.flag("b"));
    assertNull(query.first("missing"));
  }

  private static HttpRequest with(String name, String value) {
    return HttpRequest.GET("http://localhost/").addHeader(RawHeader.create(name, value));
  }

  private static RequestContext of(HttpRequest request) {
    return RequestContext.of(request, Clock.fixed(NOW, ZoneOffset.UTC));
  }
}
