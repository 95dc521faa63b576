package io.maitred.node;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import io.maitred.http.ApiUrls;
import io.maitred.http.ErrorResponses;
import io.maitred.http.RequestContext;
import io.maitred.http.RequestTrips;
import io.maitred.http.waiter.AppsRoutes;
import io.maitred.http.waiter.IdentityRoutes;
import io.maitred.http.waiter.InstanceRoutes;
import io.maitred.http.waiter.MaintainerJson;
import io.maitred.http.waiter.PingRoutes;
import io.maitred.http.waiter.ServiceActionRoutes;
import io.maitred.http.waiter.ServiceIdRoutes;
import io.maitred.http.waiter.SettingsRoutes;
import io.maitred.http.waiter.SettingsView;
import io.maitred.http.waiter.StateRoutes;
import io.maitred.http.waiter.StatusRoutes;
import io.maitred.http.waiter.TokenRoutes;
import io.maitred.http.waiter.WelcomeRoutes;

/** The routes of the API with the parts that they serve. */
final class ApiRoutes extends AllDirectives {
  private final Wiring parts;
  private final ActorSystem<?> system;
  private final RequestTrips trips;
  private final ErrorResponses errors;

  ApiRoutes(Wiring parts, ActorSystem<?> system, RequestTrips trips, ErrorResponses errors) {
    this.parts = parts;
    this.system = system;
    this.trips = trips;
    this.errors = errors;
  }

  Route routes() {
    var apps = new AppsOfNode(parts, system);
    var urls = ApiUrls.of(parts.http);
    var authenticator = parts.authenticator;
    return concat(
        new WelcomeRoutes(parts.http).routes(),
        new StatusRoutes(parts.routerId).routes(),
        new IdentityRoutes(authenticator).routes(),
        new SettingsRoutes(
                authenticator,
                SettingsView.of(
                    parts.config, Wiring.schedulerKind(parts.config), parts.clock.instant()))
            .routes(),
        new ServiceIdRoutes(authenticator, new ServiceIds(parts.router, trips)).routes(),
        new AppsRoutes(authenticator, parts.entitlements, apps, urls, parts.routerId).routes(),
        new StateRoutes(
                authenticator,
                new StateOfNode(parts, apps, system),
                new MaintainerJson(),
                urls,
                parts.routerId)
            .routes(),
        new PingRoutes(system, authenticator, new PingsOfNode(parts, trips), errors, parts.clock)
            .routes(),
        new InstanceRoutes(authenticator, parts.entitlements, apps).routes(),
        new ServiceActionRoutes(authenticator, parts.entitlements, apps, parts.descriptions.rules())
            .routes(),
        authenticated("/token", tokens()));
  }

  private Route tokens() {
    return new TokenRoutes(
            new TokensOfNode(parts.store),
            ApiRoutes::caller,
            parts.entitlements,
            parts.descriptions.defaults(),
            parts.resolution,
            new TokenRoutes.Cluster(
                parts.ownHosts, parts.node.clusterName(), parts.descriptions.hostToCluster()),
            parts.clock)
        .routes();
  }

  private static String caller(HttpRequest request) {
    var caller = RequestContext.in(request).known().caller();
    if (caller == null) {
      throw new IllegalStateException("route without authentication");
    }
    return caller.user();
  }

  /** Routes below a prefix that need to know who calls. */
  private Route authenticated(String prefix, Route routes) {
    return extractRequest(
        request -> {
          var context = RequestContext.in(request);
          if (!context.path().startsWith(prefix)) {
            return reject();
          }
          return onSuccess(
              parts.authenticator.authenticate(context, request),
              caller -> {
                context.known().caller(caller);
                return routes;
              });
        });
  }
}
