package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import io.maitred.common.RefusedException;
import io.maitred.http.JsonBody;
import io.maitred.http.QueryParameters;
import io.maitred.http.RequestContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One authenticated call whose body has been read. */
record ApiCall(HttpRequest request) {

  RequestContext context() {
    return RequestContext.in(request);
  }

  Access access() {
    return request.getAttribute(Access.KEY).orElseThrow(ApiException::unauthorized);
  }

  QueryParameters parameters() {
    return context().parameters();
  }

  /**
   * The body as plain Java.
   *
   * @throws ApiException 400 for a body that is no JSON, or whose texts are no texts
   */
  @Nullable Object body() {
    var strict = (HttpEntity.Strict) request.entity();
    try {
      var body = JsonBody.parse(strict.getData().toArray());
      requireText(body);
      return body;
    } catch (RefusedException e) {
      throw ApiException.malformed(
          "Malformed JSON in the request body: " + e.refusal().details().get("error"));
    }
  }

  /**
   * The body as an object.
   *
   * @throws ApiException 400 also for another kind of document
   */
  Map<String, @Nullable Object> object() {
    if (body() instanceof Map<?, ?> object) {
      @SuppressWarnings("unchecked") // JSON keys are strings
      var typed = (Map<String, @Nullable Object>) object;
      return typed;
    }
    throw ApiException.invalid("the body must be an object", "");
  }

  /**
   * The body as an array.
   *
   * @throws ApiException 400 also for another kind of document
   */
  List<?> array() {
    if (body() instanceof List<?> array) {
      return array;
    }
    throw ApiException.invalid("the body must be an array", "");
  }

  /** JSON can escape halves of characters; nothing that writes UTF-8 can write them again. */
  private static void requireText(@Nullable Object tree) {
    if (tree instanceof String text) {
      for (int i = 0; i < text.length(); i++) {
        if (Character.isHighSurrogate(text.charAt(i))
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(text.charAt(i))) {
          throw ApiException.malformed("Half a character (a lone surrogate) in the request body");
        }
      }
    } else if (tree instanceof List<?> list) {
      list.forEach(ApiCall::requireText);
    } else if (tree instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            requireText(key);
            requireText(value);
          });
    }
  }
}
