package io.maitred.http;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.common.RouterId;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers that responses carry for whatever reason they were made. */
final class ResponseHeaders {
  private final HttpHeader server;
  private final Via via;
  private final RouterId router;
  private final ApiUrls urls;

  ResponseHeaders(HttpSettings settings, RouterId router, ApiUrls urls) {
    // parsed, because the server drops a raw header of this name
    this.server = HttpHeader.parse("server", settings.serverName());
    this.via = new Via(settings.serverName());
    this.router = router;
    this.urls = urls;
  }

  HttpHeader server() {
    return server;
  }

  /** {@code x-cid} always, {@code server} if the response is ours, {@code via} if proxied. */
  HttpResponse complete(RequestContext context, HttpResponse response, boolean proxied) {
    var headers = new ArrayList<HttpHeader>();
    String viaOfBackend = null;
    for (HttpHeader header : response.getHeaders()) {
      if (proxied && header.is("via")) {
        viaOfBackend = viaOfBackend == null ? header.value() : viaOfBackend + ", " + header.value();
      } else if (!header.is("x-cid")) {
        headers.add(header);
      }
    }
    headers.add(RawHeader.create("x-cid", context.cid()));
    if (!context.known().backendAnswered()) {
      headers.add(server);
    }
    if (proxied) {
      headers.add(RawHeader.create("via", via.append(viaOfBackend, context.clientProtocol())));
    }
    if (context.debug()) {
      debug(context, headers);
    }
    return response.withHeaders(headers);
  }

  /** Contract waiter 6.10; what is not known yet is left out. */
  private void debug(RequestContext context, List<HttpHeader> headers) {
    var known = context.known();
    add(headers, "client-protocol", context.clientProtocol());
    add(headers, "internal-protocol", context.connectionProtocol());
    add(
        headers,
        "request-date",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(context.arrivedAt().atOffset(ZoneOffset.UTC)));
    add(headers, "request-id", context.requestId());
    add(headers, "router-id", router);
    add(headers, "service-id", known.serviceId());
    var instance = known.instance();
    if (instance != null) {
      add(headers, "backend-id", instance.id());
      add(headers, "backend-host", instance.host());
      add(headers, "backend-port", instance.port());
      add(headers, "backend-proto", known.backendProto());
      if (instance.logDirectory() != null) {
        add(headers, "backend-directory", instance.logDirectory());
        add(headers, "backend-log-url", urls.logs(instance));
      }
    }
    add(headers, "backend-response-ns", nanos(known.backendNanos()));
    add(headers, "get-available-instance-ns", nanos(known.reservationNanos()));
    add(headers, "queue-timeout-ms", millis(known.queueTimeout()));
    add(headers, "socket-timeout-ms", millis(known.socketTimeout()));
    add(headers, "streaming-timeout-ms", millis(known.streamingTimeout()));
    var caller = known.caller();
    if (caller != null) {
      add(headers, "auth-method", caller.method());
      add(headers, "auth-principal", caller.principal());
      add(headers, "auth-user", caller.user());
    }
  }

  private static @Nullable Long nanos(long value) {
    return value < 0 ? null : value;
  }

  private static @Nullable Long millis(@Nullable Duration value) {
    return value == null ? null : value.toMillis();
  }

  private static void add(List<HttpHeader> headers, String name, @Nullable Object value) {
    if (value != null) {
      headers.add(RawHeader.create("x-waiter-" + name, value.toString()));
    }
  }
}
