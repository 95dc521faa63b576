package io.maitred.http.waiter;

import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import io.maitred.http.RequestContext;
import java.util.concurrent.CompletableFuture;

/** Puts endpoints into routes: {@code path("status", () -> at(this::status))}. */
abstract class ApiDirectives extends AllDirectives {

  final Route at(Endpoint endpoint) {
    return handle(
        request -> {
          try {
            return endpoint.answer(RequestContext.in(request), request);
          } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
          }
        });
  }
}
