package io.maitred.http.waiter;

import akka.http.Version;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Route;
import io.maitred.common.RouterId;
import io.maitred.http.RequestContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /status}: this node answers. */
public final class StatusRoutes extends ApiDirectives {
  private static final int MAX_VALUE = 80;

  /** Put there by the server; no client sent them. */
  private static final Set<String> SYNTHETIC =
      Set.of("raw-request-uri", "timeout-access", "remote-address", "tls-session-info");

  private final RouterId router;

  public StatusRoutes(RouterId router) {
    this.router = router;
  }

  public Route routes() {
    return path("status", () -> at(this::status));
  }

  private CompletionStage<HttpResponse> status(RequestContext context, HttpRequest request) {
    var query = context.parameters();
    var body = new LinkedHashMap<String, Object>();
    body.put("status", "ok");
    if (query.contains("include", "request-info")) {
      body.put("request-info", requestInfo(context, request));
    }
    if (query.contains("include", "server-info")) {
      body.put(
          "server-info",
          Map.of(
              "java-version",
              System.getProperty("java.version"),
              "jetty-version",
              "akka-http/" + Version.current()));
    }
    return Endpoint.ok(body);
  }

  private Map<String, @Nullable Object> requestInfo(RequestContext context, HttpRequest request) {
    var info = new LinkedHashMap<String, @Nullable Object>();
    var length = context.contentLength();
    info.put("headers", headers(context, request));
    info.put("client-protocol", context.clientProtocol());
    info.put("internal-protocol", context.connectionProtocol());
    info.put("query-string", context.query());
    info.put("request-id", context.requestId());
    info.put("request-method", context.method().value().toLowerCase(java.util.Locale.ROOT));
    info.put("request-time", context.arrivedAt());
    info.put("router-id", router.value());
    info.put("scheme", context.scheme());
    info.put("uri", context.path());
    info.put("content-length", length.isPresent() ? length.getAsLong() : null);
    info.put("content-type", context.contentType().isEmpty() ? null : context.contentType());
    info.put("character-encoding", context.charset().orElse(null));
    return info;
  }

  private static Map<String, String> headers(RequestContext context, HttpRequest request) {
    var headers = new TreeMap<String, String>();
    for (HttpHeader header : request.getHeaders()) {
      var name = header.lowercaseName();
      if (!SYNTHETIC.contains(name)) {
        headers.merge(name, header.value(), (first, second) -> first + "," + second);
      }
    }
    if (!context.contentType().isEmpty()) {
      headers.put("content-type", context.contentType());
    }
    headers.replaceAll(
        (name, value) ->
            name.equals("x-waiter-token") || value.length() <= MAX_VALUE
                ? value
                : value.substring(0, MAX_VALUE));
    return headers;
  }
}
