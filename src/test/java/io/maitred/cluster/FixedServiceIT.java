package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Http;
import io.maitred.testkit.Load;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Reply;
import io.maitred.testkit.SelfSigned;
import io.maitred.testkit.SiteServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A node in front of a site that runs anyway. */
@ExtendWith(NodeLogs.class)
class FixedServiceIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static ClusterOfNodes cluster;
  private static Http http;

  private SiteServer a;
  private SiteServer b;

  @BeforeAll
  static void startNode() {
    cluster =
        ClusterOfNodes.plan("FixedServiceIT")
            .nodes(1)
            .setting("maitred.router.backend.tls-trust-all", true)
            .start();
    http = cluster.node(0).http();
  }

  @AfterAll
  static void stopNode() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void startSite() {
    a = SiteServer.start("a");
    b = SiteServer.start("b");
  }

  @AfterEach
  void stopSite() {
    a.close();
    b.close();
  }

  @Test
  void oneToken_putsMaitredInFrontOfASite() {
    var host = "first.example";
    token(host, "", a.url(), b.url());
    var read = http.get("/token", Http.headers("x-waiter-token", host)).json();
    assertEquals(
        Set.of("scheduler", "backends", "health-check-url", "owner"), names(read), "as posted");

    var reply = http.get("/cart?x=1", Http.headers("host", host, "x-waiter-debug", "1"));
    assertEquals(200, reply.status(), reply::toString);
    assertTrue(reply.text().endsWith(" " + host), "the server sees whom the client asked");
    assertTrue(
        String.valueOf(reply.header("x-waiter-backend-id")).contains(".backend-00"),
        reply::toString);
    assertEquals("http", reply.header("x-waiter-backend-proto"));
    for (int i = 0; i < 60; i++) {
      assertEquals(200, http.get("/", Http.headers("host", host + ":80")).status());
    }
    assertTrue(a.requests() > 10 && b.requests() > 10, a.requests() + " and " + b.requests());

    var id = String.valueOf(reply.header("x-waiter-service-id"));
    var shown = http.get("/apps/" + id).json();
    assertEquals("Running", shown.path("status").asText());
    assertEquals(2, shown.path("num-active-instances").asInt());
    var instance = shown.at("/instances/active-instances/0");
    assertEquals("127.0.0.1", instance.path("host").asText());
    assertEquals(a.port(), instance.path("port").asInt());
    assertEquals(a.url(), instance.path("fixed/url").asText());
    assertTrue(instance.path("healthy?").asBoolean(), instance::toString);
    var listed =
        http.get("/apps?scheduler=fixed&effective-parameters=true").json().findValues("service-id");
    assertTrue(listed.stream().anyMatch(each -> each.asText().equals(id)), listed::toString);
    var effective = http.get("/apps/" + id + "?effective-parameters=true").json();
    assertEquals(100, effective.at("/effective-parameters/concurrency-level").asInt());
    assertEquals(
        System.getProperty("user.name"),
        effective.at("/effective-parameters/run-as-user").asText());
    var state = http.get("/state/" + id).json();
    assertEquals(2, state.at("/state/scheduler-state/healthy").asInt(), state::toString);
    var ping = http.get("/waiter-ping", Http.headers("x-waiter-token", host)).json();
    assertEquals("received-response", ping.at("/ping-response/result").asText(), ping::toString);
    assertEquals(200, ping.at("/ping-response/status").asInt(), ping::toString);
    assertTrue(
        cluster.node(0).management().get("/metrics").text().contains("service=\"" + id + "\""));
  }

  @Test
  void deadBackend_getsNothing_untilItIsBack() {
    var host = "dies.example";
    token(host, "", a.url(), b.url());
    var id = firstAnswer(host);
    b.down();
    Await.value("b is seen", LIMIT, () -> health(id), "[true, false]"::equals);
    assertEquals(
        "The connection was refused",
        http.get("/apps/" + id).json().at("/instances/active-instances/1/message").asText());
    int before = a.requests();
    try (var load = new Load("/", Http.headers("host", host), LIMIT)) {
      load.clients(4, cluster.nodes());
      load.awaitSuccesses(200, LIMIT);
      load.stop();
      assertEquals(List.of(), load.failures());
    }
    assertTrue(a.requests() >= before + 200);
    b.up();
    Await.value("b is back", LIMIT, () -> health(id), "[true, true]"::equals);
    int earlier = b.requests();
    Await.until(
        "b is used again",
        LIMIT,
        () -> http.get("/", Http.headers("host", host)).status() == 200 && b.requests() > earlier);

    a.health(503);
    Await.value("a is unwell", LIMIT, () -> health(id), "[true, false]"::equals);
    var first = http.get("/apps/" + id).json().at("/instances/active-instances");
    assertEquals(503, first.path(1).path("health-check-status").asInt(), first::toString);
  }

  @Test
  void concurrencyLevel_isKeptForEachBackend() {
    var host = "slots.example";
    token(host, ",\"concurrency-level\": 2", a.url(), b.url());
    firstAnswer(host);
    try (var load = new Load("/?ms=20", Http.headers("host", host), LIMIT)) {
      load.clients(12, cluster.nodes());
      load.awaitSuccesses(300, LIMIT);
      load.stop();
      assertEquals(List.of(), load.failures());
    }
    assertEquals("2 2", a.mostAtOnce() + " " + b.mostAtOnce());
  }

  @Test
  void allDown_saysWhy_andRecovers() {
    var host = "down.example";
    a.health(500);
    token(host, ",\"queue-timeout-ms\": 2000", a.url(), "http://nowhere.invalid:8080");
    var asked = Http.headers("host", host, "accept", "application/json");
    var reply = http.get("/", asked);
    assertEquals(503, reply.status(), reply::toString);
    var message = reply.errorMessage();
    assertTrue(
        message.startsWith(
            "After 2 seconds, no instance available to handle request."
                + " Check that your service is able to start properly! Health checks fail: "),
        message);
    assertTrue(message.contains("The health check was answered with status 500"), message);
    assertTrue(message.contains("The host name cannot be resolved"), message);
    var waiting = http.later("/", Http.with(asked, "x-waiter-queue-timeout", "60000"));
    a.health(204);
    assertEquals(200, waiting.join().status(), () -> waiting.join().toString());
  }

  @Test
  void hostNames_areResolved() {
    token("named.example", "", "http://localhost:" + a.port());
    assertEquals(200, http.get("/", Http.headers("host", "named.example")).status());
  }

  @Test
  void https_isSpokenToTheBackendsThatHaveIt(@TempDir Path folder) throws Exception {
    try (var secure = SiteServer.start("secure", SelfSigned.context(folder))) {
      token("tls.example", "", secure.url(), a.url());
      var spoken = new HashMap<String, String>();
      Await.until(
          "both answer",
          LIMIT,
          () -> {
            var reply = http.get("/", Http.headers("host", "tls.example", "x-waiter-debug", "1"));
            assertEquals(200, reply.status(), reply::toString);
            spoken.put(
                reply.text().split(" ", 2)[0],
                String.valueOf(reply.header("x-waiter-backend-proto")));
            return spoken.size() == 2;
          });
      assertEquals(Map.of("a", "http", "secure", "https"), spoken);
    }
  }

  @Test
  void openSite_getsTheClientsOwnAuthorization_othersThatOfMaitred() {
    token("open.example", ",\"authentication\": \"disabled\", \"permitted-user\": \"*\"", a.url());
    assertEquals(
        200,
        http.get("/", Http.headers("host", "open.example", "authorization", "Bearer abc"))
            .status());
    assertEquals(200, http.get("/", Http.headers("host", "open.example")).status());
    assertEquals(List.of("Bearer abc", "none"), a.authorizations());

    token("closed.example", "", b.url());
    assertEquals(
        200,
        http.get("/", Http.headers("host", "closed.example", "authorization", "Bearer abc"))
            .status());
    assertTrue(b.authorizations().get(0).startsWith("Basic "), () -> "" + b.authorizations());
  }

  @Test
  void backends_areNotOurs_butTheServiceCanBeForgotten() {
    var host = "ours.example";
    token(host, "", a.url(), b.url());
    var id = firstAnswer(host);
    for (var action : List.of("kill", "kill?force=true", "expire")) {
      var reply =
          http.post("/apps/" + id + "/instance/" + id + ".backend-001/" + action, Map.of(), "");
      assertEquals(400, reply.status(), reply::toString);
      assertTrue(
          reply
              .json()
              .at("/signal-response/message")
              .asText()
              .startsWith("The backends of a fixed service are run by somebody else: "),
          reply::toString);
    }
    var deleted = http.delete("/apps/" + id + "?timeout=30000", Map.of());
    assertEquals(200, deleted.status(), deleted::toString);
    assertEquals(
        "Deleted " + id + "; its backends go on running", deleted.json().path("message").asText());
    assertEquals("Inactive", http.get("/apps/" + id).json().path("status").asText());
    assertEquals(404, http.delete("/apps/" + id, Map.of()).status());
    assertEquals(200, http.get("/", Http.headers("host", host)).status(), "at once again");
  }

  @Test
  void changedToken_leadsToItsNewBackends() {
    var host = "moves.example";
    token(host, "", a.url());
    firstAnswer(host);
    token(host, "", b.url());
    Await.until(
        "the new one answers",
        LIMIT,
        () -> http.get("/", Http.headers("host", host)).text().startsWith("b "));
  }

  @Test
  void wrongTokens_areRefusedWithTheReason() {
    var reply = post("wrong.example", "", "http://a/path", "http://b");
    assertEquals(400, reply.status(), reply::toString);
    assertTrue(
        reply
            .text()
            .contains(
                "The following backends must not have a path, a query or a fragment:"
                    + " http://a/path."),
        reply::toString);
    var unknown =
        http.get(
            "/",
            Http.headers(
                "x-waiter-cmd", "x",
                "x-waiter-cpus", "1",
                "x-waiter-mem", "1",
                "x-waiter-version", "1",
                "x-waiter-scheduler", "moon",
                "accept", "application/json"));
    assertEquals(400, unknown.status(), unknown::toString);
    assertEquals("No matching scheduler found!", unknown.errorMessage());
  }

  @Test
  void restartedNode_knowsTheServiceBeforeAnybodyAsks() {
    var host = "again.example";
    token(host, "", a.url(), b.url());
    var id = firstAnswer(host);
    var node = cluster.node(0);
    node.kill();
    node.start().awaitReady();
    Await.value("it is there, well", LIMIT, () -> health(id), "[true, true]"::equals);
    int before = a.requests() + b.requests();
    assertEquals(200, http.get("/", Http.headers("host", host)).status());
    assertEquals(before + 1, a.requests() + b.requests());
  }

  private static String firstAnswer(String host) {
    var reply = http.get("/", Http.headers("host", host, "x-waiter-debug", "1"));
    assertEquals(200, reply.status(), reply::toString);
    return String.valueOf(reply.header("x-waiter-service-id"));
  }

  /** Of all instances, in the order shown: healthy ones first. */
  private static String health(String id) {
    var active = http.get("/apps/" + id).json().at("/instances/active-instances");
    return active.findValuesAsText("healthy?").toString();
  }

  private static Set<String> names(JsonNode object) {
    var names = new HashSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static void token(String name, String more, String... backends) {
    var reply = post(name, more, backends);
    assertEquals(200, reply.status(), reply::toString);
  }

  private static Reply post(String name, String more, String... backends) {
    var urls =
        Arrays.stream(backends).map(url -> '"' + url + '"').collect(Collectors.joining(", "));
    return http.post(
        "/token",
        Map.of(),
        """
        {"token": "%s", "scheduler": "fixed", "backends": [%s], "health-check-url": "/health"%s}"""
            .formatted(name, urls, more));
  }
}
