package io.maitred.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoServiceTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("WAITER_USERNAME", "waiter", "WAITER_PASSWORD", "secret", "COLOUR", "a \"b\"");
  private static final String CREDENTIALS =
      "Basic "
          + Base64.getEncoder().encodeToString("waiter:secret".getBytes(StandardCharsets.UTF_8));

  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = DemoService.start(DemoOptions.parse(List.of("-p", "0"), Map.of()), ENVIRONMENT);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
        .version(HttpClient.Version.HTTP_1_1)
        .header("authorization", CREDENTIALS);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void plainRequest_saysHelloAndEchoesTheCid() throws Exception {
    var answer = send(request("/any/thing").header("x-cid", "c-1"));
    assertEquals(200, answer.statusCode());
    assertEquals("Hello World", answer.body());
    assertEquals("c-1", answer.headers().firstValue("x-cid").orElseThrow());
    assertEquals("11", answer.headers().firstValue("content-length").orElseThrow());
    assertEquals("text/plain", answer.headers().firstValue("content-type").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "UNLOCK"})
  void anyMethod_isAnswered(String method) throws Exception {
    assertEquals("Hello World", send(request("/").method(method, BodyPublishers.noBody())).body());
  }

  @Test
  void head_hasTheLengthAndNoBody() throws Exception {
    var answer = send(request("/").method("HEAD", BodyPublishers.noBody()));
    assertEquals("11", answer.headers().firstValue("content-length").orElseThrow());
    assertEquals("", answer.body());
  }

  @ParameterizedTest
  @CsvSource({
    "/,403",
    "/status,200",
    "/sleep?sleep-ms=0,200",
    "/bad-status?status=418,418",
    "/bad-status,500"
  })
  void withoutPassword_onlySomePathsAnswer(String path, int status) throws Exception {
    var uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    assertEquals(status, send(HttpRequest.newBuilder(uri)).statusCode());
    assertEquals(
        status,
        send(HttpRequest.newBuilder(uri).header("authorization", "Basic eA==")).statusCode());
  }

  @Test
  void requestHeaders_steerTheAnswer() throws Exception {
    assertEquals(503, send(request("/").header("x-kitchen-act-busy", "true")).statusCode());
    assertEquals(
        "abc",
        send(request("/").header("x-kitchen-echo", "true").POST(BodyPublishers.ofString("abc")))
            .body());
    assertEquals(
        1_000_000, send(request("/").header("x-kitchen-response-size", "1000000")).body().length());
    var cookies = send(request("/").header("x-kitchen-cookies", "a=b,c=d")).headers();
    assertEquals(List.of("a=b", "c=d"), cookies.allValues("set-cookie"));
    var chunked =
        send(request("/").header("x-kitchen-chunked", "true").header("x-kitchen-chunk-size", "3"));
    assertEquals("chunked", chunked.headers().firstValue("transfer-encoding").orElseThrow());
    assertEquals("Hello World", chunked.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void failAfter_breaksTheBodyOff(String chunked) {
    var request = request("/").header("x-kitchen-fail-after", "5");
    if (chunked.equals("true")) {
      request.header("x-kitchen-chunked", "true");
    }
    assertThrows(IOException.class, () -> send(request));
  }

  @Test
  void requestInfo_showsTheRequestAndHidesSecrets() throws Exception {
    var info =
        send(request("/request-info?a=b").header("X-Thing", "1").PUT(BodyPublishers.ofString("xy")))
            .body();
    assertTrue(info.contains("\"request-method\":\"put\""), info);
    assertTrue(info.contains("\"query-string\":\"a=b\""), info);
    assertTrue(info.contains("\"x-thing\":\"1\""), info);
    assertTrue(info.contains("\"request-length\":2"), info);
    assertTrue(info.contains("\"authorization\":\"" + CREDENTIALS.substring(0, 15) + "\""), info);
    var environment = send(request("/environment")).body();
    assertEquals("{\"COLOUR\":\"a \\\"b\\\"\",\"WAITER_USERNAME\":\"waiter\"}", environment);
  }

  @Test
  void bodies_comeInEachFraming() throws Exception {
    assertEquals(100_000, send(request("/chunked")).body().length());
    assertEquals(100_000, send(request("/unchunked")).body().length());
    var packed = client.send(request("/gzip").build(), BodyHandlers.ofInputStream());
    try (var body = new GZIPInputStream(packed.body())) {
      assertEquals(100_000, body.readAllBytes().length);
    }
    assertEquals(204, send(request("/bad-status?status=204")).statusCode());
  }

  @Test
  void kitchenState_countsTheMostAtOnce() throws Exception {
    var all = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < 3; i++) {
      all.add(client.sendAsync(request("/sleep?sleep-ms=300").build(), BodyHandlers.ofString()));
    }
    for (var each : all) {
      assertEquals("slept", each.get().body());
    }
    var state = send(request("/kitchen-state")).body();
    assertTrue(state.contains("\"total-http-requests\":3"), state);
    assertTrue(state.contains("\"pending-http-requests\":0"), state);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -p x             | -p: x (expected: an integer from 0 to 65535)
          --port           | --port: no value (expected: one)
          --nonsense       | unknown option: --nonsense
          --log-output disk| --log-output: disk (expected: stdout, stderr or file)
          """)
  void options_wrong_areNamed(String line, String message) {
    var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> DemoOptions.parse(List.of(line.strip().split(" ")), Map.of()));
    assertEquals(message, thrown.getMessage());
  }

  @Test
  void options_hostname_isTheInstancesOwn() {
    assertEquals("127.0.0.1", DemoOptions.parse(List.of(), Map.of()).hostname());
    assertEquals(
        "127.0.0.7", DemoOptions.parse(List.of(), Map.of("WAITER_HOST", "127.0.0.7")).hostname());
    assertEquals(
        "::1",
        DemoOptions.parse(List.of("--hostname", "::1"), Map.of("WAITER_HOST", "x")).hostname());
  }
}
