package io.maitred.router;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.headers.RawRequestURI;
import akka.util.ByteString;
import io.maitred.router.model.ForwardedHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/** The head of a request as the backend gets it, in bytes. */
final class RequestHead {
  private byte[] bytes = new byte[1024];
  private int length;

  private RequestHead() {}

  static ByteString of(HttpRequest request, ForwardOptions options) {
    var head = new RequestHead();
    head.ascii(request.method().value()).ascii(" ");
    head.text(target(request));
    head.ascii(" HTTP/1.1\r\n");
    head.passOn(request, options);
    head.addOwn(options);
    head.frame(request);
    head.ascii("\r\n");
    return ByteString.fromArray(head.bytes, 0, head.length);
  }

  /** Path and query as the client wrote them; Akka HTTP's own form is decoded and normalized. */
  private static String target(HttpRequest request) {
    var raw = request.getHeader(RawRequestURI.class);
    if (raw.isEmpty()) {
      var uri = request.getUri();
      var query = uri.rawQueryString();
      var path = uri.getPathString().isEmpty() ? "/" : uri.getPathString();
      return query.isPresent() ? path + "?" + query.get() : path;
    }
    var target = raw.get().uri();
    if (target.startsWith("/") || target.equals("*")) {
      return target;
    }
    // absolute form, as for a forward proxy
    int authority = target.indexOf("://");
    int path = authority < 0 ? -1 : firstOf(target, authority + 3);
    if (path < 0) {
      return "/";
    }
    return target.charAt(path) == '/' ? target.substring(path) : "/" + target.substring(path);
  }

  private static int firstOf(String target, int from) {
    for (int i = from; i < target.length(); i++) {
      if (target.charAt(i) == '/' || target.charAt(i) == '?') {
        return i;
      }
    }
    return -1;
  }

  private void passOn(HttpRequest request, ForwardOptions options) {
    var hopByHop =
        request
            .getHeader("connection")
            .map(connection -> ForwardedHeaders.namedIn(connection.value()))
            .orElse(Set.of());
    String via = null;
    for (HttpHeader header : request.getHeaders()) {
      if (!header.renderInRequests()) {
        continue;
      }
      var name = header.lowercaseName();
      if (name.equals("via")) {
        via = ForwardedHeaders.via(via, header.value());
      } else if (name.equals("cookie")) {
        var kept = ForwardedHeaders.cookie(header.value());
        if (kept != null) {
          header(header.name(), kept);
        }
      } else if (name.equals("authorization")) {
        if (options.authorization() == null && !hopByHop.contains(name)) {
          header(header.name(), header.value());
        }
      } else if (ForwardedHeaders.passesToBackend(name) && !hopByHop.contains(name)) {
        header(header.name(), header.value());
      }
    }
    header("via", ForwardedHeaders.via(via, options.via()));
  }

  private void addOwn(ForwardOptions options) {
    var authorization = options.authorization();
    if (authorization != null) {
      header("authorization", authorization);
    }
    header("x-cid", options.cid());
    var principal = options.principal();
    if (principal != null) {
      header("x-waiter-auth-principal", ForwardedHeaders.user(principal));
      header("x-waiter-authenticated-principal", principal);
    }
  }

  private void frame(HttpRequest request) {
    RequestEntity entity = request.entity();
    if (!entity.getContentType().equals(ContentTypes.NO_CONTENT_TYPE)
        && !(entity.isKnownEmpty() && isDefaultType(entity))) {
      header("content-type", entity.getContentType().toString());
    }
    if (entity.isChunked()) {
      header("transfer-encoding", "chunked");
      return;
    }
    long size = entity.getContentLengthOption().orElse(0);
    // without a body the header matters only where one is expected
    if (size > 0 || expectsBody(request)) {
      header("content-length", Long.toString(size));
    }
  }

  /** The type that Akka HTTP gives to an entity that has none. */
  private static boolean isDefaultType(RequestEntity entity) {
    return entity.getContentType().equals(ContentTypes.APPLICATION_OCTET_STREAM);
  }

  private static boolean expectsBody(HttpRequest request) {
    var method = request.method();
    return method.equals(HttpMethods.POST)
        || method.equals(HttpMethods.PUT)
        || method.equals(HttpMethods.PATCH);
  }

  private RequestHead header(String name, String value) {
    return ascii(name).ascii(": ").text(value).ascii("\r\n");
  }

  /** Characters below 128, one byte each. */
  @SuppressWarnings("deprecation") // copies the low bytes, which is what is wanted
  private RequestHead ascii(String text) {
    int size = text.length();
    reserve(size);
    text.getBytes(0, size, bytes, length);
    length += size;
    return this;
  }

  private RequestHead text(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        reserve(encoded.length);
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
        return this;
      }
    }
    return ascii(text);
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
