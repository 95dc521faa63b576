package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import io.maitred.common.Refusal;
import io.maitred.http.Authenticator;
import io.maitred.http.Caller;
import io.maitred.http.JsonBody;
import io.maitred.http.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What one path of the API does. A thrown or failed refusal is rendered by the front end. */
@FunctionalInterface
interface Endpoint {
  CompletionStage<HttpResponse> answer(RequestContext context, HttpRequest request);

  /** Refuses all other methods with {@code Only GET supported}. */
  default Endpoint only(HttpMethod method) {
    return (context, request) -> {
      if (!request.method().equals(method)) {
        throw refused(405, "Only " + method.value() + " supported");
      }
      return answer(context, request);
    };
  }

  /** Finds out who calls first. */
  default Endpoint behind(Authenticator authenticator) {
    return (context, request) ->
        authenticator
            .authenticate(context, request)
            .thenCompose(
                caller -> {
                  context.known().caller(caller);
                  return answer(context, request);
                });
  }

  /** The caller of an endpoint that is {@link #behind} an authenticator. */
  static Caller caller(RequestContext context) {
    var caller = context.known().caller();
    if (caller == null) {
      throw new IllegalStateException("endpoint without authenticator");
    }
    return caller;
  }

  static RuntimeException refused(int status, String message) {
    return Refusal.of(status, message).asException();
  }

  /** A JSON body with status 200. */
  static CompletionStage<HttpResponse> ok(@Nullable Object body) {
    return CompletableFuture.completedStage(JsonBody.ok(body));
  }

  static HttpResponse json(int status, @Nullable Object body) {
    return HttpResponse.create()
        .withStatus(StatusCodes.lookup(status).orElseThrow(() -> unknown(status)))
        .withEntity(JsonBody.entity(body));
  }

  private static RuntimeException unknown(int status) {
    return new IllegalStateException("status: " + status + " (expected: a known HTTP status)");
  }
}
