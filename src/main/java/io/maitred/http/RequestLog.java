package io.maitred.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One JSON line per request (contract waiter 13.4), written when the head of its response is ready.
 * The line is put together by hand, since it is made for every request.
 */
final class RequestLog {
  private static final Logger log = LoggerFactory.getLogger("request-log");

  private final boolean on;

  RequestLog(boolean on) {
    this.on = on;
  }

  void answered(RequestContext context, int status) {
    if (on && log.isInfoEnabled()) {
      log.info("{}", line(context, status, System.nanoTime()));
    }
  }

  static String line(RequestContext context, int status, long nowNanos) {
    var known = context.known();
    var out = new StringBuilder(512);
    out.append("{\"cid\":\"");
    JsonStringEncoder.getInstance().quoteAsString(context.cid(), out);
    out.append('"');
    text(out, "request-id", context.requestId());
    text(out, "request-time", JsonBody.iso(context.arrivedAt()));
    text(out, "request-type", known.requestType());
    text(out, "scheme", context.scheme());
    text(out, "client-protocol", context.clientProtocol());
    text(out, "host", context.hostHeader());
    text(out, "method", context.method().name());
    text(out, "path", context.path());
    text(out, "query-string", context.query());
    number(out, "status", status);
    var caller = known.caller();
    text(out, "principal", caller == null ? null : caller.principal());
    text(out, "token", known.tokens().isEmpty() ? null : String.join(",", known.tokens()));
    var service = known.serviceId();
    text(out, "service-id", service == null ? null : service.value());
    var instance = known.instance();
    if (instance != null) {
      text(out, "instance-id", instance.id().value());
      text(out, "instance-host", instance.host());
      number(out, "instance-port", instance.port());
      text(out, "instance-proto", known.backendProto());
    }
    number(out, "get-instance-latency-ns", known.reservationNanos());
    number(out, "backend-response-latency-ns", known.backendNanos());
    number(out, "handle-request-latency-ns", nowNanos - context.arrivedNanos());
    if (known.fallbackTriggered()) {
      out.append(",\"fallback-triggered\":true");
    }
    text(out, "error-class", known.errorClass());
    return out.append('}').toString();
  }

  private static void text(StringBuilder out, String name, @Nullable String value) {
    if (value != null) {
      out.append(",\"").append(name).append("\":\"");
      JsonStringEncoder.getInstance().quoteAsString(value, out);
      out.append('"');
    }
  }

  /** A latency that is not known is -1 and left out. */
  private static void number(StringBuilder out, String name, long value) {
    if (value >= 0) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }
}
