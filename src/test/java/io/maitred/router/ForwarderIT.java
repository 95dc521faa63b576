package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.reservation.model.Outcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One request's way through a real server to a backend that plays bytes. */
class ForwarderIT {
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
  void forward_plainAnswer_passes() throws Exception {
    try (var backend =
            ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        var client = front.to(backend).connect()) {
      for (int i = 0; i < 3; i++) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertTrue(client.readHead().startsWith("HTTP/1.1 200 OK\r\n"));
        assertEquals("hello", client.read(5));
        assertEquals(Outcome.SUCCESS, front.nextOutcome());
      }
      assertEquals(1, backend.accepted());
    }
  }
}
