package io.maitred.http.waiter;

import static io.maitred.http.waiter.ApiFixture.NOW;
import static io.maitred.http.waiter.ApiFixture.SHOP;
import static io.maitred.http.waiter.ApiFixture.at;
import static io.maitred.http.waiter.ApiFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMessage;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.maitred.common.Refusal;
import io.maitred.http.Product;
import io.maitred.scheduler.Scheduler;
import io.maitred.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaiterRoutesTest {
  private final ApiFixture api = new ApiFixture();

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void welcome_inThreeForms() {
    var json = api.json(api.get("/"));
    assertEquals("Welcome to Maitred", at(json, "message"));
    assertEquals("localhost:9091", at(json, "host"));
    assertEquals("localhost", at(json, "hostname"));
    assertEquals(9091, at(json, "port"));
    assertEquals("2024-01-31T10:20:30.123Z", at(json, "timestamp"));
    assertEquals("Handbook", at(json, "support-info", 0, "label"));
    var page = api.send(request("GET", "/").removeHeader("accept").addHeader(accept("text/html")));
    assertTrue(api.body(page).contains("<h1>Welcome to Maitred</h1>"));
    var text = api.send(request("GET", "/").removeHeader("accept").addHeader(accept("text/plain")));
    assertTrue(api.body(text).startsWith("Welcome to Maitred\n"));
  }

  @Test
  void favicon_isAnIcon() {
    var response = api.get("/favicon.ico");
    assertEquals("image/x-icon", response.entity().getContentType().toString());
    assertEquals(200, response.status().intValue());
  }

  @Test
  void status_tellsWhatWasAsked() {
    assertEquals(Map.of("status", "ok"), api.json(api.get("/status")));
    var response =
        api.send(
            request("POST", "/status?include=request-info&include=server-info")
                .addHeader(RawHeader.create("x-long", "v".repeat(100)))
                .withEntity(ContentTypes.APPLICATION_JSON, "{}"));
    var info = at(api.json(response), "request-info");
    assertEquals("v".repeat(80), at(info, "headers", "x-long"));
    assertEquals("HTTP/1.1", at(info, "client-protocol"));
    assertEquals("post", at(info, "request-method"));
    assertEquals("/status", at(info, "uri"));
    assertEquals(2, at(info, "content-length"));
    assertEquals("application/json", at(info, "content-type"));
    assertEquals("r1", at(info, "router-id"));
    assertNotNull(
        at(api.json(api.get("/status?include=server-info")), "server-info", "java-version"));
  }

  @Test
  void status_readsALongBodyFirst() {
    var megabyte = ByteString.fromArray(new byte[1 << 20]);
    var body =
        HttpEntities.createChunked(
            ContentTypes.APPLICATION_OCTET_STREAM, Source.repeat(megabyte).take(5));
    assertEquals(200, api.send(request("POST", "/status").withEntity(body)).status().intValue());
  }

  @ParameterizedTest(name = "{0} MiB")
  @CsvSource({"1, 1, 1", "5, 5, 5", "100, 17, 40"})
  void postedBody_tooLong_isReadUpToALimit_andRefused(int megabytes, int least, int most) {
    var pieces = new AtomicInteger();
    var megabyte = ByteString.fromArray(new byte[1 << 20]);
    var body =
        HttpEntities.createChunked(
            ContentTypes.APPLICATION_OCTET_STREAM,
            Source.range(1, megabytes)
                .map(
                    i -> {
                      pieces.incrementAndGet();
                      return megabyte;
                    }));

    var refused = api.send(request("POST", "/token").withEntity(body));

    assertEquals(413, refused.status().intValue());
    int read = pieces.get(); // buffers on the way may hold some more
    assertTrue(least <= read && read <= most, read + " MiB");
  }

  @Test
  void identity_ofTheOneUser() {
    var response = api.get("/waiter-auth");
    assertEquals("alice", api.body(response));
    assertEquals("single-user", header(response, "x-waiter-auth-method"));
    assertEquals("alice", header(response, "x-waiter-auth-principal"));
    assertEquals("alice", header(response, "x-waiter-auth-user"));
    assertEquals(0, at(api.json(api.get("/.well-known/auth/expires-at")), "expires-at"));
  }

  @Test
  void settings_haveWhatClientsRead_andNoSecrets() {
    var json = api.json(api.get("/settings"));
    assertEquals("maitred", at(json, "cluster-config", "name"));
    assertEquals("local", at(json, "scheduler-config", "kind"));
    assertTrue(at(json, "scheduler-config", "local") instanceof Map);
    assertEquals(5, at(json, "scheduler-syncer-interval-secs"));
    assertEquals(Product.VERSION, at(json, "git-version"));
    assertEquals("2024-01-31T10:20:30.123Z", at(json, "started-at"));
    assertEquals(300000, at(json, "token-config", "token-defaults", "queue-timeout-ms"));
    assertEquals(1, at(json, "service-description-defaults", "concurrency-level"));
    assertEquals(10000, at(json, "ejection-config", "eject-backoff-base-time-ms"));
  }

  @Test
  void settings_hideSecrets() {
    var config =
        com.typesafe.config.ConfigFactory.parseString(
                "maitred.database { password = hush, url = \"jdbc:x?user=a&password=hush\" }, "
                    + "maitred.cluster-secret = hushhushhushhush, maitred.x = \"http://a:hush@b\"")
            .withFallback(com.typesafe.config.ConfigFactory.load());
    assertFalse(SettingsView.of(config, "local", NOW).toString().contains("hush"));
  }

  @Test
  void serviceId_isPlainText() {
    var named = request("GET", "/service-id").addHeader(RawHeader.create("x-waiter-token", "shop"));
    var response = api.send(named);
    assertEquals("waiter-service-shop", api.body(response));
    assertEquals("text/plain; charset=UTF-8", response.entity().getContentType().toString());
    var latest = request("POST", "/app-name?latest=True");
    assertEquals(
        "waiter-service-other",
        api.body(api.send(latest.addHeader(RawHeader.create("x-waiter-token", "shop")))));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          query                               | expected
          ''                                  | shop
          ?run-as-user=*                      | other shop
          ?run-as-user=bob                    | other
          ?run-as-user=bob&run-as-user=alice  | other shop
          ?run-as-user=.*                     | other shop
          ?cmd=run                            | shop
          ?cmd=walk                           | ''
          ?env.FOO=bar                        | shop
          ?env.FOO=b.*                        | shop
          ?env.MISSING=x                      | ''
          ?token=shop                         | shop
          ?token=sh.p&token-version=E-1       | shop
          ?token=shop&token-version=E-2       | ''
          ?token=*&star-mode=none             | ''
          ?version=1&mem=128.5                | shop
          ?unknown-parameter=x                | shop
          """)
  void apps_areFiltered(String query, String expected) {
    var list = (List<?>) api.json(api.get("/apps" + query));
    assertNotNull(list);
    var names =
        list.stream().map(e -> String.valueOf(at(e, "service-id")).replace("waiter-service-", ""));
    assertEquals(expected, String.join(" ", names.toList()));
  }

  @Test
  void apps_element() {
    var element = at(api.json(api.get("/apps")), 0);
    assertEquals("Running", at(element, "status"));
    assertEquals("http://localhost:9091/apps/waiter-service-shop", at(element, "url"));
    assertEquals(1, at(element, "instance-counts", "healthy-instances"));
    assertEquals(1, at(element, "instance-counts", "unhealthy-instances"));
    assertEquals("2024-01-31T10:20:30.123Z", at(element, "last-request-time"));
    assertEquals(3, at(element, "request-metrics", "outstanding"));
    assertEquals(7, at(element, "request-metrics", "total"));
    assertEquals(2, at(element, "resource-usage", "cpus"));
    assertEquals(257.0, at(element, "resource-usage", "mem"));
    assertEquals("scale-down", at(element, "scaling-state"));
    assertEquals("run", at(element, "service-description", "cmd"));
    assertEquals(List.of("shop"), at(element, "current-for-tokens"));
    assertEquals(
        List.of(List.of(Map.of("token", "shop", "version", "E-1"))), at(element, "source-tokens"));
    assertNull(at(element, "effective-parameters"));
    assertNull(at(element, "references"));
    assertNull(at(element, "instances"));
  }

  @Test
  void apps_includes() {
    var element =
        at(
            api.json(
                api.get(
                    "/apps?effective-parameters=True&include=references"
                        + "&include=healthy-instances")),
            0);
    assertEquals("/health", at(element, "effective-parameters", "health-check-url"));
    assertEquals(Map.of(), at(element, "references", 0));
    assertEquals("shop", at(element, "references", 1, "token", "sources", 0, "token"));
    assertEquals(
        Map.of(
            "host", "127.0.0.3",
            "id", "waiter-service-shop.a",
            "port", 10002,
            "started-at", "2024-01-31T10:20:32.123Z"),
        at(element, "instances", "healthy-instances", 0));
  }

  @Test
  void app_showsInstances() {
    var json = api.json(api.get("/apps/waiter-service-shop"));
    assertEquals("r1", at(json, "router-id"));
    assertEquals(0, at(json, "num-routers"));
    assertEquals(2, at(json, "num-active-instances"));
    var healthy = at(json, "instances", "active-instances", 0);
    assertEquals("waiter-service-shop.a", at(healthy, "id"));
    assertEquals(true, at(healthy, "healthy?"));
    assertEquals("Healthy", at(healthy, "status"));
    assertEquals("/sandbox/a", at(healthy, "log-directory"));
    assertEquals(42, at(healthy, "shell-scheduler/pid"));
    assertEquals(List.of(), at(healthy, "flags"));
    assertEquals(
        "http://localhost:9091/apps/waiter-service-shop/logs"
            + "?instance-id=waiter-service-shop.a&host=127.0.0.3",
        at(healthy, "log-url"));
    assertNull(at(json, "instances", "active-instances", 1, "healthy?"));
    assertEquals("waiter-service-shop.f", at(json, "instances", "failed-instances", 0, "id"));
    assertEquals(List.of(), at(json, "instances", "killed-instances"));
  }

  @Test
  void app_ofSomebodyElse_hasNoLogUrls() {
    var mine = request("GET", "/apps/waiter-service-shop");
    var asBob = mine.addHeader(RawHeader.create("x-view-as-user", "bob"));
    assertNull(at(api.json(api.send(asBob)), "instances", "active-instances", 0, "log-url"));
  }

  @Test
  void app_describedButNotRunning_isInactive() {
    var json = api.json(api.get("/apps/waiter-service-idle"));
    assertEquals("Inactive", at(json, "status"));
    assertEquals(
        Map.of(
            "active-instances", List.of(),
            "failed-instances", List.of(),
            "killed-instances", List.of()),
        at(json, "instances"));
  }

  @Test
  void delete_waitsForTheRouters() {
    var json = api.json(api.send(request("DELETE", "/apps/waiter-service-shop?timeout=1500")));
    assertEquals(
        Map.of(
            "service-id", "waiter-service-shop",
            "success", true,
            "result", "deleted",
            "message", "done",
            "routers-agree", true),
        json);
    assertEquals(
        List.of("delete waiter-service-shop", "awaitGone waiter-service-shop PT1.5S"),
        api.apps.calls);
  }

  @ParameterizedTest(name = "{0} -> {1} {2}")
  @CsvSource({"404,404,no-such-service-exists", "500,400,error", "400,400,error"})
  void delete_refusedByTheScheduler(int scheduler, int status, String result) {
    api.apps.result = new Scheduler.Result(scheduler, "no");
    var response = api.send(request("DELETE", "/apps/waiter-service-shop?timeout=1500"));
    assertEquals(status, response.status().intValue());
    var json = api.json(response);
    assertEquals(result, at(json, "result"));
    assertEquals(false, at(json, "success"));
    assertNull(at(json, "routers-agree"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "kill,SOFT_KILL waiter-service-shop.a null",
    "kill?force=True,FORCE_KILL waiter-service-shop.a null",
    "kill?force=false&timeout=250,SOFT_KILL waiter-service-shop.a PT0.25S",
    "expire,EXPIRE waiter-service-shop.a null"
  })
  void signal_isPassedOn(String action, String call) {
    var target = "/apps/waiter-service-shop/instance/waiter-service-shop.a/" + action;
    var response = api.send(request("POST", target));
    assertEquals(200, response.status().intValue());
    assertEquals(true, at(api.json(response), "signal-response", "success"));
    assertEquals("done", at(api.json(response), "signal-response", "message"));
    assertEquals(List.of(call), api.apps.calls);
  }

  @Test
  void signal_wrongMethodOrService() {
    var wrong = api.get("/apps/waiter-service-shop/instance/i/kill");
    assertEquals(405, wrong.status().intValue());
    assertEquals(Map.of("message", "Method not allowed"), api.json(wrong));
    var unknown = api.send(request("POST", "/apps/nothing/instance/i/expire"));
    assertEquals(404, unknown.status().intValue());
    assertEquals("service does not exist", at(api.json(unknown), "signal-response", "message"));
  }

  @Test
  void ping_answered() {
    var response = api.get("/waiter-ping");
    assertEquals(200, response.status().intValue());
    assertEquals("maitred/test", header(response, "server"));
    var json = api.json(response);
    assertEquals("received-response", at(json, "ping-response", "result"));
    assertEquals(200, at(json, "ping-response", "status"));
    assertEquals("well", at(json, "ping-response", "body"));
    assertEquals("b", at(json, "ping-response", "headers", "x-a"));
    assertEquals(
        Map.of("host", "127.0.0.3", "id", "waiter-service-shop.a", "port", 10002),
        at(json, "ping-response", "instance"));
    assertEquals("run", at(json, "service-description", "cmd"));
    assertEquals(
        Map.of(
            "exists?",
            true,
            "healthy?",
            true,
            "service-id",
            "waiter-service-shop",
            "status",
            "Starting"),
        at(json, "service-state"));
    assertEquals(List.of("HEALTHY PT5S"), api.pings.awaited);
    var probe = api.pings.probes.get(0);
    assertEquals("GET", probe.method().value());
    assertEquals("/health", header(probe, "raw-request-uri"));
    assertEquals("maitred-ping/" + Product.VERSION, header(probe, "user-agent"));
    assertEquals("application/json;q=1.0, */*;q=0.9", header(probe, "accept"));
  }

  @Test
  void ping_excludesTheState() {
    var json = api.json(api.get("/waiter-ping?exclude=service-state"));
    assertEquals(
        Map.of("result", "excluded", "service-id", "waiter-service-shop"),
        at(json, "service-state"));
  }

  @Test
  void ping_timesOut_andIsGivenUp() {
    var never = new CompletableFuture<HttpResponse>();
    api.pings.response = never;
    var response =
        api.send(
            request("GET", "/waiter-ping").addHeader(RawHeader.create("x-waiter-timeout", "1")));
    assertEquals(200, response.status().intValue());
    var json = api.json(response);
    Await.until("the probe is given up", Duration.ofSeconds(10), never::isDone);
    assertEquals("timed-out", at(json, "ping-response", "result"));
    assertNull(at(json, "ping-response", "status"));
    assertEquals("Starting", at(json, "service-state", "status"));
    assertEquals(true, at(json, "service-state", "exists?"));
    assertTrue(api.pings.awaited.isEmpty());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      nullValues = "-",
      textBlock =
          """
          case,             when,    status, class,                  result
          wrong headers,    resolve, 400,    waiter.ServiceUnknown,  descriptor-error
          forbidden,        resolve, 403,    waiter.ServiceForbidden,descriptor-error
          maintenance,      resolve, 503,    waiter.Maintenance,     waiter-response
          suspended,        send,    503,    waiter.Suspended,       waiter-response
          queue is full,    send,    503,    waiter.QueueLength,     waiter-response
          deployment error, send,    503,    waiter.DeploymentError, received-response
          queue time-out,   send,    503,    waiter.RequestTimeout,  received-response
          """)
  void ping_refused(String name, String when, int status, String errorClass, String result) {
    var failure = Refusal.of(status, "why").errorClass(errorClass).asException();
    if (when.equals("resolve")) {
      api.pings.resolved = CompletableFuture.failedStage(failure);
    } else {
      api.pings.response = CompletableFuture.failedStage(failure);
    }
    var response = api.get("/waiter-ping");
    assertEquals(200, response.status().intValue());
    var json = api.json(response);
    assertEquals(result, at(json, "ping-response", "result"), name);
    assertEquals(status, at(json, "ping-response", "status"));
    assertEquals("application/json", at(json, "ping-response", "headers", "content-type"));
    var body = String.valueOf(at(json, "ping-response", "body"));
    assertTrue(body.contains("\"message\":\"why\""), body);
    assertEquals(when.equals("send"), at(json, "service-description") != null);
    if (when.equals("resolve")) {
      assertEquals("Inactive", at(json, "service-state", "status"));
    }
  }

  @Test
  void ping_defect_is500() {
    api.pings.response = CompletableFuture.failedStage(new IllegalStateException("bug"));
    var response = api.get("/waiter-ping");
    assertEquals(500, response.status().intValue());
    assertEquals("ping-internal-error", at(api.json(response), "ping-response", "result"));
  }

  @Test
  void ping_redirected() {
    api.pings.resolved =
        CompletableFuture.completedStage(new Pings.Redirect(301, "https://shop/waiter-ping"));
    var response = api.get("/waiter-ping");
    assertEquals(301, response.status().intValue());
    assertEquals("https://shop/waiter-ping", header(response, "location"));
  }

  @Test
  void state_overview_leader_service() {
    var overview = api.json(api.get("/state"));
    assertEquals("r1", at(overview, "router-id"));
    assertEquals("http://localhost:9091/", at(overview, "routers", "r1"));
    assertEquals("http://localhost:9091/state/leader", at(overview, "details", "leader"));
    var leader = api.json(api.get("/state/leader"));
    assertEquals(Map.of("leader?", true, "leader-id", "r1"), at(leader, "state"));
    var service = api.json(api.get("/state/waiter-service-shop"));
    assertEquals(2, at(service, "state", "autoscaler-state", "target-instances"));
    assertEquals("disabled", at(service, "state", "work-stealing-state"));
  }

  @Test
  void state_maintainer() {
    var state = at(api.json(api.get("/state/maintainer")), "state");
    var shop = SHOP.value();
    assertEquals("http://localhost:9091/", at(state, "routers", "r1"));
    assertEquals(List.of("waiter-service-other", shop), at(state, "all-available-service-ids"));
    assertEquals(shop + ".a", at(state, "service-id->healthy-instances", shop, 0, "id"));
    assertEquals(shop + ".b", at(state, "service-id->unhealthy-instances", shop, 0, "id"));
    assertEquals(shop + ".b", at(state, "service-id->starting-instances", shop, 0, "id"));
    assertEquals(List.of(), at(state, "service-id->expired-instances", shop));
    assertEquals(shop + ".f", at(state, "service-id->failed-instances", shop, 0, "id"));
    assertEquals(
        Map.of("healthy", 1, "requested", 2, "scheduled", 2),
        at(state, "service-id->instance-counts", shop));
    assertEquals(Map.of(shop + ".a", 3), at(state, "service-id->my-instance->slots", shop));
  }

  private static RawHeader accept(String value) {
    return RawHeader.create("accept", value);
  }

  private static String header(HttpMessage message, String name) {
    return message.getHeader(name).orElseThrow().value();
  }
}
