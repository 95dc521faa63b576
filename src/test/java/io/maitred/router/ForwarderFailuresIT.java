package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.reservation.model.Outcome;
import io.maitred.router.ScriptedBackend.Line;
import io.maitred.router.ScriptedBackend.Script;
import io.maitred.router.backend.BackendAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the client and the slot see when something goes wrong, over real connections. */
class ForwarderFailuresIT {
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static TestFront front;

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.start("maitred.router.backend { client-idle-timeout = 150ms }");
  }

  @AfterAll
  static void stop() {
    front.close();
  }

  static Stream<Arguments> brokenBeforeTheHead() {
    return Stream.of(
        broken("closes at once", line -> line.readHead()),
        broken("resets", ForwarderFailuresIT::readAndReset),
        broken(
            "closes inside the status line",
            line -> line.send(line.readHead().isEmpty() ? "" : "HTTP/1.1 2")),
        broken("closes inside the head", sending("HTTP/1.1 200 OK\r\nContent-Le")),
        broken("speaks another protocol", sending("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        broken(
            "switches protocols",
            sending("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")),
        broken(
            "head above the limit",
            sending("HTTP/1.1 200 OK\r\nX: " + "x".repeat(9000) + "\r\n\r\n")),
        broken("length is no number", sending("HTTP/1.1 200 OK\r\nContent-Length: few\r\n\r\n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void brokenBeforeTheHead(String name, Script script) throws Exception {
    try (var backend = ScriptedBackend.playing(script);
        var client = front.to(backend).connect()) {
      client.send(GET);
      assertRefused(client, 502, "Request to service backend failed|instance-error");
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
      assertEquals(List.of(), front.otherOutcomes());
    }
  }

  static Stream<Arguments> brokenInsideTheBody() {
    return Stream.of(
        broken(
            "shorter than its length",
            sending("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")),
        broken(
            "no last chunk",
            sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")),
        broken(
            "no chunk size",
            sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzzz\r\n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void brokenInsideTheBody(String name, Script script) throws Exception {
    try (var backend = ScriptedBackend.playing(script);
        var client = front.to(backend).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      var received = client.readAll();
      assertFalse(received.endsWith("\r\n0\r\n\r\n"), received);
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
    }
  }

  @Test
  void refusedConnection_is502() throws Exception {
    int free;
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = probe.getLocalPort();
    }
    try (var client = front.to(new BackendAddress(false, "127.0.0.1", free)).connect()) {
      client.send(GET);
      assertRefused(client, 502, "Request failed to connect to service backend|instance-error");
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
    }
  }

  @Test
  void unknownName_is502() throws Exception {
    try (var client = front.to(new BackendAddress(false, "nowhere.invalid", 80)).connect()) {
      client.send(GET);
      assertRefused(client, 502, "Request failed to connect to service backend|instance-error");
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
    }
  }

  @Test
  void silentBackend_is504() throws Exception {
    try (var backend = ScriptedBackend.playing(line -> readAndWait(line));
        var client =
            front.to(backend).with(o -> timeouts(o, SHORT, o.streamingTimeout())).connect()) {
      client.send(GET);
      assertRefused(client, 504, "Request to service backend timed out|instance-error");
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
    }
  }

  @Test
  void backendSilentInsideTheBody_abortsTheConnection() throws Exception {
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").sawClose();
                });
        var client =
            front.to(backend).with(o -> timeouts(o, SHORT, o.streamingTimeout())).connect()) {
      client.send(GET);
      assertTrue(client.readAll().startsWith("HTTP/1.1 200 OK\r\n"));
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
    }
  }

  @Test
  void clientIdleInsideItsBody_is408() throws Exception {
    try (var backend = ScriptedBackend.playing(line -> readAndWait(line));
        var client = front.to(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nfirst");
      assertRefused(client, 408, "Timeout receiving bytes from client|client-error");
      assertEquals(Outcome.CLIENT_ERROR, front.nextOutcome());
    }
  }

  @Test
  void clientClosesInsideItsBody_isItsError() throws Exception {
    var started = new CountDownLatch(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.read(5);
                  started.countDown();
                  line.sawClose();
                });
        var client = front.to(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nfirst");
      started.await();
      client.socket().close();
      assertEquals(Outcome.CLIENT_ERROR, front.nextOutcome());
    }
  }

  @Test
  void clientLeavesBeforeTheHead_closesTheBackendsConnection() throws Exception {
    var asked = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    try (var backend =
        ScriptedBackend.playing(
            line -> {
              line.readHead();
              asked.countDown();
              line.sawClose();
              closed.countDown();
            })) {
      for (boolean reset : new boolean[] {false, true}) {
        var client = front.to(backend).connect();
        client.send(GET);
        asked.await();
        if (reset) {
          client.reset();
        } else {
          client.close();
        }
        assertEquals(Outcome.CLIENT_EAGERLY_CLOSED, front.nextOutcome());
        closed.await();
      }
    }
  }

  @Test
  void clientLeavesInsideTheAnswer_closesTheBackendsConnection() throws Exception {
    var closed = new CountDownLatch(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").sawClose();
                  closed.countDown();
                });
        var client = front.to(backend).connect()) {
      client.send(GET);
      client.readHead();
      assertEquals("half", client.read(4));
      client.socket().close();
      assertEquals(Outcome.CLIENT_EAGERLY_CLOSED, front.nextOutcome());
      closed.await();
    }
  }

  @Test
  void clientTakesNothing_isAborted() throws Exception {
    try (var backend = ScriptedBackend.playing(ForwarderFailuresIT::flood);
        var client = front.to(backend).with(o -> timeouts(o, o.socketTimeout(), SHORT)).connect()) {
      client.send(GET);
      assertEquals(Outcome.CLIENT_ERROR, front.nextOutcome());
    }
  }

  @Test
  void backendTakesNothing_is503() throws Exception {
    var over = new CountDownLatch(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  over.await();
                });
        var client = front.to(backend).with(o -> timeouts(o, o.socketTimeout(), SHORT)).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
      var sender = new Thread(() -> sendUntilClosed(client));
      sender.start();
      assertEquals(Outcome.GENERIC_ERROR, front.nextOutcome());
      assertRefused(client, 503, "Timeout sending bytes to service backend|generic-error");
      over.countDown();
      client.socket().close();
      sender.join();
    }
  }

  @Test
  void busyBackend_passesAndEjects() throws Exception {
    try (var backend =
            ScriptedBackend.answering("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
        var client = front.to(backend).connect()) {
      client.send(GET);
      assertTrue(client.readHead().startsWith("HTTP/1.1 503 "));
      assertEquals("busy", client.read(4));
      assertEquals(Outcome.INSTANCE_BUSY, front.nextOutcome());
    }
  }

  @ParameterizedTest(name = "status {0}")
  @org.junit.jupiter.params.provider.ValueSource(
      ints = {201, 202, 299, 301, 400, 404, 429, 500, 502, 599})
  void otherStatuses_passAsSuccess(int status) throws Exception {
    try (var backend =
            ScriptedBackend.answering(
                "HTTP/1.1 " + status + " Text\r\nContent-Length: 2\r\n\r\nok");
        var client = front.to(backend).connect()) {
      client.send(GET);
      assertTrue(client.readHead().startsWith("HTTP/1.1 " + status + " "));
      assertEquals("ok", client.read(2));
      assertEquals(Outcome.SUCCESS, front.nextOutcome());
    }
  }

  @Test
  void fencedRouter_startsNothing() throws Exception {
    try (var backend = ScriptedBackend.playing(line -> line.readHead());
        var client = front.to(backend).with(o -> fenced(o)).connect()) {
      client.send(GET);
      assertRefused(client, 503, "This router may not start requests at the moment|generic-error");
      assertEquals(Outcome.GENERIC_ERROR, front.nextOutcome());
    }
  }

  @Test
  void abortAll_endsWhatIsInFlight() throws Exception {
    var asked = new CountDownLatch(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  asked.countDown();
                  line.sawClose();
                });
        var client = front.to(backend).connect()) {
      client.send(GET);
      asked.await();
      front.forwarder().abortAll();
      assertRefused(client, 503, "Request was aborted by its router|generic-error");
      assertEquals(Outcome.GENERIC_ERROR, front.nextOutcome());
    }
  }

  private static void assertRefused(Line client, int status, String text) throws Exception {
    var head = client.readHead();
    assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
    assertEquals(text, client.read(text.length()));
  }

  private static Arguments broken(String name, Script script) {
    return Arguments.of(name, script);
  }

  private static Script sending(String bytes) {
    return line -> {
      line.readHead();
      line.send(bytes);
    };
  }

  private static void readAndReset(Line line) throws java.io.IOException {
    line.readHead();
    line.reset();
  }

  private static void readAndWait(Line line) throws java.io.IOException {
    line.readHead();
    line.readAll();
  }

  private static void flood(Line line) throws java.io.IOException {
    line.readHead();
    line.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    sendUntilClosed(line);
  }

  private static void sendUntilClosed(Line line) {
    var piece = new byte[64 * 1024];
    try {
      for (long sent = 0; sent < 1_000_000_000; sent += piece.length) {
        line.out().write(piece);
      }
    } catch (java.io.IOException e) {
      // closed, as it has to be
    }
  }

  private static ForwardOptions timeouts(ForwardOptions o, Duration socket, Duration streaming) {
    return new ForwardOptions(
        socket, streaming, o.authorization(), o.principal(), o.cid(), o.via(), o.mayStart());
  }

  private static ForwardOptions fenced(ForwardOptions o) {
    return new ForwardOptions(
        o.socketTimeout(),
        o.streamingTimeout(),
        o.authorization(),
        o.principal(),
        o.cid(),
        o.via(),
        () -> false);
  }
}
