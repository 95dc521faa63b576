package io.maitred.waitingroom.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.maitred.waitingroom.model.QueueFacts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves queue pages with the headers that belong to them: {@code /page/<language>/<sample>}, and
 * at {@code /shop} a queue that admits at the third visit.
 */
final class PageServer implements AutoCloseable {
  static final String SITE =
      "<!DOCTYPE html><html lang=\"en\"><title>Shop</title><h1>Welcome to the shop</h1></html>";

  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger visits = new AtomicInteger();

  PageServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Paths that were asked for. */
  List<String> requests() {
    return requests;
  }

  /** Visits of the shop. */
  int visits() {
    return visits.get();
  }

  /** Forgets all visits. */
  void reset() {
    visits.set(0);
    requests.clear();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      requests.add(path);
      var parts = path.split("/", -1);
      if (path.equals("/shop")) {
        int visit = visits.incrementAndGet();
        if (visit > 2) {
          send(exchange, 200, SITE.getBytes(StandardCharsets.UTF_8));
        } else {
          exchange.getResponseHeaders().set("Refresh", "1");
          queue(exchange, PageLanguage.EN_US, SampleFacts.line(3 - visit, 40));
        }
      } else if (parts.length == 4 && SampleFacts.all().containsKey(parts[3])) {
        queue(exchange, PageLanguage.of(parts[2]).orElseThrow(), SampleFacts.all().get(parts[3]));
      } else {
        send(exchange, 404, new byte[0]);
      }
    }
  }

  private static void queue(HttpExchange exchange, PageLanguage language, QueueFacts facts)
      throws IOException {
    var page = QueuePage.ofDefault(language, DefaultPage.render(language, facts));
    page.contentSecurityPolicy()
        .ifPresent(policy -> exchange.getResponseHeaders().set("Content-Security-Policy", policy));
    send(exchange, 200, page.html().toArrayUnsafe());
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "private, no-store, max-age=0");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
