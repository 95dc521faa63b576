package io.maitred.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A site that runs anyway; answers every request with the line {@code origin}. Below {@code
 * /logout} it ends the visitor's session.
 */
public final class Origin implements AutoCloseable {
  private static final String HEALTH = "/status";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  /**
   * A request that reached the site.
   *
   * @param cookie null for none
   */
  public record Seen(String method, String host, String path, @Nullable String cookie) {}

  public Origin() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    if (!path.equals(HEALTH)) {
      var headers = exchange.getRequestHeaders();
      seen.add(
          new Seen(
              exchange.getRequestMethod(),
              String.valueOf(headers.getFirst("host")),
              path,
              headers.getFirst("cookie")));
    }
    var body = "origin\n".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/plain");
    if (path.startsWith("/logout")) {
      exchange.getResponseHeaders().set("cf-waiting-room-command", " Revoke ");
      exchange.getResponseHeaders().set("set-cookie", "basket=; Max-Age=0");
    }
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Requests for a host but health checks, in the order in which they came. */
  public List<Seen> seen(String host) {
    return seen.stream().filter(request -> request.host().equals(host)).toList();
  }

  /** Makes the node route a host to this site. */
  public void behind(NodeProcess node, String host) {
    var reply =
        node.http()
            .post(
                "/token",
                java.util.Map.of(),
                """
                {"token": "%s", "scheduler": "fixed", "backends": ["%s"], "authentication": "disabled",
                 "permitted-user": "*", "health-check-url": "%s"}"""
                    .formatted(host, url(), HEALTH));
    if (reply.status() != 200) {
      throw new AssertionError(reply.toString());
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
