package io.maitred.demo.crowd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrowdTest {

  /** Lets everybody wait once, tells them apart by the cookie, and lets them in afterwards. */
  private static void answer(HttpExchange exchange) throws IOException {
    var cookie = exchange.getRequestHeaders().getFirst("Cookie");
    var body = new byte[0];
    if (cookie == null) {
      body = "{\"cfWaitingRoom\":{\"waitTime\":3}}".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Set-Cookie", "__cfwaitingroom=ticket; Path=/; HttpOnly");
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Refresh", "0");
    }
    int status = cookie == null || cookie.equals("__cfwaitingroom=ticket") ? 200 : 500;
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void run_siteWithAQueue_everybodyWaitsWithTheCookieAndIsLetIn() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.createContext("/", CrowdTest::answer);
    server.start();
    try {
      var site = "127.0.0.1:" + server.getAddress().getPort();
      var options =
          CrowdOptions.parse(
              List.of(
                  "--url",
                  "http://" + site + "/",
                  "--host",
                  site,
                  "--visitors",
                  "20",
                  "--arrival",
                  "0",
                  "--duration",
                  "2",
                  "--stay",
                  "0",
                  "--table",
                  "1"));
      var printed = new ByteArrayOutputStream();

      var tally = new Crowd(options, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();

      assertEquals(20, tally.arrived.get());
      assertEquals(20, tally.queuePages.get());
      assertEquals(20, tally.admitted.get());
      assertEquals(0, tally.waiting.get());
      assertEquals(20, tally.left.get());
      assertEquals(0, tally.failures.get());
      assertTrue(tally.medianEstimateOverReal() > 1, "the estimate was three minutes");
      assertTrue(printed.toString(StandardCharsets.UTF_8).contains("20 came, 20 were let in"));
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          case              | arguments                                             | message
          nothing           | --visitors 3                                          | --url and --host are needed
          unknown           | --speed 3                                             | unknown option: --speed
          no value          | --host                                                | --host: no value (expected: one)
          not a URL         | --url nowhere                                         | --url: nowhere (expected: an absolute http URL)
          not a number      | --visitors many                                       | --visitors: many (expected: an integer from 1 to 1000000)
          status, no token  | --url http://a/ --host a --status http://a/           | --status needs --token-file
          """)
  void parse_wrongArguments_saysWhatIsExpected(String name, String arguments, String message) {
    var failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> CrowdOptions.parse(List.of(arguments.split(" "))));
    assertEquals(message, failure.getMessage());
  }
}
