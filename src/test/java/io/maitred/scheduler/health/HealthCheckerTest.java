package io.maitred.scheduler.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.scheduler.health.model.CheckResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthCheckerTest {
  private final HealthChecker checker =
      new HealthChecker("test-health", Duration.ofMillis(500), 4, "maitred/x", true);
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    checker.close();
    server.close();
  }

  /** What one connection does. */
  private interface Backend {
    void serve(Socket socket, String head) throws IOException;
  }

  /** Serves so many connections, and hands out the heads of their requests. */
  private BlockingQueue<String> backend(int connections, Backend backend) {
    var heads = new LinkedBlockingQueue<String>();
    var thread =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < connections; i++) {
                  try (var socket = server.accept()) {
                    var head = head(socket);
                    backend.serve(socket, head);
                    heads.add(head);
                  }
                }
              } catch (IOException e) {
                heads.add(e.toString()); // the test has closed the server
              }
            });
    thread.setDaemon(true);
    thread.start();
    return heads;
  }

  private static String head(Socket socket) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private CheckResult check(boolean secure, @Nullable String credentials) throws Exception {
    return start(secure, credentials).get(20, TimeUnit.SECONDS);
  }

  private CompletableFuture<CheckResult> start(boolean secure, @Nullable String credentials) {
    return checker.check(
        new HealthChecker.Target(
            "127.0.0.1",
            server.getLocalPort(),
            secure,
            "/status?a=b",
            "web.1-7",
            credentials,
            "alice"));
  }

  @Test
  void answer_isItsStatus_andTheRequestIsComplete() throws Exception {
    var heads = backend(1, (socket, head) -> send(socket, "HTTP/1.1 200 OK\r\n\r\n"));
    assertTrue(check(false, "waiter:secret").healthy());
    var head = heads.take();
    var expected =
        List.of(
            "GET /status?a=b HTTP/1.1",
            "host: 127.0.0.1:" + server.getLocalPort(),
            "connection: close",
            "user-agent: maitred/x",
            "x-cid: waiter-health-check-web.1-7",
            "x-waiter-request-type: health-check",
            "x-waiter-auth-principal: alice",
            "authorization: Basic "
                + Base64.getEncoder()
                    .encodeToString("waiter:secret".getBytes(StandardCharsets.UTF_8)));
    expected.forEach(line -> assertTrue(head.contains(line + "\r\n"), line + " in " + head));
  }

  @Test
  void answer_endlessBody_isCutOff() throws Exception {
    backend(
        1,
        (socket, head) -> {
          send(socket, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\n\r\n");
          socket.getInputStream().read(); // until the checker closes
        });
    assertEquals(CheckResult.answered(401), check(false, null));
  }

  @Test
  void refused_hasNoFlags() throws Exception {
    server.close();
    assertEquals(CheckResult.REFUSED, check(false, null));
  }

  @Test
  void closedWithoutAnswer_isAHangUp() throws Exception {
    backend(1, (socket, head) -> {});
    assertEquals(CheckResult.HUNG_UP, check(false, null));
  }

  @Test
  void noHttp_isAHangUp() throws Exception {
    backend(1, (socket, head) -> send(socket, "what?\r\n\r\n"));
    assertEquals(CheckResult.HUNG_UP, check(false, null));
  }

  @Test
  void silence_isATimeout() throws Exception {
    backend(1, (socket, head) -> socket.getInputStream().read());
    assertEquals(CheckResult.TIMED_OUT, check(false, null));
  }

  @Test
  void plainAnswerToTls_isATlsFailure() throws Exception {
    // No head() here: a TLS greeting has no blank line.
    var thread =
        new Thread(
            () -> {
              try (var socket = server.accept()) {
                send(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    thread.start();
    var result = check(true, null);
    assertEquals(Set.of("ssl-exception"), result.flags());
    assertTrue(result.reason().startsWith("TLS failed: "), result.reason());
    thread.join();
  }

  @Test
  void manyChecks_waitForTheirTurn() throws Exception {
    backend(40, (socket, head) -> send(socket, "HTTP/1.1 204 No Content\r\n\r\n"));
    var all = new ArrayList<CompletableFuture<CheckResult>>();
    for (int i = 0; i < 40; i++) {
      all.add(start(false, null));
    }
    for (var each : all) {
      assertEquals(CheckResult.answered(204), each.get(20, TimeUnit.SECONDS));
    }
  }
}
