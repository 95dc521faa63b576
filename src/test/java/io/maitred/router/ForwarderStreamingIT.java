package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.reservation.model.Outcome;
import io.maitred.router.ScriptedBackend.Line;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies that do not fit into one read, in both directions. */
class ForwarderStreamingIT {
  private static final int PIECE = 64 * 1024;
  private static final long HUGE = 300L * 1024 * 1024;

  /** What may be under way: buffers of four sockets, of Akka's stages and ours. */
  private static final long UNDER_WAY = 64L * 1024 * 1024;

  private static TestFront front;

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.start();
  }

  @AfterAll
  static void stop() {
    front.close();
  }

  @Test
  void response_whoseClientDoesNotRead_isNotReadFromTheBackend() throws Exception {
    var sent = new AtomicLong();
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send("HTTP/1.1 200 OK\r\nContent-Length: " + HUGE + "\r\n\r\n");
                  write(line, HUGE, sent);
                });
        var client = front.to(backend).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.readHead();
      long held = settled(sent);
      assertTrue(held < UNDER_WAY, "read from the backend: " + held);
      assertEquals(HUGE, count(client, HUGE));
      assertEquals(Outcome.SUCCESS, front.nextOutcome());
    }
  }

  @Test
  void request_whoseBackendDoesNotRead_isNotReadFromTheClient() throws Exception {
    var go = new CountDownLatch(1);
    var sent = new AtomicLong();
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  go.await();
                  long received = count(line, HUGE);
                  line.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + received);
                });
        var client = front.to(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + HUGE + "\r\n\r\n");
      var sender = new Thread(() -> writeQuietly(client, HUGE, sent));
      sender.start();
      long held = settled(sent);
      assertTrue(held < UNDER_WAY, "read from the client: " + held);
      go.countDown();
      client.readHead();
      assertEquals(Long.toString(HUGE), client.read(9));
      assertEquals(Outcome.SUCCESS, front.nextOutcome());
      sender.join();
    }
  }

  @Test
  void chunkedBodies_stayChunkedAndKeepTheirTrailers() throws Exception {
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  var head = line.readHead().toLowerCase(java.util.Locale.ROOT);
                  var body = line.readChunked();
                  line.send(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + chunk(body + head.contains("transfer-encoding: chunked"))
                          + "0\r\nX-Sum: 42\r\n\r\n");
                });
        var client = front.to(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send(chunk("one,")).send(chunk("two,")).send("0\r\n\r\n");
      assertTrue(client.readHead().contains("Transfer-Encoding: chunked"));
      assertEquals("one,two,true\nX-Sum: 42", client.readChunked());
    }
  }

  @Test
  void pieces_arriveAsTheyAreSent() throws Exception {
    var next = new java.util.concurrent.Semaphore(1);
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < 3; i++) {
                    next.acquire();
                    line.send(chunk("event " + i));
                  }
                  line.send("0\r\n\r\n");
                });
        var client = front.to(backend).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.readHead();
      for (int i = 0; i < 3; i++) {
        assertEquals(chunk("event " + i), client.read(chunk("event " + i).length()));
        next.release();
      }
      assertEquals("0\r\n\r\n", client.read(5));
    }
  }

  @Test
  void bothDirections_streamAtTheSameTime() throws Exception {
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < 3; i++) {
                    line.send(line.read(chunk("ping" + i).length()));
                  }
                  line.read(5);
                  line.send("0\r\n\r\n");
                });
        var client = front.to(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.readHead();
      for (int i = 0; i < 3; i++) {
        client.send(chunk("ping" + i));
        assertEquals(chunk("ping" + i), client.read(chunk("ping" + i).length()));
      }
      client.send("0\r\n\r\n");
      assertEquals("0\r\n\r\n", client.read(5));
      assertEquals(Outcome.SUCCESS, front.nextOutcome());
    }
  }

  @Test
  void bodyUntilClose_becomesChunked() throws Exception {
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  line.readHead();
                  line.send("HTTP/1.0 200 OK\r\n\r\nold style");
                });
        var client = front.to(backend).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      client.readHead();
      assertTrue(client.readAll().contains("old style"));
      assertEquals(Outcome.SUCCESS, front.nextOutcome());
    }
  }

  @Test
  void encodedBody_passesUntouched() throws Exception {
    try (var backend =
            ScriptedBackend.answering(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u001f\u008b\u00ff");
        var client = front.to(backend).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
      assertTrue(client.readHead().contains("Content-Encoding: gzip"));
      assertEquals("\u001f\u008b\u00ff", client.read(3));
    }
  }

  @Test
  void expectContinue_isAnsweredByTheRouter() throws Exception {
    try (var backend =
            ScriptedBackend.playing(
                line -> {
                  boolean asked =
                      line.readHead().toLowerCase(java.util.Locale.ROOT).contains("expect");
                  var body = line.read(4);
                  // an interim answer of the backend is not the answer
                  line.send("HTTP/1.1 100 Continue\r\n\r\n");
                  line.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
                  line.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + body + asked);
                });
        var client = front.to(backend).connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      assertTrue(client.readHead().startsWith("HTTP/1.1 100 "));
      client.send("body");
      assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
      assertEquals("bodyfalse", client.read(9));
    }
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private static void writeQuietly(Line line, long bytes, AtomicLong sent) {
    try {
      write(line, bytes, sent);
    } catch (IOException e) {
      // the test sees it from the other end
    }
  }

  private static void write(Line line, long bytes, AtomicLong sent) throws IOException {
    var piece = new byte[PIECE];
    while (sent.get() < bytes) {
      int size = (int) Math.min(PIECE, bytes - sent.get());
      line.out().write(piece, 0, size);
      sent.addAndGet(size);
    }
  }

  private static long count(Line line, long bytes) throws IOException {
    var piece = new byte[PIECE];
    long received = 0;
    while (received < bytes) {
      int size = line.in().read(piece, 0, (int) Math.min(PIECE, bytes - received));
      if (size < 0) {
        break;
      }
      received += size;
    }
    return received;
  }

  /** The count once it stops growing: a writer that is held back stands still. */
  private static long settled(AtomicLong count) {
    long before = -1;
    long unchanged = 0;
    while (unchanged < 200) {
      long now = count.get();
      unchanged = now == before ? unchanged + 1 : 0;
      before = now;
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
    return before;
  }
}
