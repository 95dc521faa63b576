package io.maitred.demo;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parts of a request that the demo service looks at. */
final class DemoRequest {
  private static final int MAX_BODY = 50 * 1024 * 1024;
  private static final int SHOWN_OF_AUTHORIZATION = 15;
  private static final int SHOWN_OF_COOKIE = 25;

  private final HttpExchange exchange;
  private final Map<String, String> query = new LinkedHashMap<>();

  DemoRequest(HttpExchange exchange) {
    this.exchange = exchange;
    var raw = exchange.getRequestURI().getRawQuery();
    if (raw != null) {
      for (var pair : raw.split("&", -1)) {
        var parts = pair.split("=", 2);
        var value = parts.length == 2 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "";
        query.merge(
            URLDecoder.decode(parts[0], StandardCharsets.UTF_8), value, (a, b) -> a + "," + b);
      }
    }
  }

  String method() {
    return exchange.getRequestMethod();
  }

  String path() {
    var path = exchange.getRequestURI().getPath();
    return path == null ? "" : path;
  }

  @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  String header(String name, String absent) {
    var value = header(name);
    return value == null ? absent : value;
  }

  boolean flag(String name) {
    var value = header(name);
    return value != null && !value.equalsIgnoreCase("false");
  }

  /** The header's number, or the other if it is absent or none. */
  long number(String name, long absent) {
    return parse(header(name), absent);
  }

  /** The parameter's value; several are joined by commas. */
  String query(String name, String absent) {
    return query.getOrDefault(name, absent);
  }

  long queryNumber(String name, long absent) {
    return parse(query.get(name), absent);
  }

  private static long parse(@Nullable String text, long absent) {
    try {
      return text == null ? absent : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  int responseSize(int absent) {
    return (int) Math.max(0, Math.min(MAX_BODY, number("x-kitchen-response-size", absent)));
  }

  boolean wantsChunks() {
    return flag("x-kitchen-chunked") || "chunked".equalsIgnoreCase(header("transfer-encoding", ""));
  }

  /** The body, of at most 50 MiB; the rest is not read. */
  byte[] body() throws IOException {
    return exchange.getRequestBody().readNBytes(MAX_BODY);
  }

  /** Reads what is left of the body and returns how many bytes that were; may repeat. */
  long drain() throws IOException {
    return exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
  }

  /**
   * What {@code /request-info} shows.
   *
   * @param length bytes of the body
   */
  Map<String, Object> info(long length) {
    var headers = new TreeMap<String, Object>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              var key = name.toLowerCase(Locale.ROOT);
              headers.put(key, shown(key, String.join(",", values)));
            });
    var info = new TreeMap<String, Object>();
    info.put("request-method", method().toLowerCase(Locale.ROOT));
    info.put("uri", String.valueOf(exchange.getRequestURI().getRawPath()));
    var raw = exchange.getRequestURI().getRawQuery();
    info.put("query-string", raw == null ? "" : raw);
    info.put("headers", headers);
    info.put("protocol-version", exchange.getProtocol());
    info.put("request-version", exchange.getProtocol());
    info.put("request-length", length);
    return info;
  }

  private static String shown(String name, String value) {
    return switch (name) {
      case "authorization" -> cut(value, SHOWN_OF_AUTHORIZATION);
      case "cookie" -> cut(value, SHOWN_OF_COOKIE);
      default -> value;
    };
  }

  private static String cut(String value, int length) {
    return value.length() > length ? value.substring(0, length) : value;
  }
}
