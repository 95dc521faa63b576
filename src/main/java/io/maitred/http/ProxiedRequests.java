package io.maitred.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.maitred.metrics.RequestMetrics;
import io.maitred.router.ClientWatch;
import io.maitred.router.Router;
import java.util.concurrent.CompletionStage;

/** Hands requests of services to the router. */
public final class ProxiedRequests implements FrontEnd.Proxied {
  private static final String NONE = "none";

  private final Router router;
  private final Authenticator authenticator;
  private final Via via;
  private final RequestMetrics metrics;

  public ProxiedRequests(
      Router router, Authenticator authenticator, Via via, RequestMetrics metrics) {
    this.router = router;
    this.authenticator = authenticator;
    this.via = via;
    this.metrics = metrics;
  }

  @Override
  public CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request) {
    var trip =
        new RequestTrip(
            context,
            via.append(null, context.clientProtocol()),
            () -> authenticator.authenticate(context, request),
            metrics);
    ClientWatch.whenGone(request, trip::clientGone);
    return router
        .route(request, trip)
        .whenComplete((response, failure) -> count(context, response, failure));
  }

  private void count(RequestContext context, HttpResponse response, Throwable failure) {
    var service = context.known().serviceId();
    int status =
        failure == null ? response.status().intValue() : ErrorResponses.refusal(failure).status();
    metrics.answered(
        service == null ? NONE : service.value(),
        status,
        System.nanoTime() - context.arrivedNanos());
  }
}
