package io.maitred.http.waitingroom;

import static io.maitred.http.waitingroom.GateFixture.NOW;
import static io.maitred.http.waitingroom.GateFixture.acceptedTicket;
import static io.maitred.http.waitingroom.GateFixture.header;
import static io.maitred.http.waitingroom.GateFixture.headers;
import static io.maitred.http.waitingroom.GateFixture.queued;
import static io.maitred.http.waitingroom.GateFixture.queuedTicket;
import static io.maitred.waitingroom.model.config.TestRooms.ID;
import static io.maitred.waitingroom.model.config.TestRooms.room;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.NotUsed;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.maitred.common.Refusal;
import io.maitred.http.JsonBody;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.BypassRule;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoomGateTest {
  private final GateFixture fixture = new GateFixture();

  @BeforeEach
  void gateOneRoom() {
    fixture.gate(room(o -> o.at("shop.example.com", "/shop")));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void handle_noRoom_passesUntouched() throws Exception {
    var response = fixture.get("/other", "Cookie: __cfwaitingroom=x; a=b");

    assertEquals("origin", fixture.body(response));
    assertEquals(List.of(), fixture.visits);
    assertEquals(
        "__cfwaitingroom=x; a=b", fixture.forwarded.get(0).getHeader("cookie").get().value());
    assertEquals(List.of(), headers(response, "set-cookie"));
  }

  @Test
  void handle_roomWithoutWorker_passes() throws Exception {
    fixture.knowsRooms = false;

    assertEquals("origin", fixture.body(fixture.get("/shop")));
  }

  @Test
  void gate_deletedRoom_isNotGatedAnyMore() throws Exception {
    fixture.get("/shop");
    fixture.gate();

    assertEquals("origin", fixture.body(fixture.get("/shop")));
    assertEquals(0, fixture.count("maitred.room.answers", "status", "200"));
  }

  @ParameterizedTest(name = "26.4 {0}")
  @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void handle_everyMethod_isDecided(String method) throws Exception {
    var request = HttpRequest.create("/shop/picture.png");

    var response = fixture.send(request.withMethod(HttpMethods.lookup(method).orElseThrow()));

    assertEquals(200, response.status().intValue());
    assertEquals("20", header(response, "refresh"));
    assertEquals(List.of(), fixture.forwarded);
  }

  @Test
  void handle_webSocket_isDecidedLikeAnyRequest() throws Exception {
    var response = fixture.get("/shop", "Connection: Upgrade", "Upgrade: websocket");

    assertEquals("20", header(response, "refresh"));
    assertEquals(List.of(), fixture.forwarded);
  }

  // --- to the origin

  @Test
  void toOrigin_renewal_cookieLivesAsLongAsASession() throws Exception {
    var ticket = acceptedTicket(1, NOW.minusSeconds(1000));
    fixture.decision = seen -> new Outcome.ToOrigin(ticket, Outcome.Reason.ACTIVE);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").session(7, true)));

    var response = fixture.get("/shop/a");

    assertEquals(ticket, fixture.ticketIn(response, ID));
    var cookie = setCookie(response);
    assertTrue(
        cookie.endsWith(
            "; Max-Age=420; Expires=Sat, 21 Nov 2026 10:07:30 GMT; Path=/shop; HttpOnly;"
                + " SameSite=Lax"),
        cookie);
    // what is not an answer of ours gets none of our headers
    assertNull(header(response, "refresh"));
    assertNull(header(response, "vary"));
    assertEquals("waiter-proxy", fixture.context.known().requestType());
  }

  @Test
  void toOrigin_noRenewal_cookieLivesForTheRest() throws Exception {
    var ticket = acceptedTicket(1, NOW.minusSeconds(100));
    fixture.decision = seen -> new Outcome.ToOrigin(ticket, Outcome.Reason.ACTIVE);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").session(5, false)));

    assertTrue(setCookie(fixture.get("/shop")).contains("; Max-Age=200; "));
  }

  @Test
  void toOrigin_alwaysHttps_cookieIsSecure() throws Exception {
    fixture.gate();
    fixture.alwaysHttps = true;
    fixture.decision = seen -> new Outcome.ToOrigin(acceptedTicket(1, NOW), Outcome.Reason.NEW);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop")));

    assertTrue(
        setCookie(fixture.get("/shop")).endsWith("; HttpOnly; Secure; SameSite=None; Partitioned"));
  }

  @Test
  void toOrigin_cookiesOfTheOrigin_areKept() throws Exception {
    fixture.decision = seen -> new Outcome.ToOrigin(acceptedTicket(1, NOW), Outcome.Reason.NEW);
    fixture.origin =
        request ->
            CompletableFuture.completedFuture(
                HttpResponse.create()
                    .withHeaders(
                        List.of(
                            RawHeader.create("Set-Cookie", "a=1"),
                            RawHeader.create("Set-Cookie", "b=2; Path=/"))));

    var cookies = headers(fixture.get("/shop"), "set-cookie");

    assertEquals(3, cookies.size());
    assertTrue(cookies.containsAll(List.of("a=1", "b=2; Path=/")), cookies.toString());
    assertTrue(cookies.stream().anyMatch(c -> c.startsWith("__cfwaitingroom=")));
  }

  @ParameterizedTest(name = "26.8 {0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          case               | sent                                       | forwarded
          alone              | __cfwaitingroom=x                          |
          among others       | a=1; __cfwaitingroom=x; b=2                | a=1; b=2
          twice              | __cfwaitingroom=x; a=1;__cfwaitingroom=y   | a=1
          other room's       | __cfwaitingroom_b=x; __cfwaitingroom=y     | __cfwaitingroom_b=x
          as a value         | a=__cfwaitingroom; __cfwaitingroom=y       | a=__cfwaitingroom
          without a value    | flag; __cfwaitingroom=y; q="a b"           | flag; q="a b"
          other letter case  | __CFWAITINGROOM=x                          | __CFWAITINGROOM=x
          none of ours       | a=1;b=2                                    | a=1;b=2
          """)
  void forwarded_cookies_withoutOurOwn(String name, String sent, String expected) throws Exception {
    fixture.decision = seen -> new Outcome.ToOrigin(acceptedTicket(1, NOW), Outcome.Reason.NEW);

    fixture.get("/shop", "Cookie: " + sent, "Cookie: c=3");

    var kept = new ArrayList<String>();
    for (HttpHeader header : fixture.forwarded.get(0).getHeaders()) {
      if (header.is("cookie")) {
        kept.add(header.value());
      }
    }
    assertEquals(expected == null ? List.of("c=3") : List.of(expected, "c=3"), kept);
  }

  @ParameterizedTest(name = "26.14 {0}")
  @ValueSource(ints = {502, 504, 503})
  void toOrigin_failure_countsAsVisit(int status) throws Exception {
    fixture.decision = seen -> new Outcome.ToOrigin(acceptedTicket(9, NOW), Outcome.Reason.ACTIVE);
    fixture.origin =
        request -> CompletableFuture.failedStage(Refusal.of(status, "no backend").asException());

    var response = fixture.get("/shop");

    assertEquals(status, response.status().intValue());
    assertEquals(acceptedTicket(9, NOW), fixture.ticketIn(response, ID));
  }

  @Test
  void toOrigin_behindThrows_countsAsVisit() throws Exception {
    fixture.decision = seen -> new Outcome.ToOrigin(acceptedTicket(9, NOW), Outcome.Reason.ACTIVE);
    fixture.origin =
        request -> {
          throw Refusal.of(502, "no backend").asException();
        };

    var response = fixture.get("/shop");

    assertEquals(502, response.status().intValue());
    assertEquals(acceptedTicket(9, NOW), fixture.ticketIn(response, ID));
  }

  @Test
  void suspended_setsNothing_d34() throws Exception {
    fixture.decision = seen -> new Outcome.ToOrigin(null, Outcome.Reason.SUSPENDED);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").suspend().revocable()));
    fixture.origin = request -> revoking();

    var response = fixture.get("/shop", "Cookie: " + fixture.cookie(ID, queuedTicket(1)));

    assertEquals("origin", fixture.body(response));
    assertEquals(List.of(), headers(response, "set-cookie"));
    assertEquals("revoke", header(response, "cf-waiting-room-command"));
    assertEquals(Set.of(), fixture.revoked);
  }

  // --- bypass

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          case                 | expression                                    | passes
          25.6 path            | starts_with(http.request.uri.path, "/shop/x") | true
          25.6 not that path   | starts_with(http.request.uri.path, "/shop/y") | false
          host                 | http.host eq "shop.example.com"               | true
          uri                  | http.request.uri eq "/shop/x?q=1"             | true
          query                | http.request.uri.query eq "q=1"               | true
          argument             | http.request.uri.args["q"][0] eq "1"          | true
          method               | http.request.method eq "GET"                  | true
          version              | http.request.version eq "HTTP/1.1"            | true
          TLS                  | ssl                                           | true
          header               | http.request.headers["x-some"][0] eq "thing"  | true
          header names         | any(http.request.headers.names[*] eq "x-as")  | true
          cookie               | http.request.cookies["a"][0] eq "b"           | true
          25.6 address         | ip.src in {198.51.100.9}                      | true
          another address      | ip.src in {10.0.0.0/8}                        | false
          named list           | ip.src in $friends                            | true
          country              | ip.src.country eq "IE"                        | true
          autonomous system    | ip.src.asnum eq 64500                         | true
          not valid any more   | ip.src in $foes                               | false
          """)
  void bypass_rule_nothingIsIssuedOrCounted(String name, String expression, boolean passes)
      throws Exception {
    var rule = new BypassRule("r", 1, expression, "", true, NOW);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").queueEverybody().with(rule)));
    var request =
        HttpRequest.GET("/shop/x?q=1")
            .addAttribute(
                AttributeKeys.remoteAddress,
                RemoteAddress.create(InetAddress.getByName("10.0.0.1")));

    var response =
        fixture.send(
            request,
            "Cookie: a=b; " + fixture.cookie(ID, queuedTicket(1)),
            "X-Some: thing",
            "X-Forwarded-For: 198.51.100.9",
            "X-Forwarded-Proto: https",
            "X-Country: ie",
            "X-AS: 64500");

    assertEquals(passes, fixture.body(response).equals("origin"));
    assertEquals(passes ? 0 : 1, fixture.visits.size());
    assertEquals(passes ? 1 : 0, fixture.count("maitred.room.bypassed", "by", "rule"));
    assertEquals(List.of(), headers(response, "set-cookie"));
  }

  @Test
  void bypass_ruleThatIsDisabled_hasNoEffect() throws Exception {
    var rule = new BypassRule("r", 1, "http.host ne \"\"", "", false, NOW);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").with(rule)));

    fixture.get("/shop");

    assertEquals(1, fixture.visits.size());
  }

  @Test
  void bypass_ruleThatCannotBeEvaluated_isCounted() throws Exception {
    var rule = new BypassRule("r", 1, "not ip.src in {10.0.0.0/8}", "", true, NOW);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").with(rule)));

    fixture.get("/shop");

    assertEquals(1, fixture.visits.size());
    assertEquals(1, fixture.count("maitred.room.rules.failed", "by", "rule"));
  }

  @Test
  void bypass_headersOfAClient_areNotTrusted() throws Exception {
    var rule = new BypassRule("r", 1, "ip.src.country eq \"IE\"", "", true, NOW);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").with(rule)));
    var request =
        HttpRequest.GET("/shop")
            .addAttribute(
                AttributeKeys.remoteAddress,
                RemoteAddress.create(InetAddress.getByName("203.0.113.1")));

    fixture.send(request, "X-Country: IE", "X-Forwarded-For: 198.51.100.9");

    assertEquals(1, fixture.visits.size());
  }

  @ParameterizedTest(name = "15.6 {0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                 switched on, user agent,               address,      passes
          verified,             true,        Mozilla/5.0 GoodBot/2.1,  198.51.100.7, true
          switched off,         false,       Mozilla/5.0 GoodBot/2.1,  198.51.100.7, false
          user agent alone,     true,        Mozilla/5.0 GoodBot/2.1,  203.0.113.7,  false
          address alone,        true,        Mozilla/5.0,              198.51.100.7, false
          no user agent,        true,        ,                         198.51.100.7, false
          no address,           true,        GoodBot,                  ,             false
          """)
  void bypass_crawler(String name, boolean on, String userAgent, String address, boolean passes)
      throws Exception {
    fixture.crawlersPass = on;
    var request = HttpRequest.GET("/shop");
    if (userAgent != null) {
      request = request.addHeader(RawHeader.create("user-agent", userAgent));
    }
    if (address != null) {
      request =
          request.addAttribute(
              AttributeKeys.remoteAddress, RemoteAddress.create(InetAddress.getByName(address)));
    }

    var response = fixture.send(request);

    assertEquals(passes, fixture.body(response).equals("origin"));
    assertEquals(passes, fixture.visits.isEmpty());
  }

  // --- the queue

  @Test
  void queued_page_hasEveryHeader() throws Exception {
    fixture.decision = seen -> queued(queuedTicket(3));

    var response = fixture.get("/shop", "Accept: text/html,*/*;q=0.8", "Accept-Language: de-DE");

    assertEquals(200, response.status().intValue());
    assertEquals("text/html; charset=utf-8", response.entity().getContentType().toString());
    assertEquals("private, no-store, max-age=0", header(response, "cache-control"));
    assertEquals("Thu, 01 Jan 1970 00:00:00 GMT", header(response, "expires"));
    assertEquals("Accept, Cookie", header(response, "vary"));
    assertEquals("20", header(response, "refresh"));
    assertNull(header(response, "retry-after"));
    assertNull(header(response, "etag"));
    assertEquals("de-DE", header(response, "content-language"));
    assertEquals("default-src 'none'", header(response, "content-security-policy"));
    assertEquals("<p>fifo: 10 minutes</p>", fixture.body(response));
    assertEquals(queuedTicket(3), fixture.ticketIn(response, ID));
    assertTrue(setCookie(response).contains("; Max-Age=300; "));
    assertEquals("waiting-room", fixture.context.known().requestType());
    assertEquals(List.of(), fixture.forwarded);
    assertEquals(1, fixture.count("maitred.room.answers", "status", "200"));
  }

  @Test
  void queued_tooEarly_cookieStaysAsItIs_d32() throws Exception {
    fixture.decision = seen -> queued(null);

    var response = fixture.get("/shop", "Cookie: " + fixture.cookie(ID, queuedTicket(3)));

    assertEquals(List.of(), headers(response, "set-cookie"));
    assertEquals("20", header(response, "refresh"));
    assertEquals(List.of(queuedTicket(3)), fixture.tickets);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"200,", "202,", "429,20"})
  void queued_status_isConfigured(int status, String retryAfter) throws Exception {
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").answering(status)));

    var response = fixture.get("/shop");

    assertEquals(status, response.status().intValue());
    assertEquals(retryAfter, header(response, "retry-after"));
    assertEquals("20", header(response, "refresh"));
  }

  @Test
  void rejected_isNotRefreshed_d36() throws Exception {
    fixture.decision = seen -> new Outcome.Rejected(NOW);
    fixture.gate(
        room(o -> o.at("shop.example.com", "/shop").by(QueueingMethod.REJECT).answering(429)));

    var response = fixture.get("/shop");

    assertEquals(429, response.status().intValue());
    assertNull(header(response, "refresh"));
    assertNull(header(response, "retry-after"));
    assertEquals(List.of(), headers(response, "set-cookie"));
    assertEquals("<p>reject: unavailable</p>", fixture.body(response));
    assertEquals("private, no-store, max-age=0", header(response, "cache-control"));
  }

  @Test
  void queued_body_isDiscarded() throws Exception {
    var readToTheEnd = new CompletableFuture<Void>();
    Source<ByteString, NotUsed> body =
        Source.repeat(ByteString.fromString("x".repeat(1000)))
            .take(1000)
            .watchTermination(
                (none, end) -> {
                  end.thenRun(() -> readToTheEnd.complete(null));
                  return none;
                });
    var request =
        HttpRequest.POST("/shop")
            .withEntity(HttpEntities.createChunked(ContentTypes.TEXT_PLAIN_UTF8, body));

    var response = fixture.send(request);

    assertEquals("20", header(response, "refresh"));
    assertEquals(List.of(), fixture.forwarded);
    assertNull(readToTheEnd.get(10, TimeUnit.SECONDS));
  }

  // --- JSON

  @Test
  void json_fifo_isTheExample() throws Exception {
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").withJson()));

    var response = fixture.get("/shop", "Accept: application/json");

    assertEquals("application/json", response.entity().getContentType().toString());
    assertEquals("20", header(response, "refresh"));
    assertEquals(
        "{\"cfWaitingRoom\":{\"inWaitingRoom\":true,\"waitTimeKnown\":true,\"waitTime\":10,"
            + "\"waitTime25Percentile\":0,\"waitTime50Percentile\":0,\"waitTime75Percentile\":0,"
            + "\"waitTimeFormatted\":\"10 minutes\",\"queueIsFull\":false,\"queueAll\":false,"
            + "\"lastUpdated\":\"2026-11-21T10:00:30.500Z\",\"refreshIntervalSeconds\":20,"
            + "\"queueingMethod\":\"fifo\",\"isFIFOQueue\":true,\"isRandomQueue\":false,"
            + "\"isPassthroughQueue\":false,\"isRejectQueue\":false,\"isEventActive\":false,"
            + "\"isEventPrequeueing\":false,\"timeUntilEventStart\":0,"
            + "\"timeUntilEventStartFormatted\":\"unavailable\",\"timeUntilEventEnd\":0,"
            + "\"timeUntilEventEndFormatted\":\"unavailable\",\"shuffleAtEventStart\":false,"
            + "\"turnstile\":\"\",\"infiniteQueue\":false}}",
        fixture.body(response));
  }

  @Test
  void json_queueAll_isTold_d33() throws Exception {
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").withJson().queueEverybody()));

    var body = fixture.body(fixture.get("/shop", "Accept: application/json"));

    var answer = JsonBody.parseObject(body.getBytes(StandardCharsets.UTF_8));
    var room = (Map<?, ?>) Objects.requireNonNull(answer.get("cfWaitingRoom"));
    assertEquals(true, room.get("queueAll"));
    assertEquals(25, room.size());
  }

  @ParameterizedTest(name = "26.13 {0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                 enabled, accept,                          second,           json
          exactly,              true,    application/json,                ,                 true
          any letter case,      true,    Application/JSON,                ,                 true
          blanks around,        true,    '  application/json  ',          ,                 true
          not enabled,          false,   application/json,                ,                 false
          several types,        true,    'application/json, text/html',   ,                 false
          anything,             true,    */*,                             ,                 false
          with quality,         true,    application/json;q=0.9,          ,                 false
          with parameter,       true,    application/json;charset=utf-8,  ,                 false
          several headers,      true,    application/json,                application/json, false
          another JSON,         true,    application/problem+json,        ,                 false
          none,                 true,    ,                                ,                 false
          """)
  void json_onlyByExactAccept(
      String name, boolean enabled, String accept, String second, boolean json) throws Exception {
    fixture.gate(
        room(
            o ->
                enabled
                    ? o.at("shop.example.com", "/shop").withJson()
                    : o.at("shop.example.com", "/shop")));
    var request = HttpRequest.GET("/shop");
    if (accept != null) {
      request = request.addHeader(RawHeader.create("accept", accept));
    }
    if (second != null) {
      request = request.addHeader(RawHeader.create("accept", second));
    }

    var type = fixture.send(request).entity().getContentType().toString();

    assertEquals(json ? "application/json" : "text/html; charset=utf-8", type);
  }

  // --- revocation

  @Test
  void revoke_ofTheOrigin_endsTheSession_d31() throws Exception {
    var ticket = acceptedTicket(5, NOW);
    fixture.decision = seen -> new Outcome.ToOrigin(ticket, Outcome.Reason.ACTIVE);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").revocable()));
    fixture.origin = request -> revoking();

    var response = fixture.get("/shop");

    assertEquals("origin", fixture.body(response));
    assertNull(header(response, "cf-waiting-room-command"));
    assertEquals("kept", header(response, "x-other"));
    assertEquals(
        "__cfwaitingroom=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/shop; HttpOnly;"
            + " SameSite=Lax",
        header(response, "set-cookie"));
    assertEquals(Set.of(ticket.id()), fixture.revoked);
  }

  @ParameterizedTest(name = "15.8 {0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,              listed, name,                    value,        revoked
          any letter case,   true,   CF-WAITING-ROOM-COMMAND, REVOKE,       true
          blanks,            true,   Cf-Waiting-Room-Command, '  revoke ',  true
          another command,   true,   Cf-Waiting-Room-Command, revoke-all,   false
          another header,    true,   Cf-Waiting-Room,         revoke,       false
          not listed,        false,  Cf-Waiting-Room-Command, revoke,       false
          """)
  void revoke_onlyWhenListed(
      String name, boolean listed, String header, String value, boolean revoked) throws Exception {
    fixture.decision = seen -> new Outcome.ToOrigin(acceptedTicket(5, NOW), Outcome.Reason.ACTIVE);
    fixture.gate(
        room(
            o ->
                listed
                    ? o.at("shop.example.com", "/shop").revocable()
                    : o.at("shop.example.com", "/shop")));
    fixture.origin =
        request -> fixture.ok().thenApply(ok -> ok.addHeader(RawHeader.create(header, value)));

    var response = fixture.get("/shop");

    assertEquals(revoked, !fixture.revoked.isEmpty());
    assertEquals(revoked, response.getHeader(header).isEmpty());
    assertEquals(revoked, deletes(response));
  }

  private static String setCookie(HttpResponse response) {
    return Objects.requireNonNull(header(response, "set-cookie"));
  }

  private static boolean deletes(HttpResponse response) {
    return headers(response, "set-cookie").stream().anyMatch(c -> c.contains("; Max-Age=0;"));
  }

  @Test
  void revoke_inAnAnswerOfOurs_isIgnored() throws Exception {
    fixture.decision = seen -> new Outcome.ToOrigin(acceptedTicket(5, NOW), Outcome.Reason.ACTIVE);
    fixture.gate(room(o -> o.at("shop.example.com", "/shop").revocable()));
    fixture.origin =
        request ->
            CompletableFuture.completedFuture(
                HttpResponse.create()
                    .addHeader(RawHeader.create("cf-waiting-room-command", "revoke")));

    fixture.get("/shop");

    assertEquals(Set.of(), fixture.revoked);
  }

  private CompletionStage<HttpResponse> revoking() {
    return fixture
        .ok()
        .thenApply(
            ok ->
                ok.addHeader(RawHeader.create("Cf-Waiting-Room-Command", "revoke"))
                    .addHeader(RawHeader.create("x-other", "kept")));
  }

  // --- which cookie

  @Test
  void cookies_theOneThatDecodesWins_d40() throws Exception {
    var mine = queuedTicket(1);
    var foreign = fixture.sealed(new RoomId("f".repeat(32)), mine);

    fixture.get(
        "/shop",
        "Cookie: __cfwaitingroom=" + foreign + "; x=y; " + fixture.cookie(ID, mine),
        "Cookie: __cfwaitingroom=zzz");

    assertEquals(1, fixture.tickets.size());
    assertEquals(1, fixture.visits.size());
    assertEquals(mine, fixture.tickets.get(0));
  }

  @Test
  void cookie_ofAnotherRoom_isNoTicket_d40() throws Exception {
    var foreign = fixture.sealed(new RoomId("f".repeat(32)), queuedTicket(1));

    fixture.get("/shop", "Cookie: __cfwaitingroom=" + foreign);

    assertEquals(List.of(), fixture.tickets);
    assertEquals(1, fixture.visits.size());
    assertEquals(List.of("forged"), fixture.undecodable);
  }

  @Test
  void cookie_otherNode_keepsItsPlace_d30() throws Exception {
    var ticket = queuedTicket(1);
    var cookie = fixture.cookie(ID, ticket);
    try (var other = new GateFixture()) {
      other.gate(room(o -> o.at("shop.example.com", "/shop")));

      other.get("/shop", "Cookie: " + cookie);

      assertEquals(List.of(ticket), other.tickets);
    }
  }
}
