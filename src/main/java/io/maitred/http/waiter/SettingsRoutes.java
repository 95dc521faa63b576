package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Route;
import io.maitred.http.Authenticator;
import io.maitred.http.RequestContext;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code /settings}: what this node was configured to do. */
public final class SettingsRoutes extends ApiDirectives {
  private final Authenticator authenticator;
  private final Map<String, Object> settings;

  /**
   * @param settings as clients see them, without secrets: {@link SettingsView}
   */
  public SettingsRoutes(Authenticator authenticator, Map<String, Object> settings) {
    this.authenticator = authenticator;
    this.settings = Map.copyOf(settings);
  }

  public Route routes() {
    Endpoint show = this::show;
    return path("settings", () -> at(show.behind(authenticator).only(HttpMethods.GET)));
  }

  private CompletionStage<HttpResponse> show(RequestContext context, HttpRequest request) {
    return Endpoint.ok(settings);
  }
}
