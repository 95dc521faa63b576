package io.maitred.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorResponsesTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-01-31T10:20:30.123Z"), ZoneOffset.UTC);
  private static final Refusal QUEUE =
      Refusal.of(503, "Max queue length exceeded")
          .errorClass("waiter.QueueLength")
          .with("outstanding-requests", 7)
          .with("service-id", "waiter-service-abc");

  private final ErrorResponses responses =
      new ErrorResponses(
          List.of(new SupportLink("Handbook", "url", "https://example.com/help?a=1&b=2")), CLOCK);

  @ParameterizedTest(name = "{0}, {1} -> {2}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          accept,                                       content type,                expected
          application/json,                             application/grpc,            JSON
          'text/html, application/json',                '',                          JSON
          'text/html,application/xhtml+xml,*/*;q=0.8',  application/json,            HTML
          text/plain,                                   application/json,            TEXT
          'text/plain, text/html',                      '',                          HTML
          */*,                                          application/json,            JSON
          */*,                                          application/grpc,            GRPC
          */*,                                          application/grpc+proto,      TEXT
          */*,                                          '',                          TEXT
          image/png,                                    text/html,                   TEXT
          """)
  void form_followsTheClient(String accept, String contentType, String expected) {
    assertEquals(BodyForm.valueOf(expected), BodyForm.of(accept, contentType));
  }

  @Test
  void form_withoutAccept_followsTheBody() {
    assertEquals(BodyForm.JSON, BodyForm.of(null, "application/json"));
    assertEquals(BodyForm.TEXT, BodyForm.of(null, ""));
  }

  @Test
  void json_hasEveryField() {
    var request =
        HttpRequest.POST("http://localhost:9091/a/b?x=y")
            .addHeader(RawHeader.create("host", "shop:9091"))
            .addHeader(RawHeader.create("x-cid", "the-cid"))
            .addHeader(RawHeader.create("accept", "*/*"))
            .withEntity(ContentTypes.APPLICATION_JSON, "{}");
    var context = RequestContext.of(request, CLOCK);
    context.known().caller(new Caller("alice@REALM", "single-user"));
    context.known().tokens(List.of("shop"), "bob");
    context.known().serviceId(new ServiceId("waiter-service-abc"));
    var response = responses.render(context, QUEUE);
    assertEquals(503, response.status().intValue());
    var error = error(response);
    assertEquals(
        List.of(
            "cid",
            "details",
            "host",
            "instance-id",
            "message",
            "principal",
            "query-string",
            "request-method",
            "service-id",
            "status",
            "support-info",
            "timestamp",
            "title",
            "uri",
            "service-owner",
            "waiter-token"),
        List.copyOf(error.keySet()));
    assertEquals("the-cid", error.get("cid"));
    assertEquals(
        Map.of(
            "error-class",
            "waiter.QueueLength",
            "outstanding-requests",
            7,
            "service-id",
            "waiter-service-abc"),
        error.get("details"));
    assertEquals("shop:9091", error.get("host"));
    assertNull(error.get("instance-id"));
    assertEquals("Max queue length exceeded", error.get("message"));
    assertEquals("alice@REALM", error.get("principal"));
    assertEquals("x=y", error.get("query-string"));
    assertEquals("POST", error.get("request-method"));
    assertEquals("waiter-service-abc", error.get("service-id"));
    assertEquals(503, error.get("status"));
    assertEquals("2024-01-31T10:20:30.123Z", error.get("timestamp"));
    assertEquals("Queue Length", error.get("title"));
    assertEquals("/a/b", error.get("uri"));
    assertEquals("bob", error.get("service-owner"));
    assertEquals("shop", error.get("waiter-token"));
    assertEquals("waiter.QueueLength", context.known().errorClass());
  }

  @Test
  void json_withoutDetails_hasNull() {
    var error = error(responses.render(asking("application/json"), Refusal.of(404, "Not found")));
    assertNull(error.get("details"));
    assertEquals("Waiter Error 404", error.get("title"));
  }

  @Test
  void text_hasItsLayout() {
    var refusal = QUEUE.with("nested", Map.of("inner", "value")).with("list", List.of("a", 1));
    var response = responses.render(asking("text/plain"), refusal);
    assertEquals("text/plain; charset=UTF-8", response.entity().getContentType().toString());
    assertEquals(
        """
        Queue Length
        ============

        Max queue length exceeded

        Request Info
        ------------

        Host: localhost
        Path: /x
        Query String:\s
        Method: GET
        CID: c
        Time: 2024-01-31T10:20:30.123Z
        Service Id: waiter-service-abc

        Additional Info
        ---------------

        error-class waiter.QueueLength
        outstanding-requests 7
        service-id waiter-service-abc
        nested
          inner value
        list ["a",1]

        Getting Help
        ------------

        Handbook: https://example.com/help?a=1&b=2
        """,
        body(response));
  }

  @Test
  void html_escapesAndLinks() {
    var refusal =
        Refusal.of(400, "<script>alert(\"x\")</script> & see https://example.com/a?b=1&c=<2>.")
            .with("key", "<b>");
    var response = responses.render(asking("text/html"), refusal);
    assertEquals("text/html; charset=UTF-8", response.entity().getContentType().toString());
    var page = body(response);
    assertFalse(page.contains("<script"), page);
    assertFalse(page.contains("<b>"), page);
    assertTrue(
        page.contains(
            "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; see "
                + "<a href=\"https://example.com/a?b=1&amp;c=\">"),
        page);
    assertTrue(page.contains("key &lt;b&gt;"), page);
    assertTrue(page.contains("<a href=\"https://example.com/help?a=1&amp;b=2\">Handbook</a>"));
  }

  @ParameterizedTest(name = "{0} ends the link before {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          see http://a/b.  | .
          (http://a/b)     | )
          http://a/b, and  | , and
          """)
  void links_endBeforePunctuation(String text, String rest) {
    assertTrue(
        ErrorPages.withLinks(text).endsWith("<a href=\"http://a/b\">http://a/b</a>" + rest),
        ErrorPages.withLinks(text));
  }

  @Test
  void grpc_hasHeadersAndNoBody() {
    var request =
        HttpRequest.POST("http://localhost/x")
            .withEntity(
                akka.http.javadsl.model.HttpEntities.create(
                    akka.http.javadsl.model.MediaTypes.applicationBinary("grpc", true)
                        .toContentType(),
                    new byte[] {1}));
    var response =
        responses.render(
            RequestContext.of(request, CLOCK), Refusal.of(503, "one\ntwo 100% \u00e4"));
    assertEquals(503, response.status().intValue());
    assertEquals("application/grpc", response.entity().getContentType().toString());
    assertEquals("", body(response));
    assertEquals("14", response.getHeader("grpc-status").orElseThrow().value());
    assertEquals(
        "one; two 100%25 %C3%A4", response.getHeader("grpc-message").orElseThrow().value());
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({"400,3", "401,16", "403,7", "429,14", "500,13", "502,14", "503,14", "504,4", "404,2"})
  void grpcStatus_followsTheTable(int http, String grpc) {
    assertEquals(grpc, ErrorResponses.grpcStatus(http));
  }

  @Test
  void refusal_isFoundBehindWrappers_withItsHeaders() {
    var refusal = new Refusal(401, "Unauthorized", Map.of(), Map.of("www-authenticate", "X"));
    var response = responses.render(asking("*/*"), new CompletionException(refusal.asException()));
    assertEquals(401, response.status().intValue());
    assertEquals("X", response.getHeader("www-authenticate").orElseThrow().value());
  }

  @Test
  void unknownFailure_is500() {
    var refusal = ErrorResponses.refusal(new IllegalStateException("broken"));
    assertEquals(500, refusal.status());
    assertEquals("Internal error: broken", refusal.message());
  }

  @Test
  void timeout_is503() {
    assertEquals(503, ErrorResponses.refusal(new TimeoutException("ask")).status());
  }

  @Test
  void statusWithoutName_isRendered() {
    assertEquals(499, responses.render(asking("*/*"), Refusal.of(499, "odd")).status().intValue());
  }

  private static RequestContext asking(String accept) {
    return RequestContext.of(
        HttpRequest.GET("http://localhost/x")
            .addHeader(RawHeader.create("host", "localhost"))
            .addHeader(RawHeader.create("x-cid", "c"))
            .addHeader(RawHeader.create("accept", accept)),
        CLOCK);
  }

  private static String body(HttpResponse response) {
    return ((HttpEntity.Strict) response.entity()).getData().utf8String();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> error(HttpResponse response) {
    var body = JsonBody.parseObject(body(response).getBytes(StandardCharsets.UTF_8));
    return (Map<String, Object>) Objects.requireNonNull(body.get("waiter-error"));
  }
}
