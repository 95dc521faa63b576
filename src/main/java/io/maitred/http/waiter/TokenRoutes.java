package io.maitred.http.waiter;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.stream.Materializer;
import io.maitred.common.Refusal;
import io.maitred.http.JsonBody;
import io.maitred.http.RequestContext;
import io.maitred.service.model.DescriptionDefaults;
import io.maitred.service.model.Entitlements;
import io.maitred.service.model.Resolution;
import io.maitred.service.model.TokenChange;
import io.maitred.service.model.TokenDecision;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.model.TokenHash;
import io.maitred.service.model.TokenKeys;
import io.maitred.service.model.TokenTable;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /token}, {@code /tokens}, {@code /tokens/owners} (contract waiter 3.19, 4.3 to 4.6). What
 * is refused fails with {@link io.maitred.common.RefusedException}.
 */
public final class TokenRoutes extends AllDirectives {
  private static final String OPERATION = "x-waiter-operation-result";

  /** What these routes need of the system: the token store in production, a stub in tests. */
  public interface Tokens {
    /** Decides and, if that is the decision, stores; the change is durable when it is answered. */
    CompletionStage<TokenDecision> change(TokenChange change);

    /** The tokens that this node knows. */
    TokenTable table();

    /**
     * A token as it is stored, soft-deleted ones too, even if this node has not heard of it yet.
     */
    CompletionStage<Optional<TokenDocument>> fetch(String name);
  }

  /**
   * Who the routes answer for.
   *
   * @param hostnames the API's own hosts, never taken as token names; lower case
   * @param name this cluster's name
   * @param byHost the names of clusters by the hosts that requests name, where they differ
   */
  public record Cluster(Set<String> hostnames, String name, Map<String, String> byHost) {
    public Cluster {
      hostnames = Set.copyOf(hostnames);
      byHost = Map.copyOf(byHost);
    }
  }

  private final Tokens tokens;
  private final Function<HttpRequest, String> caller;
  private final Cluster cluster;
  private final TokenList list;
  private final Clock clock;

  /**
   * @param caller the authenticated user of a request
   */
  public TokenRoutes(
      Tokens tokens,
      Function<HttpRequest, String> caller,
      Entitlements entitlements,
      DescriptionDefaults defaults,
      Resolution resolution,
      Cluster cluster,
      Clock clock) {
    this.tokens = tokens;
    this.caller = caller;
    this.cluster = cluster;
    this.list = new TokenList(entitlements, defaults, resolution, cluster.name());
    this.clock = clock;
  }

  /** The routes; requests carry their {@link RequestContext}. */
  public Route routes() {
    return concat(
        path("token", () -> extractMaterializer(m -> handle(request -> token(request, m)))),
        path("tokens", () -> handleSync(this::tokens)),
        path(segment("tokens").slash("owners"), () -> handleSync(this::owners)));
  }

  private CompletionStage<HttpResponse> token(HttpRequest request, Materializer materializer) {
    HttpMethod method = request.method();
    if (method.equals(HttpMethods.GET)) {
      return get(request);
    }
    if (method.equals(HttpMethods.POST)) {
      return JsonBody.readObject(request, materializer).thenCompose(body -> post(request, body));
    }
    if (method.equals(HttpMethods.DELETE)) {
      return delete(request);
    }
    throw Refusal.of(405, "Invalid request method").asException();
  }

  private CompletionStage<HttpResponse> get(HttpRequest request) {
    var query = RequestContext.in(request).parameters();
    var name = Objects.requireNonNullElseGet(query.first("token"), () -> named(request));
    return tokens
        .fetch(name)
        .thenApply(
            found -> {
              var token =
                  found
                      .filter(t -> !t.deleted() || query.contains("include", "deleted"))
                      .orElseThrow(
                          () -> Refusal.of(404, "Couldn't find token " + name).asException());
              var body =
                  query.contains("include", "metadata")
                      ? TokenJson.withMetadata(token, cluster.name())
                      : TokenJson.editable(token);
              return versioned(JsonBody.ok(body), token);
            });
  }

  private CompletionStage<HttpResponse> post(HttpRequest request, Map<String, Object> body) {
    var edit = edit(request, body);
    return tokens.change(edit).thenApply(decision -> edited(decision, edit));
  }

