package io.maitred.node;

import akka.http.javadsl.model.HttpRequest;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.Caller;
import io.maitred.http.RequestContext;
import io.maitred.http.RequestTrips;
import io.maitred.http.waiter.Pings;
import io.maitred.router.Router;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What {@code /waiter-ping} needs: the router's own way, with the probe in place of the request.
 */
record PingsOfNode(Wiring parts, RequestTrips trips) implements Pings {

  @Override
  public CompletionStage<Resolved> resolve(
      RequestContext context, HttpRequest ping, boolean fallback) {
    return parts
        .router
        .destination(ping, trips.pinged(context, ping))
        .thenApply(
            destination -> {
              if (destination instanceof Router.ToService service) {
                var descriptor = service.descriptor();
                var overridden = parts.effective.of(descriptor.id());
                return new Target(
                    descriptor.id(),
                    descriptor.core(),
                    overridden == null ? descriptor.effective() : overridden);
              }
              var elsewhere = (Router.Elsewhere) destination;
              return new Redirect(elsewhere.status(), elsewhere.location());
            });
  }

  @Override
  public Probe send(
      RequestContext probe,
      HttpRequest request,
      HttpRequest ping,
      Target target,
      int portIndex,
      String protocol) {
    var trip = trips.probe(probe, caller(probe), portIndex, protocol);
    // what the ping means was looked up a moment ago, so this is out of the cache
    var response =
        parts
            .router
            .destination(ping, trip)
            .thenCompose(
                destination ->
                    destination instanceof Router.ToService service
                        ? parts.router.serve(request, ping, trip, service)
                        : CompletableFuture.failedFuture(changed().asException()));
    return new Probe(response, trip::giveUp);
  }

  /** Between the two look-ups the token was edited. */
  private static Refusal changed() {
    return Refusal.of(503, "The token has just changed; send the ping again");
  }

  private static Caller caller(RequestContext probe) {
    var caller = probe.known().caller();
    if (caller == null) {
      throw new IllegalStateException("probe without caller");
    }
    return caller;
  }

  @Override
  public Local local(ServiceId id) {
    return parts
        .directory
        .snapshot()
        .find(id)
        .map(view -> new Local(true, !view.healthy().isEmpty(), view.status()))
        .orElse(new Local(false, false, ServiceView.Status.INACTIVE));
  }

  @Override
  public CompletionStage<Boolean> await(ServiceId id, Goal goal, Duration timeout) {
    var wanted =
        switch (goal) {
          case EXISTS -> io.maitred.discovery.Goal.EXISTS;
          case HEALTHY -> io.maitred.discovery.Goal.HEALTHY;
        };
    return parts.directory.routersReach(id, wanted, timeout);
  }
}
