package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Large bodies, slow and vanishing partners. The node's heap is smaller than the bodies. */
@ExtendWith(NodeLogs.class)
class StreamingIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long LARGE = 300L * 1024 * 1024;

  /** What may lie in buffers between a backend and a client that does not read. */
  private static final long BUFFERS = 40L * 1024 * 1024;

  private static ClusterOfNodes cluster;
  private static Http http;
  private static Map<String, String> service;

  @BeforeAll
  static void startNode() {
    cluster =
        ClusterOfNodes.plan("StreamingIT")
            .nodes(1)
            .java("-Xmx160m")
            .setting("maitred.scheduler.local.retry-interval", "1s")
            .start();
    http = cluster.node(0).http();
    service = service("streaming", 4);
    var first = http.get("/", service);
    assertEquals(200, first.status(), first::toString);
  }

  @AfterAll
  static void stopNode() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Map<String, String> service(String name, int level) {
    return Http.with(
        Distribution.service(Distribution.witnessCommand(cluster.scratch("record")), name),
        "x-waiter-concurrency-level",
        Integer.toString(level),
        "x-waiter-max-instances",
        "1");
  }

  @Test
  void download_largerThanTheHeap_arrivesWhole() throws Exception {
    var response =
        http.exchange(
            "GET",
            "/bytes?n=" + LARGE,
            service,
            BodyPublishers.noBody(),
            BodyHandlers.ofInputStream());
    assertEquals(200, response.statusCode());
    assertEquals(Long.toString(LARGE), response.headers().firstValue("content-length").orElse(""));
    assertEquals(LARGE, readAll(response.body()));
    assertTrue(cluster.node(0).isAlive());
  }

  @Test
  void upload_largerThanTheHeap_arrivesWhole_withAndWithoutALength() throws Exception {
    BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new Zeros(LARGE));
    BodyPublisher sized = BodyPublishers.fromPublisher(chunked, LARGE);
    for (var body : List.of(chunked, sized)) {
      var response = http.exchange("POST", "/upload", service, body, BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response::body);
      assertEquals(
          Long.toString(LARGE), response.headers().firstValue("x-witness-received").orElse(""));
    }
    assertTrue(cluster.node(0).isAlive());
  }

  @Test
  void slowClient_slowsTheBackendDown() throws Exception {
    long before = written();
    try (var socket = http.connect()) {
      send(socket, "GET /bytes?n=" + LARGE + " HTTP/1.1", service);
      var last = new long[] {-1, 0};
      Await.until(
          "the backend cannot go on",
          LIMIT,
          () -> {
            long now = written();
            last[1] = now == last[0] && now > before ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] == 20;
          });
      assertTrue(last[0] - before < BUFFERS, () -> last[0] - before + " bytes are on the way");
      var in = socket.getInputStream();
      skipHead(in);
      in.skipNBytes(LARGE);
    }
  }

  @Test
  void vanishedClient_freesItsSlot() throws Exception {
    var single = service("vanishing", 1);
    assertEquals(200, http.get("/", single).status());
    try (var socket = http.connect()) {
      send(socket, "GET /work?ms=45000 HTTP/1.1", single);
      var serviceId = http.get("/service-id", single).text();
      Await.until(
          "the slot is taken",
          LIMIT,
          () -> http.get("/state/" + serviceId).text().contains("\"slots-used\":1"));
      socket.setSoLinger(true, 0);
    }
    var reply = http.attempt("GET", "/", single, "", Duration.ofSeconds(20));
    assertEquals(200, reply.status(), reply::toString);
  }

  @Test
  void slowBackend_isATimeout() {
    var single = service("slow", 1);
    assertEquals(200, http.get("/", single).status());
    var late =
        http.get(
            "/work?ms=8000",
            Http.with(single, "x-waiter-timeout", "1000", "accept", "application/json"));
    assertEquals(504, late.status(), late::toString);
    assertEquals("Request to service backend timed out", late.errorMessage());
    assertEquals(
        "instance-error",
        late.json().at("/waiter-error/details/error-cause").asText(),
        late::toString);
  }

  @Test
  void backendThatClosesWithoutAnswer_isABadGateway() {
    var single = service("silent", 1);
    assertEquals(200, http.get("/", single).status());
    var failed = http.post("/silent", Http.with(single, "accept", "application/json"), "x");
    assertEquals(502, failed.status(), failed::toString);
    assertEquals("Request to service backend failed", failed.errorMessage());
  }

  @Test
  void backendThatBreaksOff_breaksTheAnswerOff() {
    var single = service("broken", 1);
    assertEquals(200, http.get("/", single).status());
    assertThrows(
        IOException.class,
        () -> http.attempt("GET", "/broken", single, "", Duration.ofSeconds(20)));
  }

  @Test
  void queueTimeout_saysWhatIsMissing() {
    var single = service("queue", 1);
    assertEquals(200, http.get("/", single).status());
    var holder = http.later("/work?ms=6000", single);
    var serviceId = http.get("/service-id", single).text();
    Await.until(
        "the slot is taken",
        LIMIT,
        () -> http.get("/state/" + serviceId).text().contains("\"slots-used\":1"));
    var late =
        http.get(
            "/", Http.with(single, "x-waiter-queue-timeout", "1000", "accept", "application/json"));
    assertEquals(503, late.status(), late::toString);
    assertEquals(
        "After 1 seconds, no instance available to handle request."
            + " Check that your service is able to scale properly!",
        late.errorMessage());
    var details = late.json().at("/waiter-error/details");
    assertEquals("waiter.RequestTimeout", details.path("error-class").asText(), late::toString);
    for (var field :
        List.of(
            "outstanding-requests",
            "requests-waiting-to-stream",
            "waiting-for-available-instance",
            "slots-assigned",
            "slots-available",
            "slots-in-use",
            "work-stealing-offers-received",
            "work-stealing-offers-sent",
            "service-id")) {
      assertTrue(details.has(field), () -> field + " in " + late);
    }
    assertEquals(200, holder.join().status());
  }

  @Test
  void deploymentError_isToldToQueuedAndNewRequests() {
    var wrong =
        Http.with(
            Distribution.service("no-such-command-" + "at-all", "wrong"),
            "accept",
            "application/json");
    var queued =
        IntStream.range(0, 3).mapToObj(i -> http.later("/", wrong)).collect(Collectors.toList());
    for (var one : queued) {
      var reply = one.join();
      assertEquals(503, reply.status(), reply::toString);
      assertEquals("Deployment error: Invalid startup command", reply.errorMessage());
      assertEquals(
          "waiter.DeploymentError",
          reply.json().at("/waiter-error/details/error-class").asText(),
          reply::toString);
    }
    var next = http.get("/", wrong);
    assertEquals(503, next.status(), next::toString);
    assertEquals("Deployment error: Invalid startup command", next.errorMessage());
    var serviceId = http.get("/service-id", wrong).text();
    var app = http.get("/apps/" + serviceId).json();
    assertEquals("Failing", app.path("status").asText(), app::toString);
    assertEquals(
        "Deployment error: Invalid startup command",
        app.path("deployment-error-message").asText(),
        app::toString);
    assertEquals(127, app.at("/instances/failed-instances/0/exit-code").asInt(), app::toString);
    var ping = http.get("/waiter-ping", wrong).json();
    assertEquals("received-response", ping.at("/ping-response/result").asText(), ping::toString);
    assertEquals(503, ping.at("/ping-response/status").asInt(), ping::toString);
    assertEquals("Failing", ping.at("/service-state/status").asText(), ping::toString);
    assertEquals(200, http.delete("/apps/" + serviceId + "?timeout=30000", Map.of()).status());
  }

  private static long written() {
    return Long.parseLong(http.get("/written", service).text());
  }

  private static void send(Socket socket, String line, Map<String, String> headers)
      throws IOException {
    var head = new StringBuilder(line).append("\r\nHost: localhost\r\nConnection: close\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    socket
        .getOutputStream()
        .write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private static void skipHead(InputStream in) throws IOException {
    int newlines = 0;
    while (newlines < 4) {
      int c = in.read();
      assertTrue(c >= 0, "a head comes");
      newlines = c == '\r' || c == '\n' ? newlines + 1 : 0;
    }
  }

  private static long readAll(InputStream in) throws IOException {
    var block = new byte[64 * 1024];
    long all = 0;
    for (int size = in.read(block); size >= 0; size = in.read(block)) {
      for (int i = 0; i < size; i += 997) {
        assertEquals((byte) (all + i), block[i], "at " + (all + i));
      }
      all += size;
    }
    return all;
  }

  /** So many zero bytes. */
  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int size = (int) Math.min(left, length);
      java.util.Arrays.fill(into, offset, offset + size, (byte) 0);
      left -= size;
      return size;
    }
  }
}
