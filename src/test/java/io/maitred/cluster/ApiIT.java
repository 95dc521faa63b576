package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API as command-line clients use it. */
@ExtendWith(NodeLogs.class)
class ApiIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String USER = System.getProperty("user.name");
  private static final Map<String, String> JSON = Http.headers("accept", "application/json");
  private static final String RESULT = "x-waiter-operation-result";

  private static ClusterOfNodes cluster;
  private static Http http;

  /** A token whose service runs, and that service's id. */
  private static String running;

  @BeforeAll
  static void startNodeAndService() {
    cluster = ClusterOfNodes.plan("ApiIT").nodes(1).start();
    http = cluster.node(0).http();
    create(
        "running",
        "\"min-instances\": 1, \"env\": {\"COLOUR\": \"blue\"}, \"metadata\": {\"team\": \"a\"}");
    var reply = http.get("/", Http.headers("x-waiter-token", "running", "x-waiter-debug", "1"));
    assertEquals(200, reply.status(), reply::toString);
    running = String.valueOf(reply.header("x-waiter-service-id"));
  }

  @AfterAll
  static void stopNode() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void welcome_inThreeForms() {
    var json = http.get("/", JSON);
    assertEquals(200, json.status());
    for (var field :
        List.of("cid", "host", "hostname", "message", "port", "support-info", "timestamp")) {
      assertTrue(json.json().has(field), () -> field + " in " + json);
    }
    assertEquals("Welcome to Maitred", json.json().path("message").asText());
    assertTrue(String.valueOf(json.header("server")).startsWith("maitred/"), json::toString);
    assertNotNull(json.header("x-cid"));
    var page = http.get("/", Http.headers("accept", "text/html"));
    assertTrue(String.valueOf(page.header("content-type")).startsWith("text/html"), page::toString);
    var text = http.get("/", Http.headers("accept", "text/plain"));
    assertTrue(
        String.valueOf(text.header("content-type")).startsWith("text/plain"), text::toString);
  }

  @Test
  void status_tellsAboutTheRequestOnDemand() {
    assertEquals("{\"status\":\"ok\"}", http.get("/status").text());
    var info =
        http.get("/status?include=request-info&include=server-info", Http.headers("x-cid", "c1"))
            .json();
    assertEquals("ok", info.path("status").asText());
    for (var field :
        List.of(
            "headers",
            "client-protocol",
            "internal-protocol",
            "query-string",
            "request-id",
            "request-method",
            "request-time",
            "router-id",
            "scheme",
            "uri")) {
      assertTrue(info.path("request-info").has(field), () -> field + " in " + info);
    }
    assertEquals("/status", info.at("/request-info/uri").asText());
    assertTrue(info.path("server-info").has("java-version"), info::toString);
  }

  @Test
  void settings_haveWhatClientsRead() {
    var settings = http.get("/settings").json();
    assertFalse(settings.at("/cluster-config/name").asText().isEmpty(), settings::toString);
    var kind = settings.at("/scheduler-config/kind").asText();
    assertFalse(kind.isEmpty(), settings::toString);
    assertTrue(settings.path("scheduler-config").path(kind).isObject(), settings::toString);
    assertTrue(settings.path("scheduler-syncer-interval-secs").isInt(), settings::toString);
    for (var field :
        List.of(
            "messages",
            "ejection-config",
            "service-description-defaults",
            "started-at",
            "git-version")) {
      assertTrue(settings.has(field), () -> field + " in " + settings);
    }
    assertEquals(10000, settings.at("/ejection-config/eject-backoff-base-time-ms").asInt());
    assertFalse(settings.toString().toLowerCase(java.util.Locale.ROOT).contains("password\":\"s"));
  }

  @Test
  void token_createShowUpdateDelete_asTheCommandLineDoes() {
    var path = "/token?token=cycle";
    var document =
        "{\"cmd\":\"x\",\"cpus\":1.0,\"mem\":128,\"version\":\"v1\",\"name\":\"cycle\",\"metadata\":{\"a\":\"b\"},\"allowed-params\":[\"ONE\"]}";
    var created = http.post(path, Http.with(JSON, "if-match", ""), document);
    assertEquals(200, created.status(), created::toString);
    assertEquals("Successfully created cycle", created.json().path("message").asText());
    assertEquals("token-created", created.header(RESULT));
    var etag = created.header("etag");
    assertTrue(String.valueOf(etag).matches("E-[0-9a-f]{32}"), created::toString);
    assertEquals("x", created.json().at("/service-description/cmd").asText());

    var shown = http.get(path, JSON);
    assertEquals(etag, shown.header("etag"));
    var expected =
        new TreeSet<>(
            List.of(
                "cmd", "cpus", "mem", "version", "name", "metadata", "allowed-params", "owner"));
    assertEquals(expected, names(shown.json()));
    assertEquals(USER, shown.json().path("owner").asText());
    assertTrue(shown.text().contains("\"cpus\":1.0"), shown::toString);
    assertTrue(shown.text().contains("\"mem\":128"), shown::toString);
    assertTrue(shown.json().path("allowed-params").isArray());

    var same = http.post(path, Http.with(JSON, "if-match", "E-stale"), shown.text());
    assertEquals(200, same.status(), same::toString);
    assertEquals("No changes detected for cycle", same.json().path("message").asText());
    assertEquals("token-no-op", same.header(RESULT));
    assertEquals(etag, same.header("etag"));

    var updated =
        http.post(
            path, Http.with(JSON, "if-match", String.valueOf(etag)), document.replace("v1", "v2"));
    assertEquals(200, updated.status(), updated::toString);
    assertEquals("Successfully updated cycle", updated.json().path("message").asText());
    assertEquals("token-updated", updated.header(RESULT));
    assertNotEquals(etag, updated.header("etag"));

    var stale =
        http.post(
            path, Http.with(JSON, "if-match", String.valueOf(etag)), document.replace("v1", "v3"));
    assertEquals(412, stale.status());
    assertTrue(stale.errorMessage().contains("stale token"), stale::toString);

    var metadata = http.get(path + "&include=metadata", JSON).json();
    assertAll(
        () -> assertEquals("v2", metadata.path("version").asText()),
        () -> assertEquals("v1", metadata.at("/previous/version").asText()),
        () -> assertEquals(0, metadata.at("/previous/previous").size()),
        () -> assertTrue(metadata.at("/previous/previous").isObject()),
        () -> assertEquals(USER, metadata.path("last-update-user").asText()),
        () -> assertNotNull(Instant.parse(metadata.path("last-update-time").asText())),
        () -> assertNotNull(Instant.parse(metadata.at("/previous/last-update-time").asText())),
        () -> assertTrue(metadata.has("cluster") && metadata.has("root"), metadata::toString));

    var current = String.valueOf(updated.header("etag"));
    var deleted =
        http.delete("/token", Http.with(JSON, "x-waiter-token", "cycle", "if-match", current));
    assertEquals(200, deleted.status(), deleted::toString);
    assertEquals("token-deleted", deleted.header(RESULT));
    assertEquals(current, deleted.header("etag"));
    assertEquals("{\"delete\":\"cycle\",\"hard-delete\":false,\"success\":true}", sorted(deleted));
    var gone = http.get(path, JSON);
    assertEquals(404, gone.status());
    assertEquals("Couldn't find token cycle", gone.errorMessage());
    var soft = http.get(path + "&include=deleted&include=metadata", JSON);
    assertEquals(200, soft.status(), soft::toString);
    assertTrue(soft.json().path("deleted").asBoolean(), soft::toString);

    var again = http.post(path, Http.with(JSON, "if-match", ""), document);
    assertEquals("token-created", again.header(RESULT), again::toString);
    var hard =
        http.delete(
            "/token?hard-delete=true",
            Http.with(
                JSON, "x-waiter-token", "cycle", "if-match", String.valueOf(again.header("etag"))));
    assertEquals(200, hard.status(), hard::toString);
    assertTrue(hard.json().path("hard-delete").asBoolean(), hard::toString);
    assertEquals(404, http.get(path + "&include=deleted", JSON).status());
    assertEquals(
        "token-created", http.post(path, Http.with(JSON, "if-match", ""), document).header(RESULT));
  }

  @Test
  void token_withTheSameData_hasTheSameHash() {
    var document =
        "{\"version\":\"1\",\"owner\":\""
            + USER
            + "\",\"last-update-time\":1700000000000,\"last-update-user\":\"u\",\"root\":\"r\",\"cluster\":\"c\"}";
    var one = http.post("/token?update-mode=admin&token=twin-one", JSON, document);
    var two = http.post("/token?update-mode=admin&token=twin-two", JSON, document);
    assertEquals(200, one.status(), one::toString);
    assertNotNull(one.header("etag"));
    assertEquals(one.header("etag"), two.header("etag"));
    assertEquals(
        "2023-11-14T22:13:20.000Z",
        http.get("/token?token=twin-one&include=metadata")
            .json()
            .path("last-update-time")
            .asText());
  }

  @Test
  void tokens_areListedAndFiltered() {
    post("listed-open", "{\"version\":\"1\",\"cpus\":2}");
    post("listed-closed", "{\"version\":\"1\",\"maintenance\":{\"message\":\"closed\"}}");
    post("listed-deleted", "{\"version\":\"1\"}");
    assertEquals(
        200, http.delete("/token", Http.headers("x-waiter-token", "listed-deleted")).status());

    var all = "/tokens?include=metadata&owner=" + USER;
    var open = token(all, "listed-open");
    assertAll(
        () -> assertEquals(USER, open.path("owner").asText()),
        () -> assertFalse(open.path("maintenance").asBoolean()),
        () -> assertTrue(open.has("deleted") && !open.path("deleted").asBoolean()),
        () -> assertTrue(open.path("etag").asText().startsWith("E-")),
        () -> assertNotNull(Instant.parse(open.path("last-update-time").asText())));
    assertTrue(token(all, "listed-closed").path("maintenance").asBoolean());
    assertTrue(token(all, "listed-deleted").isMissingNode());

    assertEquals(0, http.get("/tokens?owner=nobody-at-all").json().size());
    assertTrue(token("/tokens?include=deleted", "listed-deleted").isObject());
    assertTrue(token("/tokens?maintenance=true", "listed-closed").isObject());
    assertTrue(token("/tokens?maintenance=true", "listed-open").isMissingNode());
    assertTrue(token("/tokens?cpus=2", "listed-open").isObject());
    assertTrue(token("/tokens?cpus=2", "listed-closed").isMissingNode());
    assertEquals(2, token("/tokens?parameters=cpus", "listed-open").at("/parameters/cpus").asInt());
    var withIds = "/tokens?include=service-id";
    assertEquals(running, token(withIds, "running").path("service-id").asText());
    assertTrue(token(withIds, "listed-open").path("service-id").isNull(), "cannot be computed");
    assertTrue(http.get("/tokens/owners").json().path(USER).asText().startsWith("^TOKEN_OWNERS_"));
  }

  @Test
  void apps_areListedAndFiltered() {
    Await.until(
        "the scaling state appears",
        LIMIT,
        () -> entry("/apps?token=running").has("scaling-state"));
    var app = entry("/apps?token=running&effective-parameters=true");
    var token = http.get("/token?token=running&include=metadata");
    assertAll(
        () -> assertEquals(running, app.path("service-id").asText()),
        () -> assertEquals("Running", app.path("status").asText()),
        () ->
            assertTrue(
                app.path("url")
                    .asText()
                    .endsWith(":" + cluster.node(0).ports().http() + "/apps/" + running),
                app::toString),
        () -> assertEquals(1, app.at("/instance-counts/healthy-instances").asInt()),
        () -> assertTrue(app.at("/instance-counts/unhealthy-instances").isInt()),
        () -> assertNotNull(Instant.parse(app.path("last-request-time").asText())),
        () -> assertTrue(app.at("/request-metrics/outstanding").isInt(), app::toString),
        () -> assertTrue(app.at("/request-metrics/total").isInt(), app::toString),
        () -> assertEquals(0.1, app.at("/resource-usage/cpus").asDouble(), 1e-9),
        () -> assertEquals(512, app.at("/resource-usage/mem").asInt()),
        () -> assertEquals("running", app.at("/source-tokens/0/0/token").asText()),
        () -> assertEquals(token.header("etag"), app.at("/source-tokens/0/0/version").asText()),
        () -> assertEquals("running", app.at("/current-for-tokens/0").asText()),
        () -> assertEquals(USER, app.at("/effective-parameters/run-as-user").asText()),
        () -> assertEquals(1, app.at("/effective-parameters/concurrency-level").asInt()),
        () -> assertFalse(app.path("service-description").has("concurrency-level")),
        () -> assertEquals("stable", app.path("scaling-state").asText()));
    for (var matching :
        List.of(
            "token=run.*",
            "token-version=" + token.header("etag"),
            "env.COLOUR=blue",
            "metadata.team=a",
            "concurrency-level=1&token=running",
            "run-as-user=" + USER,
            "env.COLOUR=red&env.COLOUR=blue",
            "env.COLOUR=*")) {
      assertTrue(listed("/apps?" + matching).contains(running), matching);
    }
    for (var other :
        List.of(
            "token=unning",
            "token-version=E-0",
            "env.COLOUR=bl",
            "metadata.team=b",
            "run-as-user=nobody",
            "env.COLOUR=*&star-mode=literal")) {
      assertFalse(listed("/apps?" + other).contains(running), other);
    }
    assertEquals(
        "running",
        entry("/apps?token=running&include=references")
            .at("/references/0/token/sources/0/token")
            .asText());
    assertTrue(
        entry("/apps?token=running&include=healthy-instances")
            .at("/instances/healthy-instances/0/id")
            .asText()
            .startsWith(running + "."));
  }

  @Test
  void app_showsItsInstances() {
    var app = http.get("/apps/" + running + "?include=effective-parameters").json();
    assertAll(
        () -> assertEquals("Running", app.path("status").asText()),
        () -> assertFalse(app.path("router-id").asText().isEmpty()),
        () -> assertTrue(app.path("num-routers").isInt(), app::toString),
        () -> assertTrue(app.at("/service-description/cmd").isTextual(), app::toString),
        () -> assertTrue(app.at("/instances/failed-instances").isArray(), app::toString),
        () -> assertTrue(app.at("/instances/killed-instances").isArray(), app::toString),
        () -> assertEquals(1, app.path("num-active-instances").asInt(), app::toString));
    var instance = app.at("/instances/active-instances/0");
    assertAll(
        () ->
            assertTrue(instance.path("id").asText().startsWith(running + "."), instance::toString),
        () -> assertEquals(running, instance.path("service-id").asText()),
        () ->
            assertTrue(
                instance.path("host").asText().matches("127\\.0\\.0\\.([1-9]|10)"),
                instance::toString),
        () -> assertTrue(instance.path("port").asInt() > 0),
        () -> assertTrue(instance.path("extra-ports").isArray(), instance::toString),
        () -> assertTrue(instance.path("flags").isArray(), instance::toString),
        () -> assertTrue(instance.path("healthy?").asBoolean()),
        () ->
            assertTrue(
                java.nio.file.Files.isDirectory(
                    java.nio.file.Path.of(instance.path("log-directory").asText())),
                instance::toString),
        () -> assertNotNull(Instant.parse(instance.path("started-at").asText())),
        () -> assertTrue(instance.has("log-url"), instance::toString),
        () -> assertTrue(instance.path("shell-scheduler/pid").isInt(), instance::toString));
  }

  @Test
  void serviceId_storesTheDescriptionButStartsNothing() {
    var headers = Distribution.service(Distribution.demoCommand(), "idle");
    var reply = http.get("/service-id", headers);
    assertEquals(200, reply.status());
    assertTrue(reply.text().matches("waiter-service-idle-[0-9a-f]{32}"), reply::toString);
    assertTrue(
        String.valueOf(reply.header("content-type")).startsWith("text/plain"), reply::toString);
    var explicit = http.get("/service-id", Http.with(headers, "x-waiter-concurrency-level", "1"));
    assertNotEquals(reply.text(), explicit.text(), "a default that is stated counts");
    var app = http.get("/apps/" + reply.text());
    assertEquals(200, app.status(), app::toString);
    assertEquals("Inactive", app.json().path("status").asText());
    for (var list : List.of("active-instances", "failed-instances", "killed-instances")) {
      assertTrue(app.json().path("instances").path(list).isArray(), app::toString);
    }
    assertTrue(cluster.serviceProcesses(reply.text()).isEmpty());

    var ping =
        http.get(
                "/waiter-ping",
                Http.with(
                    JSON,
                    "x-waiter-token",
                    "^SERVICE-ID#" + reply.text(),
                    "x-waiter-queue-timeout",
                    "300000"))
            .json();
    assertEquals("received-response", ping.at("/ping-response/result").asText(), ping::toString);
    assertEquals(200, ping.at("/ping-response/status").asInt(), ping::toString);
    assertEquals(reply.text(), ping.at("/service-state/service-id").asText());
    assertEquals(200, http.delete("/apps/" + reply.text() + "?timeout=30000", Map.of()).status());
  }

  @Test
  void ping_tellsTheWholeStory() {
    var ping = http.get("/waiter-ping", Http.with(JSON, "x-waiter-token", "running"));
    assertEquals(200, ping.status());
    var json = ping.json();
    assertAll(
        () -> assertEquals("received-response", json.at("/ping-response/result").asText()),
        () -> assertEquals(200, json.at("/ping-response/status").asInt()),
        () -> assertTrue(json.at("/ping-response/headers").isObject(), json::toString),
        () -> assertTrue(json.at("/ping-response/body").isTextual(), json::toString),
        () ->
            assertTrue(
                json.at("/ping-response/instance/id").asText().startsWith(running + "."),
                json::toString),
        () -> assertTrue(json.at("/ping-response/instance").has("host"), json::toString),
        () -> assertTrue(json.at("/ping-response/instance/port").isInt(), json::toString),
        () -> assertEquals("1", json.at("/service-description/version").asText()),
        () -> assertTrue(json.at("/service-state/exists?").asBoolean(), json::toString),
        () -> assertTrue(json.at("/service-state/healthy?").asBoolean(), json::toString),
        () -> assertEquals(running, json.at("/service-state/service-id").asText()),
        () -> assertEquals("Running", json.at("/service-state/status").asText()));

    var excluded =
        http.get("/waiter-ping?exclude=service-state", Http.with(JSON, "x-waiter-token", "running"))
            .json();
    assertEquals("excluded", excluded.at("/service-state/result").asText(), excluded::toString);
    assertEquals(running, excluded.at("/service-state/service-id").asText());

    var wrong =
        http.get("/waiter-ping", Http.with(JSON, "x-waiter-cpus", "0", "x-waiter-cmd", "x")).json();
    assertEquals("descriptor-error", wrong.at("/ping-response/result").asText(), wrong::toString);
    assertEquals(400, wrong.at("/ping-response/status").asInt(), wrong::toString);
    assertTrue(
        wrong.at("/ping-response/body").asText().contains("cpus must be a positive number"),
        wrong::toString);
    assertTrue(
        wrong.at("/ping-response/body").asText().startsWith("{"), "JSON, as the ping accepts");
    assertTrue(wrong.path("service-description").isNull(), wrong::toString);

    var late =
        http.get(
                "/waiter-ping",
                Http.with(
                    Http.with(
                        Distribution.service("sleep 600", "late"), "accept", "application/json"),
                    "x-waiter-timeout",
                    "2000",
                    "x-waiter-queue-timeout",
                    "300000"))
            .json();
    assertEquals("timed-out", late.at("/ping-response/result").asText(), late::toString);
    assertTrue(late.at("/ping-response/status").isNull(), late::toString);
    assertTrue(late.at("/ping-response/body").isNull(), late::toString);
    assertFalse(late.at("/service-state/healthy?").asBoolean(), late::toString);
    assertEquals(
        200,
        http.delete(
                "/apps/" + late.at("/service-state/service-id").asText() + "?timeout=30000",
                Map.of())
            .status());
  }

  @Test
  void maintenance_answersEveryRequestOfItsToken() {
    create("closed", "\"maintenance\": {\"message\": \"back at noon\"}");
    var headers = Http.with(JSON, "x-waiter-token", "closed");
    var refused = http.get("/", headers);
    assertEquals(503, refused.status());
    assertEquals("back at noon", refused.errorMessage());
    var details = refused.json().at("/waiter-error/details");
    assertEquals("waiter.Maintenance", details.path("error-class").asText(), details::toString);
    assertEquals("closed", details.path("token").asText());
    assertEquals(USER, details.path("token-owner").asText());
    assertEquals(503, http.get("/service-id", headers).status());
    var ping = http.get("/waiter-ping", headers);
    assertEquals(200, ping.status());
    assertEquals(
        "waiter-response", ping.json().at("/ping-response/result").asText(), ping::toString);
    assertEquals(503, ping.json().at("/ping-response/status").asInt(), ping::toString);
  }

  @Test
  void instance_isExpiredAndKilled() {
    create("signals", "\"min-instances\": 2, \"name\": \"signals\"");
    var headers = Http.headers("x-waiter-token", "signals");
    assertEquals(200, http.get("/", headers).status());
    var serviceId = http.get("/service-id", headers).text();
    var first = instanceIds(serviceId, 2).get(0);

    var expired = http.post("/apps/" + serviceId + "/instance/" + first + "/expire", JSON, "");
    assertEquals(200, expired.status(), expired::toString);
    assertTrue(expired.json().at("/signal-response/success").asBoolean(), expired::toString);
    Await.until(
        "the flag is seen",
        LIMIT,
        () ->
            http.get("/apps/" + serviceId).json().at("/instances").findValues("flags").stream()
                .anyMatch(flags -> flags.toString().contains("\"expired\"")));

    var second =
        instanceIds(serviceId, 2).stream()
            .filter(id -> !id.equals(first))
            .findFirst()
            .orElseThrow();
    var killed =
        http.post("/apps/" + serviceId + "/instance/" + second + "/kill?force=true", JSON, "");
    assertEquals(200, killed.status(), killed::toString);
    assertTrue(killed.json().at("/signal-response/success").asBoolean(), killed::toString);
    Await.until(
        "it is among the killed ones",
        LIMIT,
        () ->
            http.get("/apps/" + serviceId)
                .json()
                .at("/instances/killed-instances")
                .findValuesAsText("id")
                .contains(second));
    assertFalse(activeIds(serviceId).contains(second));

    var unknown =
        http.post("/apps/" + serviceId + "/instance/" + serviceId + ".nope/kill", JSON, "");
    assertEquals(404, unknown.status(), unknown::toString);
    assertFalse(unknown.json().at("/signal-response/success").asBoolean(), unknown::toString);
    var noService = http.post("/apps/nope/instance/nope.1/kill", JSON, "");
    assertEquals(404, noService.status(), noService::toString);
    var wrongTimeout =
        http.post("/apps/" + serviceId + "/instance/" + second + "/kill?timeout=x", JSON, "");
    assertEquals(400, wrongTimeout.status(), wrongTimeout::toString);
    assertTrue(wrongTimeout.text().contains("Invalid timeout specified"), wrongTimeout::toString);
    var notPosted = http.get("/apps/" + serviceId + "/instance/" + second + "/kill", JSON);
    assertEquals(405, notPosted.status(), notPosted::toString);
    assertEquals(200, http.delete("/apps/" + serviceId + "?timeout=30000", Map.of()).status());
  }

  @Test
  void state_showsRoutersAndServices() {
    var state = http.get("/state").json();
    assertFalse(state.path("router-id").asText().isEmpty());
    assertTrue(
        state.path("routers").isObject() && state.path("details").isObject(), state::toString);

    var maintainer = http.get("/state/maintainer").json();
    var routers = maintainer.at("/state/routers");
    assertEquals(1, routers.size(), maintainer::toString);
    assertEquals(
        "http://127.0.0.1:" + cluster.node(0).ports().http() + "/",
        routers.path(state.path("router-id").asText()).asText().replace("localhost", "127.0.0.1"));
    assertTrue(
        maintainer.at("/state/all-available-service-ids").toString().contains(running),
        maintainer::toString);
    for (var field :
        List.of(
            "service-id->healthy-instances",
            "service-id->unhealthy-instances",
            "service-id->expired-instances",
            "service-id->starting-instances",
            "service-id->failed-instances",
            "service-id->killed-instances",
            "service-id->instance-counts",
            "service-id->deployment-error",
            "service-id->instability-issue",
            "service-id->my-instance->slots")) {
      assertTrue(maintainer.path("state").has(field), () -> field + " in " + maintainer);
    }
    assertEquals(
        1, maintainer.path("state").path("service-id->healthy-instances").path(running).size());

    var leader = http.get("/state/leader").json();
    assertTrue(leader.at("/state/leader?").asBoolean(), leader::toString);
    assertEquals(state.path("router-id").asText(), leader.at("/state/leader-id").asText());

    var service = http.get("/state/" + running).json().path("state");
    for (var field :
        List.of(
            "autoscaler-state",
            "local-usage",
            "responder-state",
            "scheduler-state",
            "service-maintainer-state",
            "work-stealing-state")) {
      assertTrue(service.has(field), () -> field + " in " + service);
    }
    assertEquals("disabled", service.path("work-stealing-state").asText());
    for (var field :
        List.of(
            "healthy-instances",
            "outstanding-requests",
            "scale-amount",
            "scale-to-instances",
            "target-instances",
            "instances",
            "task-count")) {
      assertTrue(service.path("autoscaler-state").has(field), () -> field + " in " + service);
    }
    assertTrue(
        service.path("responder-state").path("instance-id->state").isObject(), service::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/html", "text/plain"})
  void error_hasTheFormThatTheCallerAccepts(String accept) {
    var reply = http.get("/nowhere", Http.headers("accept", accept));
    assertEquals(404, reply.status());
    assertTrue(String.valueOf(reply.header("content-type")).startsWith(accept), reply::toString);
    assertTrue(reply.text().contains("Not found"), reply::toString);
    assertTrue(String.valueOf(reply.header("server")).startsWith("maitred/"), reply::toString);
  }

  @Test
  void error_inJson_hasAllFields() {
    var reply =
        http.get(
            "/nowhere?a=1",
            Http.headers("accept", "*/*", "content-type", "application/json", "x-cid", "cid-1"));
    var error = reply.json().path("waiter-error");
    for (var field :
        List.of(
            "cid",
            "details",
            "host",
            "instance-id",
            "message",
            "principal",
            "query-string",
            "request-method",
            "service-id",
            "status",
            "support-info",
            "timestamp",
            "title",
            "uri")) {
      assertTrue(error.has(field), () -> field + " in " + error);
    }
    assertEquals("cid-1", error.path("cid").asText());
    assertEquals("GET", error.path("request-method").asText());
    assertEquals("/nowhere", error.path("uri").asText());
    assertEquals("a=1", error.path("query-string").asText());
    assertEquals("cid-1", reply.header("x-cid"));
  }

  @Test
  void smallThings_areThere() {
    assertEquals(200, http.get("/favicon.ico").status());
    var metrics = cluster.node(0).management().get("/metrics");
    assertEquals(200, metrics.status());
    assertTrue(metrics.text().contains("jvm_"), metrics::toString);
    assertTrue(
        metrics.text().lines().anyMatch(line -> line.contains(running)), "metrics of the service");
    assertEquals(200, cluster.node(0).management().get("/alive").status());
    assertEquals(200, cluster.node(0).management().get("/cluster/members").status());
    assertNull(http.get("/status").header("x-waiter-debug"));
  }

  private static Reply post(String token, String document) {
    var reply = http.post("/token?token=" + token, JSON, document);
    assertEquals(200, reply.status(), reply::toString);
    return reply;
  }

  private static void create(String token, String more) {
    post(
        token,
        """
        {"cmd": "%s", "cpus": 0.1, "mem": 512, "version": "1", "run-as-user": "%s", %s}"""
            .formatted(Distribution.demoCommand(), USER, more));
  }

  private static JsonNode entry(String path) {
    var list = http.get(path).json();
    assertEquals(1, list.size(), () -> path + ": " + list);
    return list.get(0);
  }

  private static List<String> listed(String path) {
    var reply = http.get(path);
    assertEquals(200, reply.status(), reply::toString);
    return reply.json().findValuesAsText("service-id");
  }

  private static List<String> activeIds(String serviceId) {
    var ids = new ArrayList<String>();
    http.get("/apps/" + serviceId)
        .json()
        .at("/instances/active-instances")
        .forEach(instance -> ids.add(instance.path("id").asText()));
    return ids;
  }

  private static List<String> instanceIds(String serviceId, int atLeast) {
    return Await.value(
        atLeast + " instances are active",
        LIMIT,
        () -> activeIds(serviceId),
        ids -> ids.size() >= atLeast);
  }

  /** The entry of this token in a list; missing when there is none. */
  private static JsonNode token(String path, String name) {
    for (var entry : http.get(path).json()) {
      if (entry.path("token").asText().equals(name)) {
        return entry;
      }
    }
    return MissingNode.getInstance();
  }

  private static Set<String> names(JsonNode object) {
    var names = new TreeSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The fields of a flat object in the order of their names. */
  private static String sorted(Reply reply) {
    var json = reply.json();
    var parts = new ArrayList<String>();
    names(json).forEach(name -> parts.add("\"" + name + "\":" + json.get(name)));
    return "{" + String.join(",", parts) + "}";
  }
}
