package io.maitred.http;

import akka.http.javadsl.model.HttpRequest;
import io.maitred.metrics.RequestMetrics;
import io.maitred.router.ClientWatch;
import io.maitred.router.Trip;
import java.util.concurrent.CompletableFuture;

/** Makes the router's view of each request. */
public final class RequestTrips {
  private final Authenticator authenticator;
  private final Via via;
  private final RequestMetrics metrics;

  public RequestTrips(Authenticator authenticator, Via via, RequestMetrics metrics) {
    this.authenticator = authenticator;
    this.via = via;
    this.metrics = metrics;
  }

  /** Of a request that is proxied; given up when its client leaves. */
  RequestTrip proxied(RequestContext context, HttpRequest request) {
    var trip =
        new RequestTrip(
            context, viaOf(context), () -> authenticator.authenticate(context, request), metrics);
    ClientWatch.whenGone(request, trip::giveUp);
    return trip;
  }

  /**
   * Of a call of the API that only names a service. Its way is by whatever scheme the call came:
   * {@code https-redirect} is for those who want the service itself.
   */
  public Trip named(RequestContext context, HttpRequest request) {
    return new RequestTrip(
        context, viaOf(context), () -> authenticator.authenticate(context, request), metrics) {
      @Override
      public String scheme() {
        return "https";
      }
    };
  }

  /** Of a ping, up to the service that it leads to. */
  public Trip pinged(RequestContext context, HttpRequest request) {
    return new RequestTrip(
        context, viaOf(context), () -> authenticator.authenticate(context, request), metrics);
  }

  /**
   * Of the probe of a ping, whose caller is known.
   *
   * @param portIndex port of the instance to connect to
   */
  public PingTrip probe(RequestContext probe, Caller caller, int portIndex, String protocol) {
    return new PingTrip(
        probe,
        viaOf(probe),
        () -> CompletableFuture.completedFuture(caller),
        metrics,
        portIndex,
        protocol);
  }

  private String viaOf(RequestContext context) {
    return via.append(null, context.clientProtocol());
  }
}
