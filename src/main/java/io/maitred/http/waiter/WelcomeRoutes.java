package io.maitred.http.waiter;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.server.Route;
import io.maitred.http.BodyForm;
import io.maitred.http.HtmlPage;
import io.maitred.http.HttpSettings;
import io.maitred.http.JsonBody;
import io.maitred.http.RequestContext;
import io.maitred.http.SupportLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code /} and {@code /favicon.ico}. */
public final class WelcomeRoutes extends ApiDirectives {
  private static final String WELCOME = "Welcome to Maitred";

  private final HttpSettings settings;
  private final HttpEntity.Strict icon;

  public WelcomeRoutes(HttpSettings settings) {
    this.settings = settings;
    this.icon = HttpEntities.create(MediaTypes.IMAGE_X_ICON.toContentType(), icon());
  }

  public Route routes() {
    Endpoint welcome = this::welcome;
    Endpoint favicon = this::favicon;
    return concat(
        pathSingleSlash(() -> at(welcome.only(HttpMethods.GET))),
        path("favicon.ico", () -> at(favicon.only(HttpMethods.GET))));
  }

  private CompletionStage<HttpResponse> welcome(RequestContext context, HttpRequest request) {
    var entity =
        switch (BodyForm.of(context.accept(), context.contentType())) {
          case JSON -> JsonBody.entity(facts(context));
          case HTML -> HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, page(context));
          case TEXT, GRPC -> HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, text(context));
        };
    return CompletableFuture.completedStage(HttpResponse.create().withEntity(entity));
  }

  private CompletionStage<HttpResponse> favicon(RequestContext context, HttpRequest request) {
    return CompletableFuture.completedStage(HttpResponse.create().withEntity(icon));
  }

  private Map<String, Object> facts(RequestContext context) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("cid", context.cid());
    facts.put("host", context.hostHeader());
    facts.put("hostname", settings.hostname());
    facts.put("message", WELCOME);
    facts.put("port", settings.port());
    facts.put("support-info", settings.supportInfo().stream().map(SupportLink::json).toList());
    facts.put("timestamp", context.arrivedAt());
    return facts;
  }

  private String text(RequestContext context) {
    var out = new StringBuilder(WELCOME).append("\n\n");
    out.append("Hostname: ").append(settings.hostname()).append('\n');
    out.append("Port: ").append(settings.port()).append('\n');
    out.append("CID: ").append(context.cid()).append('\n');
    out.append("Time: ").append(JsonBody.iso(context.arrivedAt())).append('\n');
    for (var link : settings.supportInfo()) {
      out.append(link.label()).append(": ").append(link.value()).append('\n');
    }
    return out.toString();
  }

  private String page(RequestContext context) {
    var out =
        """
        <p>This router starts services when they are asked for, and stops them when nobody is.</p>
        <ul>
        <li><a href="/apps">Services</a></li>
        <li><a href="/tokens">Tokens</a></li>
        <li><a href="/state">State</a></li>
        <li><a href="/settings">Settings</a></li>
        </ul>
        """;
    return HtmlPage.of(
        WELCOME,
        out
            + HtmlPage.help(settings.supportInfo())
            + "<p>"
            + HtmlPage.escape(settings.hostname() + ":" + settings.port() + " " + context.cid())
            + "</p>\n");
  }

  private static byte[] icon() {
    try (var in = WelcomeRoutes.class.getResourceAsStream("favicon.ico")) {
      if (in == null) {
        throw new IllegalStateException("favicon.ico: missing on the classpath");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
