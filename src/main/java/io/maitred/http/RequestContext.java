package io.maitred.http;

import akka.http.javadsl.model.AttributeKey;
import akka.http.javadsl.model.HttpCharset;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RequestEntity;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One request as the front end sees it: made once, in one pass over the headers, and handed along
 * the request's way. Everything here is as received, except {@link #known}, which fills up on the
 * way.
 */
public final class RequestContext {
  /** Under this key the request carries its context, for the routes of the API. */
  public static final AttributeKey<RequestContext> KEY =
      AttributeKey.create("maitred-context", RequestContext.class);

  private static final String RAW_URI = "raw-request-uri";

  private final KnownFacts known = new KnownFacts();
  private final Instant arrivedAt;
  private final long arrivedNanos;
  private final HttpMethod method;
  private final String connectionProtocol;
  private final RequestEntity entity;
  private final String path;
  private final @Nullable String query;
  private final String scheme;
  private final String unique;
  private final String cid;
  private final String hostHeader;
  private final @Nullable String forwardedVersion;
  private final @Nullable String accept;
  private final @Nullable String authorization;
  private final boolean debug;
  private final boolean serviceHeaders;

  /** The context of a request that has just arrived. */
  public static RequestContext of(HttpRequest request, Clock clock) {
    return new RequestContext(request, clock.instant(), System.nanoTime());
  }

  /** The context that the front end attached to the request; a request without one is a bug. */
  public static RequestContext in(HttpRequest request) {
    return request
        .getAttribute(KEY)
        .orElseThrow(() -> new IllegalStateException("request without context"));
  }

  private RequestContext(HttpRequest request, Instant arrivedAt, long arrivedNanos) {
    this.arrivedAt = arrivedAt;
    this.arrivedNanos = arrivedNanos;
    this.method = request.method();
    this.connectionProtocol = request.protocol().value();
    this.entity = request.entity();
    String rawUri = null;
    String givenCid = null;
    String proto = null;
    String version = null;
    String host = null;
    String accepts = null;
    String credentials = null;
    boolean debugging = false;
    boolean service = false;
    for (HttpHeader header : request.getHeaders()) {
      var name = header.lowercaseName();
      switch (name) {
        // the server puts its own first; a later one was sent by the client
        case RAW_URI -> rawUri = rawUri == null ? header.value() : rawUri;
        case "x-cid" -> givenCid = header.value();
        case "x-forwarded-proto" -> proto = header.value();
        case "x-forwarded-proto-version" -> version = header.value();
        case "host" -> host = header.value();
        case "accept" ->
            accepts = accepts == null ? header.value() : accepts + ", " + header.value();
        case "authorization" -> credentials = header.value();
        case "x-waiter-debug" -> debugging = true;
        default -> service |= name.startsWith("x-waiter-");
      }
    }
    var target = rawUri == null ? pathAndQuery(request) : pathAndQuery(rawUri);
    int mark = target.indexOf('?');
    this.path = mark < 0 ? target : target.substring(0, mark);
    this.query = mark < 0 ? null : target.substring(mark + 1);
    this.scheme = scheme(proto, request);
    this.unique = unique();
    this.cid = givenCid == null || givenCid.isBlank() ? unique : givenCid;
    this.hostHeader = host == null ? "" : host;
    this.forwardedVersion = version;
    this.accept = accepts;
    this.authorization = credentials;
    this.debug = debugging;
    this.serviceHeaders = service;
  }

  private static String pathAndQuery(HttpRequest request) {
    var uri = request.getUri();
    var path = uri.path().isEmpty() ? "/" : uri.path();
    return uri.rawQueryString().map(q -> path + "?" + q).orElse(path);
  }

  /** Origin form as it is; absolute form without scheme and authority. */
  private static String pathAndQuery(String rawUri) {
    if (rawUri.startsWith("/")) {
      return rawUri;
    }
    int authority = rawUri.indexOf("://");
    if (authority < 0) {
      return rawUri;
    }
    for (int i = authority + 3; i < rawUri.length(); i++) {
      if (rawUri.charAt(i) == '/') {
        return rawUri.substring(i);
      }
      if (rawUri.charAt(i) == '?') {
        return "/" + rawUri.substring(i);
      }
    }
    return "/";
  }

  private static String scheme(@Nullable String forwarded, HttpRequest request) {
    if (forwarded != null && !forwarded.isBlank()) {
      return forwarded.trim().toLowerCase(Locale.ROOT);
    }
    var own = request.getUri().getScheme();
    return own.isEmpty() ? "http" : own;
  }

  // unique is enough, nobody gains by guessing one: so not the slow secure generator
  private static String unique() {
    var random = ThreadLocalRandom.current();
    return Long.toHexString(random.nextLong()) + "-" + Integer.toHexString(random.nextInt());
  }

  /** What was found out on the way so far. */
  public KnownFacts known() {
    return known;
  }

  /** {@code <unique>-<scheme>}, different for every request. */
  public String requestId() {
    return unique + "-" + scheme;
  }

  /** The correlation id: {@code x-cid} of the request, else a fresh one. */
  public String cid() {
    return cid;
  }

  public Instant arrivedAt() {
    return arrivedAt;
  }

  /** {@link System#nanoTime} at arrival. */
  public long arrivedNanos() {
    return arrivedNanos;
  }

  /** {@code x-forwarded-proto}, else the connection's scheme; lower case. */
  public String scheme() {
    return scheme;
  }

  /** The protocol that the client speaks, for instance {@code HTTP/1.1}. */
  public String clientProtocol() {
    if (forwardedVersion == null || forwardedVersion.isBlank()) {
      return connectionProtocol;
    }
    return switch (forwardedVersion) {
      case "HTTP/1" -> "HTTP/1.0";
      case "HTTP/2" -> "HTTP/2.0";
      default -> forwardedVersion;
    };
  }

  /** The protocol of the connection that the request came on. */
  public String connectionProtocol() {
    return connectionProtocol;
  }

  public HttpMethod method() {
    return method;
  }

  /** The path, byte for byte as sent. */
  public String path() {
    return path;
  }

  /** The query without {@code ?}, byte for byte as sent; null when there is none. */
  public @Nullable String query() {
    return query;
  }

  /** The query, decoded. */
  public QueryParameters parameters() {
    return QueryParameters.parse(query);
  }

  /** The {@code host} header as received, with port; empty when there is none. */
  public String hostHeader() {
    return hostHeader;
  }

  /** The {@code host} header without port; empty when there is none. */
  public String host() {
    return Classification.withoutPort(hostHeader);
  }

  /** All {@code accept} headers, joined by commas. */
  public @Nullable String accept() {
    return accept;
  }

  public @Nullable String authorization() {
    return authorization;
  }

  /** Media type of the request's body, without parameters; empty when none was sent. */
  public String contentType() {
    var type = entity.getContentType().mediaType().toString();
    return type.equals("none/none") ? "" : type.toLowerCase(Locale.ROOT);
  }

  /** Parameter {@code charset} of the body's type; empty when none was sent. */
  public Optional<String> charset() {
    return entity.getContentType().getCharsetOption().map(HttpCharset::value);
  }

  /** Length of the body; empty when it was sent in chunks. */
  public OptionalLong contentLength() {
    return entity.getContentLengthOption();
  }

  /** Whether {@code x-waiter-debug} was sent. */
  public boolean debug() {
    return debug;
  }

  /** Whether any {@code x-waiter-*} header other than {@code x-waiter-debug} was sent. */
  public boolean hasServiceHeaders() {
    return serviceHeaders;
  }
}
