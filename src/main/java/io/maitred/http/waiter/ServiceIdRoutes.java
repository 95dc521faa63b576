package io.maitred.http.waiter;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Route;
import io.maitred.common.ServiceId;
import io.maitred.http.Authenticator;
import io.maitred.http.RequestContext;
import java.util.concurrent.CompletionStage;

/** {@code /service-id} and its alias {@code /app-name}: which service a request means. */
public final class ServiceIdRoutes extends ApiDirectives {

  /** What these routes need of the system. */
  public interface Services {
    /**
     * The service that the request means to its caller ({@code context.known().caller()}). Stores
     * its core description, source tokens and references; starts nothing, except the latest version
     * when a previous one stands in. Fails with the refusal of maintenance (503) or of a wrong
     * description (400, 403, 404).
     *
     * @param latest the latest version, even if a previous one stands in for it
     */
    CompletionStage<ServiceId> resolve(RequestContext context, HttpRequest request, boolean latest);
  }

  private final Authenticator authenticator;
  private final Services services;

  public ServiceIdRoutes(Authenticator authenticator, Services services) {
    this.authenticator = authenticator;
    this.services = services;
  }

  public Route routes() {
    Endpoint serviceId = this::serviceId;
    var endpoint = serviceId.behind(authenticator);
    return concat(path("service-id", () -> at(endpoint)), path("app-name", () -> at(endpoint)));
  }

  private CompletionStage<HttpResponse> serviceId(RequestContext context, HttpRequest request) {
    return services
        .resolve(context, request, context.parameters().flag("latest"))
        .thenApply(
            id -> {
              context.known().serviceId(id);
              return HttpResponse.create()
                  .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, id.value()));
            });
  }
}
