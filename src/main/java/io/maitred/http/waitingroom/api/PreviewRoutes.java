package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.http.QueryParameters;
import io.maitred.http.RequestContext;
import io.maitred.waitingroom.page.Preview;
import io.maitred.waitingroom.page.QueuePage;
import io.maitred.waitingroom.page.QueuePages;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Templates as users would see them, before they are used (contract waiting room 24.7). */
final class PreviewRoutes {
  static final String PREFIX = "/preview/";

  private static final int MAX_TEMPLATE = 1024 * 1024;
  private static final int RETRY_SECONDS = 600;
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /**
   * The template is a stranger's page on the host of the API: in the sandbox it has no origin, and
   * it can send nothing anywhere.
   */
  private static final List<HttpHeader> HEADERS =
      List.of(
          RawHeader.create(
              "content-security-policy",
              "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline';"
                  + " style-src 'unsafe-inline' https:; img-src https: data:;"
                  + " font-src https: data:; media-src https:; base-uri 'none';"
                  + " form-action 'none'"),
          RawHeader.create("x-content-type-options", "nosniff"),
          RawHeader.create("referrer-policy", "no-referrer"),
          RawHeader.create("x-robots-tag", "noindex"),
          RawHeader.create("cache-control", "private, no-store"));

  private final Previews previews;
  private final String publicUrl;
  private final Supplier<UUID> ids;
  private final Clock clock;

  /**
   * @param publicUrl empty: as the request says
   * @param ids must not be guessable
   */
  PreviewRoutes(Previews previews, String publicUrl, Supplier<UUID> ids, Clock clock) {
    this.previews = previews;
    this.publicUrl = publicUrl;
    this.ids = ids;
    this.clock = clock;
  }

  CompletionStage<HttpResponse> create(ApiCall call) {
    if (!(call.object().get("custom_html") instanceof String template)) {
      throw ApiException.invalid("custom_html must be a string", "/custom_html");
    }
    if (template.getBytes(StandardCharsets.UTF_8).length > MAX_TEMPLATE) {
      throw ApiException.invalid(
          "custom_html must be at most " + MAX_TEMPLATE + " bytes", "/custom_html");
    }
    var url = base(call.context()) + PREFIX;
    return previews
        .problem(template)
        .thenCompose(
            problem -> {
              problem.ifPresent(
                  wrong -> {
                    throw ApiException.invalid("custom_html: " + wrong, "/custom_html");
                  });
              return keep(template, url);
            });
  }

  private CompletionStage<HttpResponse> keep(String template, String url) {
    var id = ids.get();
    return previews
        .keep(id, template)
        .thenApply(
            kept -> {
              if (!kept) {
                throw ApiException.tooMany("Too many previews at this time", RETRY_SECONDS);
              }
              return Envelope.success(Map.of("preview_url", url + id));
            });
  }

  private String base(RequestContext context) {
    if (!publicUrl.isEmpty()) {
      return publicUrl;
    }
    var scheme = context.scheme().equals("https") ? "https" : "http";
    return scheme + "://" + (context.hostHeader().isEmpty() ? "localhost" : context.hostHeader());
  }

  /** {@code GET /preview/<uuid>}, for everybody. */
  CompletionStage<HttpResponse> show(RequestContext context) {
    boolean head = context.method().equals(HttpMethods.HEAD);
    if (!head && !context.method().equals(HttpMethods.GET)) {
      throw ApiException.noMethod(context.method().name());
    }
    var id = context.path().substring(PREFIX.length());
    if (!ID.matcher(id).matches()) {
      throw ApiException.notFound();
    }
    var shown = Preview.of(firstValues(context.parameters()), clock.instant());
    if (shown instanceof Preview.Invalid invalid) {
      throw ApiException.of(400, ApiError.INVALID, invalid.message());
    }
    return previews
        .find(UUID.fromString(id))
        .thenCompose(found -> page(found.orElseThrow(ApiException::notFound), shown))
        .thenApply(PreviewRoutes::response);
  }

  private static Map<String, String> firstValues(QueryParameters query) {
    var values = new HashMap<String, String>();
    query.values().forEach((name, all) -> values.put(name, all.get(0)));
    return values;
  }

  private CompletionStage<QueuePage> page(String template, Preview shown) {
    return shown instanceof Preview.Queue queue
        ? previews.render(template, queue.facts())
        : CompletableFuture.completedStage(QueuePages.welcome());
  }

  private static HttpResponse response(QueuePage page) {
    return HttpResponse.create()
        .withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, page.html()))
        .addHeaders(HEADERS);
  }
}
