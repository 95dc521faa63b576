package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.reservation.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend sees of the client's head, and the client of the backend's, byte for byte. */
class ForwarderHeadersIT {
  private static TestFront front;
  private static ScriptedBackend backend;
  private static final LinkedBlockingQueue<String> heads = new LinkedBlockingQueue<>();
  private static volatile String answer = "";

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.start();
    backend =
        ScriptedBackend.playing(
            line -> {
              for (var head = line.readHead(); !head.isEmpty(); head = line.readHead()) {
                int body = head.toLowerCase(Locale.ROOT).indexOf("content-length: ");
                if (body >= 0) {
                  line.read(Integer.parseInt(head.substring(body + 16, head.indexOf('\r', body))));
                }
                heads.add(head);
                line.send(answer);
              }
            });
  }

  @AfterAll
  static void stop() throws Exception {
    front.close();
    backend.close();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "/",
        "/%7euser/a%2Fb%20c",
        "/a/../b/./c//d",
        "/?a=b&&c",
        "/p?x=|^{}",
        "/q?a=1?b=2/3",
        "/p;v=1,2?",
        "/sp%C3%A4t?k=%E4",
        "/a?b=c+d&e='f'*~",
        "*",
      })
  void target_reachesTheBackendUnchanged(String target) throws Exception {
    var method = target.equals("*") ? "OPTIONS " : "GET ";
    var head = backendSees(method + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    assertEquals(method + target + " HTTP/1.1", head.get(0));
  }

  @Test
  void target_inAbsoluteForm_isReducedToPathAndQuery() throws Exception {
    var head = backendSees("GET http://a:80/x/%7e?y HTTP/1.1\r\nHost: a:80\r\n\r\n");
    assertEquals("GET /x/%7e?y HTTP/1.1", head.get(0));
    assertEquals(
        "GET / HTTP/1.1", backendSees("GET http://a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n").get(0));
    assertEquals(
        "GET /?q HTTP/1.1", backendSees("GET http://a:80?q HTTP/1.1\r\nHost: a:80\r\n\r\n").get(0));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "COPY",
        "LOCK",
        "MKCOL",
        "MOVE",
        "PROPFIND",
        "PROPPATCH",
        "UNLOCK",
        "REPORT",
        "DELETE",
        "OPTIONS",
        "PATCH",
        "PUT",
        "TRACE",
      })
  void method_passes(String method) throws Exception {
    assertEquals(
        method + " /x HTTP/1.1", backendSees(method + " /x HTTP/1.1\r\nHost: a\r\n\r\n").get(0));
  }

  @Test
  void request_isSentWithOurHeadersOnly() throws Exception {
    var head =
        backendSees(
            """
            POST / HTTP/1.1
            Host: my_token$1.example:9091
            User-Agent: curl/8
            Accept: */*
            Authorization: Bearer client
            X-Waiter-Cmd: rm
            x-waiter-auth-principal: mallory
            X-CID: theirs
            Connection: keep-alive, X-Hop, close
            X-Hop: 1
            Keep-Alive: timeout=5
            Proxy-Authorization: Basic x
            Proxy-Authenticate: Basic
            TE: trailers
            Trailer: X-T
            Upgrade: h2c
            Expect: 100-continue
            Cookie: a=b; x-waiter-auth=secret; x-auth-expires-at=1; c=d; x-waiter-oidc-challenge-1=z
            If-Match: unquoted-etag
            If-None-Match:
            X-Umlaut: späť
            Via: 1.0 edge
            Content-Type: application/json
            Content-Length: 2

            {}""");
    assertEquals(
        List.of(
            "POST / HTTP/1.1",
            "host: my_token$1.example:9091",
            "user-agent: curl/8",
            "accept: */*",
            "cookie: a=b; c=d",
            "if-match: unquoted-etag",
            "if-none-match: ",
            "x-umlaut: späť",
            "via: 1.0 edge, " + TestFront.VIA,
            "authorization: Basic d2FpdGVyOnNlY3JldA==",
            "x-cid: cid-1",
            "x-waiter-auth-principal: alice",
            "x-waiter-authenticated-principal: alice@EXAMPLE.COM",
            "content-type: application/json",
            "content-length: 2"),
        utf8(head));
  }

  @Test
  void request_withoutPrincipal_namesNone() throws Exception {
    front.with(
        o ->
            new ForwardOptions(
                o.socketTimeout(),
                o.streamingTimeout(),
                o.authorization(),
                null,
                o.cid(),
                o.via(),
                o.mayStart()));
    answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    var head = lines(exchange("GET /original HTTP/1.1\r\nHost: a\r\n\r\n"));
    assertEquals("GET /original HTTP/1.1", head.get(0));
    assertTrue(head.stream().noneMatch(line -> line.contains("principal")), head.toString());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET without body     | GET    |                   | none
          POST without body    | POST   |                   | content-length: 0
          POST with length 0   | POST   | Content-Length: 0 | content-length: 0
          DELETE without body  | DELETE |                   | none
          """)
  void emptyBody_isFramedAsTheMethodNeeds(String name, String method, String given, String sent)
      throws Exception {
    var header = given == null ? "" : given + "\r\n";
    var head = backendSees(method + " / HTTP/1.1\r\nHost: a\r\n" + header + "\r\n");
    assertEquals(
        sent,
        head.stream().filter(line -> line.startsWith("content-length")).findFirst().orElse("none"));
    assertFalse(head.stream().anyMatch(line -> line.startsWith("transfer-encoding")));
  }

  @Test
  void request_of32KiB_passes() throws Exception {
    var value = "v".repeat(31_000);
    var head = backendSees("GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + value + "\r\n\r\n");
    assertTrue(head.contains("x-long: " + value));
  }

  @Test
  void response_keepsTheBackendsHeaders() throws Exception {
    answer =
        """
        HTTP/1.1 200 OK
        Server: Python/3.11 kitchen
        Date: Tue, 15 Nov 1994 08:12:31 GMT
        Content-Type: text/plain;charset=utf-8; odd
        ETag: unquoted
        Location: http://elsewhere/?a=b
        Set-Cookie: session=1; Path=/
        Set-Cookie: x-waiter-auth=stolen
        Set-Cookie: x-auth-expires-at=1
        Connection: X-Hop
        X-Hop: 1
        Keep-Alive: timeout=5
        Proxy-Authenticate: Basic
        X-CID: theirs
        Via: 1.1 inner
        X-Empty:
        Content-Length: 2

        ok"""
            .replace("\n", "\r\n");
    var client = front.to(backend).connect();
    try (client) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      var head = lines(client.readHead());
      assertEquals("ok", client.read(2));
      assertEquals(
          List.of(
              "HTTP/1.1 200 OK",
              "Server: Python/3.11 kitchen",
              "Date: Tue, 15 Nov 1994 08:12:31 GMT",
              "Content-Type: text/plain;charset=utf-8; odd",
              "ETag: unquoted",
              "Location: http://elsewhere/?a=b",
              "Set-Cookie: session=1; Path=/",
              "Via: 1.1 inner",
              "X-Empty: ",
              "Content-Length: 2"),
          head);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          length passes            | HEAD | 200 | Content-Length: 12345      | Content-Length: 12345
          chunked                  | HEAD | 200 | Transfer-Encoding: chunked | none
          neither                  | HEAD | 200 | X: y                       | none
          304 with length          | GET  | 304 | Content-Length: 12345      | Content-Length: 12345
          204                      | GET  | 204 | X: y                       | none
          204 with illegal length  | GET  | 204 | Content-Length: 0          | none
          """)
  void answerWithoutBody_endsAtItsHead(
      String name, String method, int status, String given, String seen) throws Exception {
    answer = "HTTP/1.1 " + status + " Text\r\nServer: s\r\n" + given + "\r\n\r\n";
    try (var client = front.to(backend).connect()) {
      for (int i = 0; i < 2; i++) {
        client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
        var head = lines(client.readHead());
        assertTrue(head.get(0).startsWith("HTTP/1.1 " + status), head.toString());
        assertEquals(
            seen,
            head.stream()
                .filter(line -> line.matches("(Content-Length|Transfer-Encoding): .*"))
                .reduce((a, b) -> a + "; " + b)
                .orElse("none"));
        assertEquals(Outcome.SUCCESS, front.nextOutcome());
      }
    }
  }

  private static List<String> backendSees(String request) throws Exception {
    front.to(backend);
    answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    var lines = new ArrayList<String>();
    for (var line : lines(exchange(request))) {
      int colon = line.indexOf(": ");
      boolean isHeader = colon > 0 && !line.endsWith("HTTP/1.1");
      lines.add(
          isHeader
              ? line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon)
              : line);
    }
    return lines;
  }

  private static String exchange(String request) throws Exception {
    heads.clear();
    try (var client = front.connect()) {
      var crlf = request.contains("\r\n") ? request : request.replace("\n", "\r\n");
      client.out().write(crlf.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      client.out().flush();
      var head = heads.poll(20, TimeUnit.SECONDS);
      if (head == null) {
        throw new AssertionError("the backend saw no request");
      }
      return head;
    }
  }

  private static List<String> lines(String head) {
    return head.strip().lines().toList();
  }

  private static List<String> utf8(List<String> lines) {
    return lines.stream()
        .map(
            line ->
                new String(
                    line.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                    java.nio.charset.StandardCharsets.UTF_8))
        .toList();
  }
}
