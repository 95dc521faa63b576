package io.maitred.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Requests to one address, with any headers, {@code host} and empty values included. */
public final class Http {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  static {
    allowAllHeaders();
  }

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private final String host;
  private final int port;

  public Http(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /** To be called before Java's HTTP client is used for the first time. */
  static void allowAllHeaders() {
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host,expect,connection");
  }

  public static Http local(int port) {
    return new Http("127.0.0.1", port);
  }

  /** Headers from names and values in turn; order is kept. */
  public static Map<String, String> headers(String... namesAndValues) {
    var headers = new LinkedHashMap<String, String>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  /** Both; the second wins. */
  public static Map<String, String> with(Map<String, String> headers, String... more) {
    var all = new LinkedHashMap<>(headers);
    all.putAll(headers(more));
    return all;
  }

  public Reply get(String path) {
    return get(path, Map.of());
  }

  public Reply get(String path, Map<String, String> headers) {
    return send("GET", path, headers, "");
  }

  public Reply post(String path, Map<String, String> headers, String body) {
    return send("POST", path, headers, body);
  }

  public Reply delete(String path, Map<String, String> headers) {
    return send("DELETE", path, headers, "");
  }

  /** Any method; an empty body is no body. */
  public Reply send(String method, String path, Map<String, String> headers, String body) {
    try {
      return attempt(method, path, headers, body, LIMIT);
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path + " at port " + port, e);
    }
  }

  /**
   * Like {@link #send}, for tests in which connections may break.
   *
   * @throws java.net.ConnectException when nobody listens
   */
  public Reply attempt(
      String method, String path, Map<String, String> headers, String body, Duration limit)
      throws IOException {
    try {
      return reply(
          CLIENT.send(
              request(method, path, headers, publisher(body), limit), BodyHandlers.ofString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** A request whose answer comes later. */
  public CompletableFuture<Reply> later(String path, Map<String, String> headers) {
    return CLIENT
        .sendAsync(
            request("GET", path, headers, BodyPublishers.noBody(), Duration.ofMinutes(3)),
            BodyHandlers.ofString())
        .thenApply(Http::reply);
  }

  /** For bodies that are streamed. */
  public <T> HttpResponse<T> exchange(
      String method,
      String path,
      Map<String, String> headers,
      BodyPublisher body,
      HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return CLIENT.send(request(method, path, headers, body, Duration.ofMinutes(3)), handler);
  }

  private HttpRequest request(
      String method, String path, Map<String, String> headers, BodyPublisher body, Duration limit) {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path))
            .method(method, body)
            .timeout(limit);
    headers.forEach(request::header);
    return request.build();
  }

  private static BodyPublisher publisher(String body) {
    return body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
  }

  private static Reply reply(HttpResponse<String> response) {
    return new Reply(response.statusCode(), response.headers().map(), response.body());
  }

  /** An own connection, for what a well-behaved client would not send. */
  public Socket connect() throws IOException {
    var socket = new Socket(host, port);
    socket.setSoTimeout((int) LIMIT.toMillis());
    return socket;
  }

  /**
   * Sends text as it stands ({@code \n} becomes CRLF) and reads until the other side closes; let
   * the request say {@code Connection: close}.
   */
  public Reply raw(String head, byte[] body) {
    try (var socket = connect()) {
      var out = socket.getOutputStream();
      out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
      var all = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(all);
      return parse(all.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("raw request to port " + port + ": " + head, e);
    }
  }

  private static Reply parse(byte[] answer) {
    var text = new String(answer, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("no whole response head: " + text);
    }
    var lines = text.substring(0, end).split("\r\n", -1);
    var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers
          .computeIfAbsent(
              lines[i].substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(lines[i].substring(colon + 1).trim());
    }
    var body = text.substring(end + 4);
    boolean chunked = headers.getOrDefault("transfer-encoding", List.of()).contains("chunked");
    return new Reply(
        Integer.parseInt(lines[0].split(" ", 3)[1]), headers, chunked ? unchunked(body) : body);
  }

  private static String unchunked(String text) {
    var out = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int line = text.indexOf("\r\n", at);
      int size = Integer.parseInt(text.substring(at, line).trim(), 16);
      if (size == 0) {
        break;
      }
      out.append(text, line + 2, line + 2 + size);
      at = line + 2 + size + 2;
    }
    return out.toString();
  }
}
