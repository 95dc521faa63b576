package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.reservation.model.Outcome;
import io.maitred.router.ScriptedBackend.Line;
import io.maitred.router.backend.BackendAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How connections to backends are kept, used again and given up. */
class ForwarderConnectionsIT {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static TestFront front;

  @BeforeAll
  static void start() throws Exception {
    front =
        TestFront.start(
            "maitred.router.backend { idle-timeout = 1h, max-idle-per-backend = 2, max-idle = 3 }");
  }

  @AfterAll
  static void stop() {
    front.close();
  }

  @Test
  void requestsInTurn_useOneConnection() throws Exception {
    try (var backend = ScriptedBackend.answering(OK)) {
      front.to(backend);
      for (int i = 0; i < 20; i++) {
        try (var client = front.connect()) {
          assertEquals("ok", ask(client, GET));
        }
      }
      assertEquals(1, backend.accepted());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "connection close, 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'",
    "old protocol,     'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'",
  })
  void answerThatEndsTheConnection_isNotFollowedOnIt(String name, String answer) throws Exception {
    try (var backend = ScriptedBackend.answering(answer);
        var client = front.to(backend).connect()) {
      assertEquals("ok", ask(client, GET));
      assertEquals("ok", ask(client, GET));
      assertEquals(2, backend.accepted());
    }
  }

