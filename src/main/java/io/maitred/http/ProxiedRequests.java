package io.maitred.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.maitred.metrics.RequestMetrics;
import io.maitred.router.Router;
import java.util.concurrent.CompletionStage;

/** Hands requests of services to the router, and counts them. */
public final class ProxiedRequests implements FrontEnd.Proxied {
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
        .whenComplete(
            (response, failure) ->
                count(
                    context,
                    failure == null
                        ? response.status().intValue()
                        : ErrorResponses.refusal(failure).status()));
  }

  private void count(RequestContext context, int status) {
    var service = context.known().serviceId();
    long nanos = System.nanoTime() - context.arrivedNanos();
    if (service == null) {
      metrics.answered(status, nanos);
    } else {
      metrics.answered(service.value(), status, nanos);
    }
  }
}
