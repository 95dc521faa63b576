package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Puts endpoints into routes: {@code get(() -> at(this::list))}. */
abstract class ApiDirectives extends AllDirectives {

  final Route at(Function<ApiCall, CompletionStage<HttpResponse>> endpoint) {
    return handle(
        request -> {
          try {
            return endpoint.apply(new ApiCall(request));
          } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
          }
        });
  }

  static CompletionStage<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedStage(response);
  }
}
