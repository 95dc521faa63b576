package io.maitred.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.maitred.metrics.RequestMetrics;
import io.maitred.router.Router;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hands requests of services to the router, and counts them. */
public final class ProxiedRequests implements FrontEnd.Proxied {
  /** Label of requests that led to no service. */
  private static final String NONE = "none";

  private final Router router;
  private final RequestTrips trips;
  private final RequestMetrics metrics;

  public ProxiedRequests(Router router, RequestTrips trips, RequestMetrics metrics) {
    this.router = router;
    this.trips = trips;
    this.metrics = metrics;
  }

  @Override
  public CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request) {
    return router
        .route(request, trips.proxied(context, request))
        .whenComplete((response, failure) -> count(context, response, failure));
  }

  private void count(
      RequestContext context, @Nullable HttpResponse response, @Nullable Throwable failure) {
    var service = context.known().serviceId();
    int status =
        response != null ? response.status().intValue() : ErrorResponses.refusal(failure).status();
    metrics.answered(
        service == null ? NONE : service.value(),
        status,
        System.nanoTime() - context.arrivedNanos());
  }
}
