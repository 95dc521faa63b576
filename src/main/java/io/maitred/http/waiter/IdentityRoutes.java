package io.maitred.http.waiter;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import io.maitred.http.Authenticator;
import io.maitred.http.RequestContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who the caller is: {@code /waiter-auth} and {@code /.well-known/auth/expires-at}. */
public final class IdentityRoutes extends ApiDirectives {
  private final Authenticator authenticator;

  public IdentityRoutes(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  public Route routes() {
    Endpoint whoAmI = this::whoAmI;
    Endpoint expiresAt = this::expiresAt;
    return concat(
        path("waiter-auth", () -> at(whoAmI.behind(authenticator))),
        path(
            PathMatchers.segment(".well-known").slash("auth").slash("expires-at"),
            () -> at(expiresAt.only(HttpMethods.GET))));
  }

  private CompletionStage<HttpResponse> whoAmI(RequestContext context, HttpRequest request) {
    var caller = Endpoint.caller(context);
    return CompletableFuture.completedStage(
        HttpResponse.create()
            .withHeaders(
                List.of(
                    RawHeader.create("x-waiter-auth-method", caller.method()),
                    RawHeader.create("x-waiter-auth-principal", caller.principal()),
                    RawHeader.create("x-waiter-auth-user", caller.user())))
            .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, caller.user())));
  }

  /** No cookie is given out yet, so there is none that could expire. */
  private CompletionStage<HttpResponse> expiresAt(RequestContext context, HttpRequest request) {
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("expires-at", 0);
    body.put("principal", null);
    return Endpoint.ok(body);
  }
}