  @ParameterizedTest(name = "{0} is sent again: {2}")
  @CsvSource({"GET, '', true", "PUT, body, true", "DELETE, '', true", "POST, body, false"})
  void connectionClosedAtReuse_isTriedOnceMore(String method, String body, boolean again)
      throws Exception {
    var stale = new CountDownLatch(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send(OK);
                  // the next request meets a server that has just decided to close
                  line.readHead();
                  stale.countDown();
                },
                line -> {
                  line.readHead();
                  line.read(body.length());
                  line.send(OK);
                });
        var client = front.to(backend).connect()) {
      assertEquals("ok", ask(client, GET));
      front.nextOutcome();
      client.send(
          method
              + " / HTTP/1.1\r\nHost: a\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      stale.await();
      var head = client.readHead();
      assertTrue(head.startsWith(again ? "HTTP/1.1 200 " : "HTTP/1.1 502 "), head);
      assertEquals(again ? Outcome.SUCCESS : Outcome.INSTANCE_ERROR, front.nextOutcome());
      assertEquals(again ? 2 : 1, backend.accepted());
    }
  }

  @Test
  void connectionClosedAtReuse_byABackendThatDies_isItsFailure() throws Exception {
    var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try (var backend =
            ScriptedBackend.playing(
                listener,
                line -> {
                  line.readHead();
                  line.send(OK);
                  line.readHead();
                  listener.close();
                });
        var client = front.to(backend).connect()) {
      assertEquals("ok", ask(client, GET));
      front.nextOutcome();
      client.send(GET);
      var answer = client.readHead();
      assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
      var refusal = "Request to service backend failed|instance-error";
      assertEquals(refusal, client.read(refusal.length()));
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
    }
  }

  @Test
  void freshConnectionThatCloses_isNotTriedAgain() throws Exception {
    try (var backend = ScriptedBackend.playing(line -> line.readHead());
        var client = front.to(backend).connect()) {
      client.send(GET);
      assertTrue(client.readHead().startsWith("HTTP/1.1 502 "));
      assertEquals(Outcome.INSTANCE_ERROR, front.nextOutcome());
      assertEquals(1, backend.accepted());
    }
  }

  @Test
  void idleConnectionThatTheBackendCloses_isForgotten() throws Exception {
    var close = new CountDownLatch(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send(OK);
                  close.await();
                },
                line -> {
                  line.readHead();
                  line.send(OK);
                });
        var client = front.to(backend).connect()) {
      int before = front.forwarder().idleConnections();
      assertEquals("ok", ask(client, GET));
      await(() -> front.forwarder().idleConnections() == before + 1);
      close.countDown();
      await(() -> front.forwarder().idleConnections() == before);
      assertEquals("ok", ask(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
    }
  }

  @Test
  void answerBeforeTheUploadEnds_isReadByTheClientAndItsConnectionIsNotUsedAgain()
      throws Exception {
    var over = new CountDownLatch(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                  over.await();
                },
                line -> {
                  line.readHead();
                  line.send(OK);
                });
        var client = front.to(backend).connect()) {
      // more than the kernel's buffers hold, less than what is drained
      int size = 15 * 1024 * 1024;
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
      client.send("x".repeat(size));
      assertTrue(client.readHead().startsWith("HTTP/1.1 413 "));
      assertEquals("no", client.read(2));
      assertEquals(Outcome.SUCCESS, front.nextOutcome());
      try (var second = front.connect()) {
        assertEquals("ok", ask(second, GET));
      }
      assertEquals(2, backend.accepted());
      over.countDown();
    }
  }

  @Test
  void unaskedBytes_endTheConnection() throws Exception {
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npoison!");
                  line.readAll();
                },
                line -> {
                  line.readHead();
                  line.send(OK);
                });
        var client = front.to(backend).connect()) {
      assertEquals("ok", ask(client, GET));
      assertEquals("ok", ask(client, GET));
    }
  }

  @Test
  void idleConnections_areBoundedPerBackendAndInAll() throws Exception {
    try (var one = ScriptedBackend.playing(line -> answerTogether(line, new CountDownLatch(0)));
        var other = ScriptedBackend.playing(line -> answerTogether(line, new CountDownLatch(0)))) {
      int before = front.forwarder().idleConnections();
      together(one, 6);
      await(() -> front.forwarder().idleConnections() <= before + 2);
      together(other, 6);
      await(() -> front.forwarder().idleConnections() <= 3);
      front.forwarder().evict(new BackendAddress(false, "127.0.0.1", one.port()));
      front.forwarder().evict(new BackendAddress(false, "127.0.0.1", other.port()));
      await(() -> front.forwarder().idleConnections() == before);
    }
  }

  @Test
  void manyAtOnce_areAllAnsweredAndCounted() throws Exception {
    var served = new AtomicInteger();
    try (var backend =
        ScriptedBackend.playing(
            line -> {
              while (!line.readHead().isEmpty()) {
                line.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                line.send(String.format("%05d", served.incrementAndGet()));
              }
            })) {
      front.to(backend);
      var clients = new ArrayList<Thread>();
      var answers = java.util.concurrent.ConcurrentHashMap.<String>newKeySet();
      for (int c = 0; c < 32; c++) {
        var thread =
            new Thread(
                () -> {
                  try (var client = front.connect()) {
                    for (int i = 0; i < 50; i++) {
                      client.send(GET);
                      client.readHead();
                      answers.add(client.read(5));
                    }
                  } catch (Exception e) {
                    answers.add("failed: " + e);
                  }
                });
        clients.add(thread);
        thread.start();
      }
      for (var thread : clients) {
        thread.join();
      }
      assertEquals(1600, answers.size());
      assertTrue(answers.stream().noneMatch(answer -> answer.startsWith("failed")));
      for (int i = 0; i < 1600; i++) {
        assertEquals(Outcome.SUCCESS, front.nextOutcome());
      }
      assertEquals(List.of(), front.otherOutcomes());
      assertEquals(List.of(), backend.failures());
    }
  }

  @Test
  void requestSentAhead_waitsForItsTurn() throws Exception {
    try (var backend = ScriptedBackend.answering(OK);
        var client = front.to(backend).connect()) {
      client.send(GET + GET + GET);
      for (int i = 0; i < 3; i++) {
        assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
        assertEquals("ok", client.read(2));
      }
      assertEquals(1, backend.accepted());
    }
  }

  private static void answerTogether(Line line, CountDownLatch all)
      throws IOException, InterruptedException {
    while (!line.readHead().isEmpty()) {
      all.await();
      line.send(OK);
    }
  }

  private static void together(ScriptedBackend backend, int count) throws Exception {
    front.to(backend);
    var clients = new ArrayList<Line>();
    for (int i = 0; i < count; i++) {
      clients.add(front.connect().send(GET));
    }
    for (var client : clients) {
      client.readHead();
      assertEquals("ok", client.read(2));
      client.close();
    }
  }

  private static String ask(Line client, String request) throws IOException {
    client.send(request);
    var head = client.readHead();
    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
    return client.read(2);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "condition not met in 20 s");
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }
}