  private TokenChange.Edit edit(HttpRequest request, Map<String, Object> payload) {
    var context = RequestContext.in(request);
    var query = context.parameters();
    var body = new HashMap<>(payload);
    var inBody = Objects.toString(body.remove(TokenKeys.TOKEN), "");
    var inQuery = Objects.requireNonNullElse(query.first("token"), "");
    if (!inBody.isBlank() && !inQuery.isBlank()) {
      throw Refusal.of(
              400, "Token must be specified as either the query parameter or json payload only")
          .asException();
    }
    var mode = Objects.requireNonNullElse(query.first("update-mode"), "");
    if (!mode.isEmpty() && !mode.equals("admin")) {
      throw Refusal.of(400, "Invalid update-mode: " + mode).asException();
    }
    return new TokenChange.Edit(
        inBody.isBlank() ? inQuery : inBody,
        body,
        header(request, "if-match"),
        mode.equals("admin"),
        caller.apply(request),
        cluster.byHost().getOrDefault(context.host(), cluster.name()),
        clock.instant());
  }

  private static HttpResponse edited(TokenDecision decision, TokenChange.Edit edit) {
    if (decision instanceof TokenDecision.Stored stored) {
      var verb = stored.created() ? "created" : "updated";
      return edited(stored.document(), "Successfully " + verb + " " + edit.token(), verb);
    }
    if (decision instanceof TokenDecision.Unchanged unchanged) {
      return edited(unchanged.document(), "No changes detected for " + edit.token(), "no-op");
    }
    throw refused(decision);
  }

  private static HttpResponse edited(TokenDocument token, String message, String result) {
    var body = new LinkedHashMap<String, Object>();
    body.put("message", message);
    body.put("service-description", TokenKeys.parameters(token.data()));
    return versioned(JsonBody.ok(body), token)
        .addHeader(RawHeader.create(OPERATION, "token-" + result));
  }

  private CompletionStage<HttpResponse> delete(HttpRequest request) {
    var name = named(request);
    var hard = RequestContext.in(request).parameters().flag("hard-delete");
    var ifMatch = header(request, "if-match");
    var change =
        new TokenChange.Delete(
            cluster.hostnames().contains(name) ? "" : name,
            ifMatch,
            hard,
            caller.apply(request),
            clock.instant());
    return tokens.change(change).thenApply(decision -> deleted(decision, change));
  }

  private static HttpResponse deleted(TokenDecision decision, TokenChange.Delete change) {
    if (decision instanceof TokenDecision.Refused) {
      throw refused(decision);
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("delete", change.token());
    body.put("hard-delete", change.hard());
    body.put("success", true);
    var response = JsonBody.ok(body).addHeader(RawHeader.create(OPERATION, "token-deleted"));
    var version = change.ifMatch();
    return version == null ? response : etag(response, version);
  }

  private HttpResponse tokens(HttpRequest request) {
    onlyGet(request);
    return JsonBody.ok(list.list(tokens.table(), RequestContext.in(request).parameters()));
  }

  private HttpResponse owners(HttpRequest request) {
    onlyGet(request);
    return JsonBody.ok(TokenList.owners(tokens.table()));
  }

  /** The token that header or host name; a host is lower-cased on its way to here. */
  private String named(HttpRequest request) {
    var header = header(request, "x-waiter-token");
    if (header != null && !header.isBlank()) {
      return header;
    }
    var host = RequestContext.in(request).host();
    var known = tokens.table().tokenIgnoringCase(host);
    return tokens.table().token(host) == null && known != null ? known.name() : host;
  }

  private static void onlyGet(HttpRequest request) {
    if (!request.method().equals(HttpMethods.GET)) {
      throw Refusal.of(405, "Only GET supported").asException();
    }
  }

  /** The raw value: a version is compared as it was sent, unquoted and perhaps empty. */
  private static @Nullable String header(HttpRequest request, String name) {
    for (HttpHeader header : request.getHeaders()) {
      if (header.is(name)) {
        return header.value();
      }
    }
    return null;
  }

  /** A deleted token has no version. */
  private static HttpResponse versioned(HttpResponse response, TokenDocument token) {
    var version = TokenHash.versionOf(token);
    return version.isEmpty() ? response : etag(response, version);
  }

  private static HttpResponse etag(HttpResponse response, String version) {
    return response.addHeader(RawHeader.create("etag", version));
  }

  private static RuntimeException refused(TokenDecision decision) {
    return ((TokenDecision.Refused) decision).refusal().asException();
  }
}
