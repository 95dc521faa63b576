package io.maitred.http.waiter;

import static io.maitred.service.model.Samples.HOSTNAMES;
import static io.maitred.service.model.Samples.RESOLUTION;
import static io.maitred.service.model.Samples.SETTINGS;
import static io.maitred.service.model.Samples.json;
import static io.maitred.service.model.Samples.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.Route;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.RefusedException;
import io.maitred.http.JsonBody;
import io.maitred.http.RequestContext;
import io.maitred.service.model.Samples;
import io.maitred.service.model.SimpleEntitlements;
import io.maitred.service.model.TokenChange;
import io.maitred.service.model.TokenDecision;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.model.TokenHash;
import io.maitred.service.model.TokenRules;
import io.maitred.service.model.TokenTable;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenRoutesTest extends AllDirectives {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  "akka { actor.provider = local, coordinated-shutdown.exit-jvm = off }")
              .withFallback(ConfigFactory.load()));
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-01-31T10:20:30.123Z"), ZoneOffset.UTC);

  private final SimpleEntitlements entitlements = new SimpleEntitlements("root");
  private final Samples.Table table = new Samples.Table();
  private String caller = "alice";

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void createdToken_comesBackExactlyAsPosted() {
    var posted =
        "{\"cmd\":\"x\",\"cpus\":1.0,\"env\":{\"A\":\"1\"},\"mem\":128,\"stale-timeout-mins\":3}";

    var created = call("POST", "/token?token=web", posted, "if-match", "");

    assertEquals(200, created.status().intValue());
    assertEquals("token-created", header(created, "x-waiter-operation-result"));
    assertEquals(versionOf("web"), header(created, "etag"));
    assertEquals(
        "{\"message\":\"Successfully created web\",\"service-description\":"
            + "{\"cmd\":\"x\",\"cpus\":1.0,\"env\":{\"A\":\"1\"},\"mem\":128}}",
        body(created));
    var read = call("GET", "/token?token=web", "");
    assertEquals(versionOf("web"), header(read, "etag"));
    assertEquals(posted.replace("\"stale", "\"owner\":\"alice\",\"stale"), body(read));
    assertEquals("application/json", read.entity().getContentType().toString());
  }

  @Test
  void metadata_isAddedOnRequest() {
    call("POST", "/token", "{\"token\":\"web\",\"cmd\":\"x\"}");
    call("POST", "/token", "{\"token\":\"web\",\"cmd\":\"y\"}");

    assertEquals(
        "{\"cluster\":\"east\",\"cmd\":\"y\",\"deleted\":false,"
            + "\"last-update-time\":\"2024-01-31T10:20:30.123Z\",\"last-update-user\":\"alice\","
            + "\"owner\":\"alice\",\"previous\":{\"cluster\":\"east\",\"cmd\":\"x\","
            + "\"last-update-time\":\"2024-01-31T10:20:30.123Z\",\"last-update-user\":\"alice\","
            + "\"owner\":\"alice\",\"previous\":{},\"root\":\"east\"},\"root\":\"east\"}",
        body(call("GET", "/token?token=web&include=metadata", "")));
  }

  @Test
  void updateAndNoOp_sayWhatHappened() {
    call("POST", "/token?token=web", "{\"cmd\":\"x\"}");
    var version = versionOf("web");

    var same = call("POST", "/token?token=web", "{\"cmd\":\"x\"}", "if-match", "E-stale");
    var other = call("POST", "/token?token=web", "{\"cmd\":\"y\"}", "if-match", version);

    assertEquals("token-no-op", header(same, "x-waiter-operation-result"));
    assertEquals(version, header(same, "etag"));
    assertTrue(body(same).startsWith("{\"message\":\"No changes detected for web\""));
    assertEquals("token-updated", header(other, "x-waiter-operation-result"));
    assertNotEquals(version, header(other, "etag"));
    assertTrue(body(other).startsWith("{\"message\":\"Successfully updated web\""));
  }

  @Test
  void clusterOfAToken_dependsOnTheHost() {
    call("POST", "/token?token=web", "{\"cmd\":\"x\"}", "host", "west.example:9091");

    assertEquals("west", tokenNamed("web").data().get("cluster"));
    assertEquals("east", tokenNamed("web").data().get("root"));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          POST   ~ /token?token=a1                     ~ {                       ~ 400 Invalid JSON payload
          POST   ~ /token?token=a1                     ~ []                      ~ 400 Invalid JSON payload
          POST   ~ /token?token=a1                     ~ {"cmd":"x","cmd":"y"}   ~ 400 Invalid JSON payload
          POST   ~ /token?token=a1                     ~ {"token":"a1","cmd":"x"} ~ 400 Token must be specified as either the query parameter or json payload only
          POST   ~ /token?token=a1&update-mode=x       ~ {"cmd":"x"}             ~ 400 Invalid update-mode: x
          POST   ~ /token                              ~ {"cmd":"x"}             ~ 400 Must provide the token
          POST   ~ /token?token=web                    ~ {"cmd":"y","zz":1}      ~ 400 Unsupported key(s) in token: ["zz"]
          POST   ~ /token?token=web&update-mode=admin  ~ {"cmd":"y"}             ~ 400 Must specify if-match header for admin mode token updates
          POST   ~ /token?token=localhost              ~ {"cmd":"x"}             ~ 403 Token name is reserved
          GET    ~ /token?token=nope                   ~ ``                      ~ 404 Couldn't find token nope
          GET    ~ /token?token=gone                   ~ ``                      ~ 404 Couldn't find token gone
          GET    ~ /token                              ~ ``                      ~ 404 Couldn't find token localhost
          DELETE ~ /token                              ~ ``                      ~ 400 Must provide the token
          PUT    ~ /token                              ~ {}                      ~ 405 Invalid request method
          POST   ~ /tokens                             ~ {}                      ~ 405 Only GET supported
          DELETE ~ /tokens/owners                      ~ ``                      ~ 405 Only GET supported
          """)
  void badRequests_areRefused(String method, String uri, String body, String expected) {
    put(token("web", "{'cmd':'x','owner':'alice'}"));
    put(token("gone", "{'cmd':'x','owner':'alice','deleted':true}"));

    var response = call(method, uri, body);

    assertEquals(expected, response.status().intValue() + " " + body(response));
  }

  @Test
  void body_tooLarge_is413() {
    var largest = "{\"version\":\"" + "x".repeat(160 * 1024 - 14) + "\"}";

    assertEquals(200, call("POST", "/token?token=web", largest).status().intValue());
    var response = call("POST", "/token?token=web", largest + " ");
    assertEquals(413, response.status().intValue());
    assertEquals("Request body must be at most 163840 bytes", body(response));
  }

  @Test
  void get_findsTheTokenOfHeaderOrHost() {
    put(token("Web.Example", "{'cmd':'x','owner':'alice'}"));
    put(token("other", "{'cmd':'y','owner':'alice'}"));

    assertTrue(body(call("GET", "/token", "", "x-waiter-token", "other")).contains("\"y\""));
    assertTrue(body(call("GET", "/token", "", "host", "web.example:80")).contains("\"x\""));
  }

  @Test
  void get_includeDeleted_findsSoftDeletedTokens() {
    put(token("gone", "{'cmd':'x','owner':'alice','deleted':true}"));

    var found = call("GET", "/token?token=gone&include=deleted&include=metadata", "");

    assertEquals(200, found.status().intValue());
    assertTrue(body(found).contains("\"deleted\":true"));
    assertTrue(found.getHeader("etag").isEmpty());
  }

  @Test
  void delete_softThenHard() {
    put(token("web", "{'cmd':'x','owner':'alice'}"));
    var version = versionOf("web");

    var soft = call("DELETE", "/token", "", "x-waiter-token", "web", "if-match", version);

    assertEquals(200, soft.status().intValue());
    assertEquals("{\"delete\":\"web\",\"hard-delete\":false,\"success\":true}", body(soft));
    assertEquals(version, header(soft, "etag"));
    assertEquals("token-deleted", header(soft, "x-waiter-operation-result"));
    assertTrue(tokenNamed("web").deleted());
    caller = "root";
    var hard = call("DELETE", "/token?hard-delete=True", "", "x-waiter-token", "web");
    assertEquals("{\"delete\":\"web\",\"hard-delete\":true,\"success\":true}", body(hard));
    assertTrue(hard.getHeader("etag").isEmpty());
    assertTrue(table.tokens.isEmpty());
  }

  @Test
  void delete_staleVersion_isRefused() {
    put(token("web", "{'cmd':'x','owner':'alice'}"));

    var response = call("DELETE", "/token", "", "x-waiter-token", "web", "if-match", "");

    assertEquals(412, response.status().intValue());
    assertFalse(tokenNamed("web").deleted());
  }

  @ParameterizedTest(name = "?{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          ``                                ~ closed open params star web
          include=deleted                   ~ closed gone open params star web
          owner=bob                         ~ open
          owner=bob&owner=carol             ~ open star
          can-manage-as-user=carol          ~ star
          maintenance=true                  ~ closed
          maintenance=false                 ~ open params star web
          maintenance.message=.*noon        ~ closed
          run-as-requester=true             ~ closed params star
          run-as-requester=false            ~ open web
          requires-parameters=true          ~ params
          requires-parameters=false         ~ closed open star web
          cmd=run                           ~ web
          cmd=r.*                           ~ star web
          cmd=run&cmd=rest                  ~ star web
          cmd=*                             ~ -
          cpus=1.0                          ~ web
          env.FOO=b.r                       ~ web
          env.FOO=bar&owner=bob             ~ -
          token=w.*                         ~ web
          name=x                            ~ -
          unknown=x                         ~ closed open params star web
          """)
  void list_filters(String query, String expected) {
    fill();

    var names =
        list(query).stream()
            .map(e -> String.valueOf(e.get("token")))
            .collect(Collectors.joining(" "));

    assertEquals(expected == null ? "" : expected, names);
  }

  @Test
  void list_elements_areShortUnlessMoreIsAskedFor() {
    fill();

    assertEquals(
        "[{\"maintenance\":false,\"owner\":\"alice\",\"reference-type->reference-name\":{},"
            + "\"token\":\"web\"}]",
        body(call("GET", "/tokens?token=web", "")));
    var full =
        list("token=web&include=metadata&include=cluster&include=service-id"
                + "&parameters=cpus&parameters=env.FOO&parameters=name&parameters=cluster")
            .get(0);
    assertEquals(false, full.get("deleted"));
    assertEquals(versionOf("web"), full.get("etag"));
    assertEquals("1970-01-01T00:00:00.005Z", full.get("last-update-time"));
    assertEquals("north", full.get("cluster"));
    assertEquals(Map.of("cpus", 1.0, "env.FOO", "bar"), full.get("parameters"));
    assertTrue(String.valueOf(full.get("service-id")).startsWith("waiter-service-"));
    var requester = list("token=star&include=service-id").get(0);
    assertTrue(requester.containsKey("service-id"));
    assertEquals(null, requester.get("service-id"));
  }

  @Test
  void owners_areListedWithTheirIndex() {
    fill();

    var owners = JsonBody.parseObject(body(call("GET", "/tokens/owners", "")).getBytes(UTF_8));

    assertEquals(List.of("alice", "bob", "carol"), List.copyOf(owners.keySet()));
    assertTrue(owners.values().stream().allMatch(v -> v.toString().startsWith("^TOKEN_OWNERS_")));
  }

  private void fill() {
    put(
        token(
            "web",
            "{'cmd':'run','cpus':1.0,'mem':1,'version':'1','run-as-user':'alice','owner':'alice',"
                + "'env':{'FOO':'bar'},'cluster':'north','last-update-time':5}"));
    put(token("open", "{'cmd':'','run-as-user':'bob','owner':'bob'}"));
    put(token("star", "{'cmd':'rest','run-as-user':'*','owner':'carol'}"));
    put(token("params", "{'owner':'alice','allowed-params':['A','B'],'env':{'A':'1'}}"));
    put(token("closed", "{'owner':'alice','maintenance':{'message':'back at noon'}}"));
    put(token("gone", "{'cmd':'run','owner':'alice','run-as-user':'alice','deleted':true}"));
  }

  private void put(TokenDocument token) {
    table.tokens.put(token.name(), token);
  }

  private TokenDocument tokenNamed(String name) {
    return Optional.ofNullable(table.token(name)).orElseThrow();
  }

  private String versionOf(String name) {
    return TokenHash.versionOf(tokenNamed(name));
  }

  private List<Map<String, Object>> list(String query) {
    var text = "{'list':" + body(call("GET", "/tokens?" + query, "")) + "}";
    return ((List<?>) Optional.ofNullable(json(text).get("list")).orElseThrow())
        .stream().map(TokenRoutesTest::object).toList();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object element) {
    return (Map<String, Object>) element;
  }

  private HttpResponse call(String method, String uri, String body, String... headers) {
    HttpMethod verb =
        List.of(HttpMethods.GET, HttpMethods.POST, HttpMethods.DELETE, HttpMethods.PUT).stream()
            .filter(m -> m.value().equals(method))
            .findFirst()
            .orElseThrow();
    var request = HttpRequest.create(uri).withMethod(verb);
    if (!body.isEmpty()) {
      request = request.withEntity(ContentTypes.APPLICATION_JSON, body.getBytes(UTF_8));
    }
    for (int i = 0; i < headers.length; i += 2) {
      request = request.addHeader(RawHeader.create(headers[i], headers[i + 1]));
    }
    if (!Arrays.asList(headers).contains("host")) {
      request = request.addHeader(RawHeader.create("host", "localhost:9091"));
    }
    var context = RequestContext.of(request, CLOCK);
    try {
      return route()
          .handler(KIT.system())
          .apply(request.addAttribute(RequestContext.KEY, context))
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(method + " " + uri, e);
    }
  }

  private Route route() {
    var routes =
        new TokenRoutes(
            new Stored(),
            request -> caller,
            entitlements,
            SETTINGS.defaults(),
            RESOLUTION,
            new TokenRoutes.Cluster(HOSTNAMES, "east", Map.of("west.example", "west")),
            CLOCK);
    var failures =
        ExceptionHandler.newBuilder()
            .match(RefusedException.class, this::refused)
            .match(
                CompletionException.class,
                e -> refused((RefusedException) Optional.ofNullable(e.getCause()).orElseThrow()))
            .build();
    return handleExceptions(failures, routes::routes);
  }

  private Route refused(RefusedException e) {
    return complete(
        HttpResponse.create().withStatus(e.refusal().status()).withEntity(e.refusal().message()));
  }

  private static String header(HttpResponse response, String name) {
    return response.getHeader(name).orElseThrow().value();
  }

  private static String body(HttpResponse response) {
    return response
        .entity()
        .toStrict(1000, KIT.system())
        .toCompletableFuture()
        .join()
        .getData()
        .utf8String();
  }

  /** Applies the real rules to the table of the test. */
  private final class Stored implements TokenRoutes.Tokens {
    @Override
    public CompletionStage<TokenDecision> change(TokenChange change) {
      TokenRules rules = SETTINGS.tokenRules(entitlements, HOSTNAMES, "east", (owner, name) -> 0);
      var decision = rules.decide(table.token(change.token()), change);
      if (decision instanceof TokenDecision.Stored stored) {
        put(stored.document());
      } else if (decision instanceof TokenDecision.Removed removed) {
        table.tokens.remove(removed.token());
      }
      return CompletableFuture.completedStage(decision);
    }

    @Override
    public TokenTable table() {
      return table;
    }

    @Override
    public CompletionStage<Optional<TokenDocument>> fetch(String name) {
      return CompletableFuture.completedStage(Optional.ofNullable(table.token(name)));
    }
  }
}
