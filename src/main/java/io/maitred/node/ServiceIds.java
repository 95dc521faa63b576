package io.maitred.node;

import akka.http.javadsl.model.HttpRequest;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.http.RequestContext;
import io.maitred.http.RequestTrips;
import io.maitred.http.waiter.ServiceIdRoutes;
import io.maitred.router.Router;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What {@code /service-id} needs: the router's own way from a request to its service. */
record ServiceIds(Router router, RequestTrips trips) implements ServiceIdRoutes.Services {

  @Override
  public CompletionStage<ServiceId> resolve(
      RequestContext context, HttpRequest request, boolean latest) {
    return router
        .destination(request, trips.named(context, request))
        .thenCompose(
            destination ->
                destination instanceof Router.ToService service
                    ? router
                        .described(service.descriptor())
                        .thenApply(done -> service.descriptor().id())
                    : CompletableFuture.failedFuture(elsewhere().asException()));
  }

  /** Without a user to run as, there is no description yet. */
  private static Refusal elsewhere() {
    return Refusal.of(
        400,
        "Service description using waiter headers/token improperly configured\n"
            + "the service runs as whoever consents: run-as-user is not known");
  }
}
