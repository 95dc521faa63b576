package io.maitred.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One server of an existing site, which runs in the test. {@code /health} tells whether it is well;
 * anything else is answered with its name, after {@code ?ms=} milliseconds.
 */
public final class SiteServer implements AutoCloseable {
  private final String name;
  private final int port;
  private final @Nullable SSLContext tls;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger checks = new AtomicInteger();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private volatile int health = 200;
  private @Nullable HttpServer server;

  private SiteServer(String name, int port, @Nullable SSLContext tls) {
    this.name = name;
    this.port = port;
    this.tls = tls;
  }

  /** Listens on a free port. */
  public static SiteServer start(String name) {
    return start(name, null);
  }

  /**
   * Listens on a free port.
   *
   * @param tls null for plain HTTP
   */
  public static SiteServer start(String name, @Nullable SSLContext tls) {
    var site = new SiteServer(name, FreePorts.one(), tls);
    site.up();
    return site;
  }

  /** Listens, again on the same port. */
  public void up() {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      if (tls == null) {
        server = HttpServer.create(address, 50);
      } else {
        var secure = HttpsServer.create(address, 50);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secure;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Closes its port and all connections at once. */
  public void down() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  public String url() {
    return (tls == null ? "http" : "https") + "://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** What health checks are answered with. */
  public void health(int status) {
    health = status;
  }

  /** Requests but health checks. */
  public int requests() {
    return requests.get();
  }

  public int checks() {
    return checks.get();
  }

  /** The most requests that were ever answered at one time. */
  public int mostAtOnce() {
    return most.get();
  }

  /** The {@code authorization} headers of requests, "none" for those without. */
  public List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var uri = exchange.getRequestURI();
      if (uri.getPath().equals("/health")) {
        checks.incrementAndGet();
        send(exchange, health, "");
        return;
      }
      requests.incrementAndGet();
      var authorization = exchange.getRequestHeaders().getFirst("authorization");
      authorizations.add(authorization == null ? "none" : authorization);
      int now = running.incrementAndGet();
      most.accumulateAndGet(now, Math::max);
      var query = uri.getQuery();
      if (query != null && query.startsWith("ms=")) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(query.substring(3))));
      }
      running.decrementAndGet();
      send(exchange, 200, name + " " + exchange.getRequestHeaders().getFirst("host"));
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    down();
    threads.shutdownNow();
  }
}
