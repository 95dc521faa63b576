package io.maitred.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers one request as its path and its {@code x-kitchen-*} headers say (contract waiter 15). One
 * thread per request, which may sleep: there are only as many as somebody asks for.
 */
final class DemoHandler implements HttpHandler {
  private static final Set<String> OPEN = Set.of("/bad-status", "/sleep");

  private final Map<String, String> environment;
  private final boolean healthCheckAuthentication;
  private final PrintStream log;
  private final DemoState state = new DemoState();

  DemoHandler(Map<String, String> environment, boolean healthCheckAuthentication, PrintStream log) {
    this.environment = environment;
    this.healthCheckAuthentication = healthCheckAuthentication;
    this.log = log;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    var request = new DemoRequest(exchange);
    boolean counts = !request.path().equals("/status") && !request.path().equals("/kitchen-state");
    var pending = state.begin(counts);
    int status = 0;
    try {
      status = answer(request, exchange, pending);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      pending.end();
      log.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + status);
    }
    exchange.close(); // not after a failure: it would end a broken-off body properly
  }

  private int answer(DemoRequest request, HttpExchange exchange, DemoState.Pending pending)
      throws IOException, InterruptedException {
    var cid = request.header("x-cid");
    exchange.getResponseHeaders().set("x-cid", cid == null ? UUID.randomUUID().toString() : cid);
    exchange.getResponseHeaders().set("server", "maitred-demo-service");
    if (!authorized(request)) {
      return send(exchange, request, DemoReply.text(403, "wrong user or password"), pending);
    }
    dieLater(request);
    TimeUnit.MILLISECONDS.sleep(request.number("x-kitchen-delay-ms", 0));
    if (request.flag("x-kitchen-act-busy")) {
      return send(exchange, request, DemoReply.text(503, "busy"), pending);
    }
    return send(exchange, request, reply(request), pending);
  }

  private boolean authorized(DemoRequest request) {
    var user = environment.get("WAITER_USERNAME");
    var password = environment.get("WAITER_PASSWORD");
    boolean open =
        OPEN.contains(request.path())
            || (request.path().equals("/status") && !healthCheckAuthentication);
    if (user == null || password == null || open) {
      return true;
    }
    var credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    var expected = "basic " + Base64.getEncoder().encodeToString(credentials);
    var given = String.valueOf(request.header("authorization"));
    return given.length() == expected.length()
        && given.substring(0, 6).equalsIgnoreCase("basic ")
        && given.substring(6).equals(expected.substring(6));
  }

  private DemoReply reply(DemoRequest request) throws IOException, InterruptedException {
    return switch (request.path()) {
      case "/bad-status" -> DemoReply.text((int) request.queryNumber("status", 500), "as you wish");
      case "/chunked" -> lorem(request, DemoReply.Framing.CHUNKED);
      case "/unchunked" -> lorem(request, DemoReply.Framing.LENGTH);
      case "/gzip" -> lorem(request, DemoReply.Framing.GZIP);
      case "/die" -> {
        Runtime.getRuntime().halt(1);
        throw new IllegalStateException("halted");
      }
      case "/environment" -> DemoReply.json(withoutPasswords());
      case "/kitchen-state" -> DemoReply.json(state.counters());
      case "/request-info" -> DemoReply.json(request.info(request.drain()));
      case "/sleep" -> {
        TimeUnit.MILLISECONDS.sleep(request.queryNumber("sleep-ms", 1000));
        yield DemoReply.text((int) request.queryNumber("status", 200), "slept");
      }
      default -> plain(request);
    };
  }

  private DemoReply plain(DemoRequest request) throws IOException {
    var type = request.header("x-kitchen-content-type", "text/plain");
    if (request.flag("x-kitchen-echo")) {
      type = request.header("x-kitchen-content-type", request.header("content-type", type));
      return new DemoReply(200, type, request.body(), DemoReply.Framing.AS_REQUESTED);
    }
    var size = request.header("x-kitchen-response-size");
    var body =
        size == null
            ? "Hello World".getBytes(StandardCharsets.UTF_8)
            : DemoText.lorem(request.responseSize(0));
    return new DemoReply(200, type, body, DemoReply.Framing.AS_REQUESTED);
  }

  private static DemoReply lorem(DemoRequest request, DemoReply.Framing framing) {
    return new DemoReply(
        200,
        request.header("x-kitchen-content-type", "text/plain"),
        DemoText.lorem(request.responseSize(DemoText.DEFAULT_SIZE)),
        framing);
  }

  private Map<String, String> withoutPasswords() {
    var shown = new TreeMap<>(environment);
    shown.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).contains("password"));
    return shown;
  }

  private int send(
      HttpExchange exchange, DemoRequest request, DemoReply reply, DemoState.Pending pending)
      throws IOException, InterruptedException {
    request.drain(); // a client that is still sending would get a reset instead of the answer
    var headers = exchange.getResponseHeaders();
    headers.set("content-type", reply.contentType());
    addCookies(exchange, request.header("x-kitchen-cookies"));
    if (List.of(request.query("include", "").split(",", -1)).contains("request-info")) {
      request
          .info(0)
          .forEach((name, value) -> headers.set("x-kitchen-request-" + name, flat(value)));
    }
    var body = reply.body();
    if (reply.framing() == DemoReply.Framing.GZIP) {
      headers.set("content-encoding", "gzip");
      body = gzip(body);
    }
    for (var name : request.header("x-kitchen-exclude-headers", "").split(",", -1)) {
      headers.remove(name.strip());
    }
    if (request.method().equals("HEAD")) {
      headers.set("content-length", Integer.toString(body.length));
      pending.end();
      exchange.sendResponseHeaders(reply.status(), -1);
      return reply.status();
    }
    boolean chunked =
        reply.framing() == DemoReply.Framing.CHUNKED
            || (reply.framing() == DemoReply.Framing.AS_REQUESTED && request.wantsChunks());
    boolean empty = body.length == 0 || reply.status() == 204 || reply.status() == 304;
    if (empty) {
      pending.end();
    }
    exchange.sendResponseHeaders(reply.status(), empty ? -1 : chunked ? 0 : body.length);
    if (!empty) {
      write(exchange.getResponseBody(), body, request, chunked, pending);
    }
    return reply.status();
  }

  private static String flat(Object value) {
    var text = value instanceof String s ? s : DemoJson.write(value);
    return text.replaceAll("[\\r\\n]", " ");
  }

  private static void addCookies(HttpExchange exchange, @Nullable String cookies) {
    if (cookies != null) {
      for (var cookie : cookies.split(",", -1)) {
        exchange.getResponseHeaders().add("set-cookie", cookie.strip());
      }
    }
  }

  private static void write(
      OutputStream out,
      byte[] body,
      DemoRequest request,
      boolean chunked,
      DemoState.Pending pending)
      throws IOException, InterruptedException {
    int failAfter = (int) request.number("x-kitchen-fail-after", Integer.MAX_VALUE);
    int end = Math.min(body.length, failAfter);
    int step = chunked ? (int) Math.max(1, request.number("x-kitchen-chunk-size", 16_384)) : end;
    long pause = request.number("x-kitchen-chunk-delay", 0);
    for (int at = 0; at < end; at += step) {
      if (at + step >= end) {
        pending.end();
      }
      out.write(body, at, Math.min(step, end - at));
      if (pause > 0) {
        out.flush();
        TimeUnit.MILLISECONDS.sleep(pause);
      }
    }
    if (failAfter < body.length) {
      out.flush();
      if (request.flag("x-kitchen-fail-by-terminating-jvm")) {
        Runtime.getRuntime().halt(1);
      }
      // Leaving the handler this way makes the server drop the connection without a proper end.
      throw new IOException("broken off on request");
    }
    out.close();
  }

  private static byte[] gzip(byte[] body) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      out.write(body);
    }
    return packed.toByteArray();
  }

  private static void dieLater(DemoRequest request) {
    long delay = request.number("x-kitchen-die-after-ms", -1);
    if (delay >= 0) {
      var killer =
          new Thread(
              () -> {
                try {
                  TimeUnit.MILLISECONDS.sleep(delay);
                  Runtime.getRuntime().halt(1);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      killer.setDaemon(true);
      killer.start();
    }
  }
}
