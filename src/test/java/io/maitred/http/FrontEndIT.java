package io.maitred.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.Directives;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import io.maitred.common.Refusal;
import io.maitred.common.RouterId;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The front end on a real port. */
class FrontEndIT {
  private final ActorTestKit kit =
      ActorTestKit.create(
          "front",
          ConfigFactory.parseString(
                  "akka { actor.provider = local, coordinated-shutdown.exit-jvm = off }")
              .withFallback(ConfigFactory.load()));
  private int port;

  @BeforeEach
  void bind() throws Exception {
    port = bind(0).get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private CompletableFuture<Integer> bind(int wanted) {
    var settings =
        new HttpSettings(
            "127.0.0.1",
            wanted,
            List.of("localhost"),
            Product.TOKEN,
            List.of(),
            true,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(1));
    var front =
        new FrontEnd(
            kit.system(),
            settings,
            new Classification(Set.of()),
            new RouterId("r1"),
            new ErrorResponses(List.of(), Clock.systemUTC()),
            Directives.path("here", () -> Directives.complete("here")),
            FrontEnd.Separate.NONE,
            (context, request) -> {
              if (context.path().equals("/throws")) {
                throw new IllegalStateException("bug");
              }
              if (context.path().equals("/refused")) {
                context
                    .known()
                    .timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
                return CompletableFuture.failedStage(Refusal.of(503, "later").asException());
              }
              context.known().backendAnswered(5);
              return CompletableFuture.completedStage(
                  HttpResponse.create()
                      .addHeader(RawHeader.create("x-cid", "backend"))
                      .addHeader(RawHeader.create("via", "1.1 other")));
            },
            Clock.systemUTC());
    return front
        .bind(ServerSettingsFactory.create(kit.system().settings().config()))
        .thenApply(binding -> binding.localAddress().getPort())
        .toCompletableFuture();
  }

  @Test
  void api_isOurs() throws Exception {
    var response = send("GET /here HTTP/1.1\r\nHost: localhost\r\nx-cid: c1");
    assertTrue(response.startsWith("HTTP/1.1 200"), response);
    assertTrue(response.contains("\r\nx-cid: c1\r\n"), response);
    assertTrue(response.contains("erver: " + Product.TOKEN + "\r\n"), response);
    assertFalse(response.contains("\r\nvia:"), response);
  }

  @Test
  void backendResponse_keepsNoServerOfOurs() throws Exception {
    var response = send("GET /x HTTP/1.1\r\nHost: shop\r\nx-cid: c1");
    assertTrue(response.contains("\r\nx-cid: c1\r\n"), response);
    assertFalse(response.contains("backend"), response);
    assertTrue(response.contains("\r\nvia: 1.1 other, HTTP/1.1 " + Product.TOKEN), response);
    assertFalse(response.contains("erver:"), response);
  }

  @Test
  void refusalOfProxied_hasDebugHeaders() throws Exception {
    var response = send("GET /refused HTTP/1.1\r\nHost: shop\r\nx-waiter-debug: 1");
    assertTrue(response.startsWith("HTTP/1.1 503"), response);
    assertTrue(response.contains("\r\nx-waiter-router-id: r1\r\n"), response);
    assertTrue(response.contains("\r\nx-waiter-socket-timeout-ms: 2000\r\n"), response);
    assertTrue(response.contains("erver: " + Product.TOKEN), response);
  }

  @Test
  void defect_is500() throws Exception {
    var response = send("GET /throws HTTP/1.1\r\nHost: shop\r\nAccept: application/json");
    assertTrue(response.startsWith("HTTP/1.1 500"), response);
    assertTrue(response.contains("\"message\":\"Internal error: bug\""), response);
  }

  @Test
  void unreadableRequest_isAnsweredInShape() throws Exception {
    var response = send("GET /%zz HTTP/1.1\r\nHost: localhost");
    assertTrue(response.startsWith("HTTP/1.1 400"), response);
    assertTrue(response.contains("\r\nx-cid: "), response);
    assertTrue(response.contains("erver: " + Product.TOKEN), response);
    assertTrue(response.contains("Waiter Error 400"), response);
  }

  @Test
  void unknownMethod_isAnsweredInShape() throws Exception {
    var response = send("NONSENSE / HTTP/1.1");
    assertTrue(response.startsWith("HTTP/1.1 501"), response);
    assertTrue(response.contains("Unsupported HTTP method"), response);
  }

  @Test
  void takenPort_isSaidPlainly() {
    var failure =
        assertThrows(ExecutionException.class, () -> bind(port).get(10, TimeUnit.SECONDS));
    var cause = assertInstanceOf(InvalidSettingException.class, failure.getCause());
    var message = String.valueOf(cause.getMessage());
    assertTrue(message.startsWith("maitred.http.port: " + port + " (expected: "), message);
    assertTrue(message.contains("MAITRED_PORT"), message);
  }

  @Test
  void settings_areReadFromTheDefaults() {
    var settings = HttpSettings.from(ConfigFactory.load());
    assertEquals("127.0.0.1", settings.host());
    assertEquals(9091, settings.port());
    assertEquals(Product.TOKEN, settings.serverName());
    assertEquals(Duration.ofSeconds(60), settings.terminationDeadline());
    var wrong =
        ConfigFactory.parseString("maitred.http.server-name = \"a b\"")
            .withFallback(ConfigFactory.load());
    assertThrows(InvalidSettingException.class, () -> HttpSettings.from(wrong));
  }

  private String send(String head) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
