package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.maitred.http.JsonBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The form of every answer (contract waiting room 21.3). */
final class Envelope {

  private Envelope() {}

  static HttpResponse success(@Nullable Object result) {
    return success(result, List.of());
  }

  static HttpResponse success(@Nullable Object result, List<Map<String, Object>> messages) {
    return JsonBody.ok(body(true, List.of(), messages, result));
  }

  /**
   * A list, with what is known of its pages. It is written piece by piece: a thousand rooms with
   * pages of their own are a gigabyte.
   */
  static HttpResponse page(List<Map<String, Object>> result, Map<String, Object> resultInfo) {
    var end =
        "],\"success\":true,\"errors\":[],\"messages\":[],\"result_info\":"
            + JsonBody.text(resultInfo)
            + "}";
    var pieces =
        Source.from(result)
            .map(item -> ByteString.fromArrayUnsafe(JsonBody.bytes(item)))
            .intersperse(text("{\"result\":["), text(","), text(end));
    return HttpResponse.create()
        .withEntity(HttpEntities.createChunked(ContentTypes.APPLICATION_JSON, pieces));
  }

  static HttpResponse failure(ApiException failure) {
    var errors = failure.errors().stream().map(ApiError::json).toList();
    var headers = new ArrayList<HttpHeader>();
    failure.headers().forEach((name, value) -> headers.add(RawHeader.create(name, value)));
    return HttpResponse.create()
        .withStatus(failure.status())
        .withEntity(JsonBody.entity(body(false, errors, List.of(), null)))
        .addHeaders(headers);
  }

  private static Map<String, @Nullable Object> body(
      boolean success,
      List<Map<String, Object>> errors,
      List<Map<String, Object>> messages,
      @Nullable Object result) {
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("result", result);
    body.put("success", success);
    body.put("errors", errors);
    body.put("messages", messages);
    return body;
  }

  private static ByteString text(String text) {
    return ByteString.fromString(text, StandardCharsets.UTF_8);
  }
}
