package io.maitred.http;

import io.maitred.common.Refusal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that an error tells its client, independent of the form (contract waiter 1.6).
 *
 * @param context the failed request; null when it could not even be read
 * @param cid correlation id of the response
 */
record ErrorReport(
    @Nullable RequestContext context,
    String cid,
    Refusal refusal,
    List<SupportLink> supportInfo,
    Instant time) {

  /** The error class in words, {@code waiter.QueueLength} being {@code Queue Length}. */
  String title() {
    if (refusal.details().get("error-class") instanceof String name) {
      var simple = name.substring(name.lastIndexOf('.') + 1);
      if (!simple.isEmpty()) {
        return simple.replaceAll("(?<=[a-z])(?=[A-Z])", " ");
      }
    }
    return "Waiter Error " + refusal.status();
  }

  Map<String, Object> json() {
    var error = new LinkedHashMap<String, @Nullable Object>();
    error.put("cid", cid);
    error.put("details", refusal.details().isEmpty() ? null : refusal.details());
    error.put("host", context == null ? null : context.hostHeader());
    error.put("instance-id", instanceId());
    error.put("message", refusal.message());
    error.put("principal", principal());
    error.put("query-string", context == null ? null : context.query());
    error.put("request-method", context == null ? null : context.method().name());
    error.put("service-id", serviceId());
    error.put("status", refusal.status());
    error.put("support-info", supportInfo.stream().map(SupportLink::json).toList());
    error.put("timestamp", time);
    error.put("title", title());
    error.put("uri", context == null ? null : context.path());
    putIfKnown(error, "service-owner", owner());
    putIfKnown(error, "waiter-token", token());
    return Map.of("waiter-error", error);
  }

  /** The rows of the block "Request Info", in the order of display. */
  Map<String, String> requestInfo() {
    var rows = new LinkedHashMap<String, @Nullable String>();
    if (context != null) {
      rows.put("Host", context.hostHeader());
      rows.put("Path", context.path());
      rows.put("Query String", context.query() == null ? "" : context.query());
      rows.put("Method", context.method().name());
    }
    rows.put("CID", cid);
    rows.put("Time", JsonBody.iso(time));
    putIfKnown(rows, "Principal", principal());
    putIfKnown(rows, "Waiter Token", token());
    putIfKnown(rows, "Service Owner", owner());
    putIfKnown(rows, "Service Id", serviceId());
    putIfKnown(rows, "Instance Id", instanceId());
    return rows;
  }

  private @Nullable String principal() {
    var caller = context == null ? null : context.known().caller();
    return caller == null ? null : caller.principal();
  }

  private @Nullable String token() {
    return context == null || context.known().tokens().isEmpty()
        ? null
        : String.join(",", context.known().tokens());
  }

  private @Nullable String owner() {
    return context == null ? null : context.known().serviceOwner();
  }

  private @Nullable String serviceId() {
    var id = context == null ? null : context.known().serviceId();
    if (id != null) {
      return id.value();
    }
    return refusal.details().get("service-id") instanceof String named ? named : null;
  }

  private @Nullable String instanceId() {
    var instance = context == null ? null : context.known().instance();
    return instance == null ? null : instance.id().value();
  }

  private static <V> void putIfKnown(Map<String, V> into, String name, @Nullable V value) {
    if (value != null) {
      into.put(name, value);
    }
  }
}
