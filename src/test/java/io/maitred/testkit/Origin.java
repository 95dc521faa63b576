package io.maitred.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A site that runs anyway; answers every request with the line {@code origin}. */
public final class Origin implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  public Origin() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", Origin::answer);
    server.start();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    var body = "origin\n".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/plain");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
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
                 "permitted-user": "*", "health-check-url": "/status"}"""
                    .formatted(host, url()));
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
