package io.maitred.http.waitingroom;

import static io.maitred.http.waitingroom.GateFixture.queued;
import static io.maitred.http.waitingroom.GateFixture.queuedTicket;
import static io.maitred.waitingroom.model.config.TestRooms.room;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What queue answers look like on the wire. */
class RoomGateIT {
  private static final String HEAD =
      """
      HTTP/1.1 200 OK\r
      cache-control: private, no-store, max-age=0\r
      expires: Thu, 01 Jan 1970 00:00:00 GMT\r
      vary: Accept, Cookie\r
      refresh: 20\r
      """;

  private final GateFixture fixture = new GateFixture();
  private int port;

  @BeforeEach
  void listen() throws Exception {
    fixture.gate(room(o -> o));
    fixture.decision = seen -> queued(queuedTicket(1));
    port = fixture.bind();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void get_queued_hasHeadersAndPage() throws Exception {
    var response =
        exchange("GET /a HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n");

    assertTrue(response.startsWith(HEAD), response);
    assertTrue(response.contains("\r\nContent-Type: text/html; charset=utf-8\r\n"), response);
    assertTrue(response.endsWith("\r\n\r\n<p>fifo: 10 minutes</p>"), response);
  }

  @Test
  void head_queued_hasTheSameHeadersAndNoBody() throws Exception {
    var get = exchange("GET /a HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n");
    var head = exchange("HEAD /a HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n");

    assertEquals(lines(get.substring(0, get.indexOf("\r\n\r\n"))), lines(head));
    assertTrue(head.endsWith("\r\n\r\n"), head);
    assertTrue(lines(head).contains("content-length: 23"), head);
  }

  @Test
  void post_queued_leavesTheConnectionUsable() throws Exception {
    var response =
        exchange(
            """
            POST /a HTTP/1.1\r
            Host: shop.example.com\r
            Transfer-Encoding: chunked\r
            \r
            5\r
            hello\r
            0\r
            \r
            GET /b HTTP/1.1\r
            Host: shop.example.com\r
            Connection: close\r
            \r
            """);

    assertEquals(2, response.split("refresh: 20", -1).length - 1, response);
    assertEquals(0, fixture.forwarded.size());
  }

  /** All but the date, and the cookie that is sealed anew each time; in any order. */
  private static Set<String> lines(String head) {
    return head.toLowerCase(Locale.ROOT)
        .lines()
        .map(line -> line.replaceAll("__cfwaitingroom=[^;]*", ""))
        .filter(line -> !line.isEmpty() && !line.startsWith("date:"))
        .collect(Collectors.toSet());
  }

  private String exchange(String request) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
