package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.KubernetesStandIn;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.SiteServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node whose services run as pods, of a cluster that the test plays. */
@ExtendWith(NodeLogs.class)
class KubernetesEngineIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static KubernetesStandIn kubernetes;
  private static ClusterOfNodes cluster;
  private static Http http;

  @BeforeAll
  static void startNode() {
    kubernetes = new KubernetesStandIn();
    cluster =
        ClusterOfNodes.plan("KubernetesEngineIT")
            .nodes(1)
            .setting("maitred.scheduler.kind", "kubernetes")
            .setting("maitred.scheduler.kubernetes.api.url", kubernetes.url())
            .setting("maitred.scheduler.kubernetes.image", "demo")
            .setting("maitred.scheduler.kubernetes.relist-after", "1s")
            .start();
    http = cluster.node(0).http();
  }

  @AfterAll
  static void stopNode() {
    if (cluster != null) {
      cluster.close();
    }
    if (kubernetes != null) {
      kubernetes.close();
    }
  }

  @Test
  void request_isAnsweredFromAPod_alsoWhileTheApiServerIsAway_andAfterARestart() {
    var headers = Distribution.service(Distribution.demoCommand(), "pods");
    var reply = http.get("/a", Http.with(headers, "x-waiter-debug", "1"));
    assertEquals(200, reply.status(), reply::toString);
    assertEquals("Hello World", reply.text());
    var id = String.valueOf(reply.header("x-waiter-service-id"));
    var pods = podsOf(id);
    assertEquals(1, pods.size());
    var pod = pods.get(0).getMetadata();
    assertTrue(pod.getName().startsWith("pods-" + id.substring(id.length() - 32)), pod.getName());
    assertEquals(
        id + "." + pod.getName() + "-0", reply.header("x-waiter-backend-id"), reply::toString);
    var shown = http.get("/apps/" + id).json();
    assertEquals("Running", shown.path("status").asText());
    var instance = shown.at("/instances/active-instances/0");
    assertEquals(pod.getName(), instance.path("k8s/pod-name").asText(), instance::toString);
    assertEquals("kubernetes", http.get("/settings").json().at("/scheduler-config/kind").asText());

    kubernetes.relay().cut();
    assertEquals("Hello World", http.get("/b", headers).text());
    cluster.node(0).kill();
    kubernetes.relay().mend();
    cluster.node(0).start().awaitReady();
    Await.value(
        "the service is known, well",
        LIMIT,
        () -> http.get("/apps/" + id).json().path("status").asText(),
        "Running"::equals);
    var again = http.get("/c", Http.with(headers, "x-waiter-debug", "1"));
    assertEquals(
        id + "." + pod.getName() + "-0", again.header("x-waiter-backend-id"), again::toString);

    var deleted = http.delete("/apps/" + id + "?timeout=30000", Map.of());
    assertEquals(200, deleted.status(), deleted::toString);
    assertEquals(List.of(), podsOf(id));
  }

  private static List<Pod> podsOf(String id) {
    return kubernetes.pods().stream()
        .filter(pod -> id.equals(pod.getMetadata().getAnnotations().get("waiter/service-id")))
        .toList();
  }

  @Test
  void commandThatCannotRun_isTheDeploymentErrorOfEveryEngine() {
    var headers =
        Http.with(
            Distribution.service("no-such-command-here", "bad"),
            "accept",
            "application/json",
            "x-waiter-queue-timeout",
            "60000");
    var reply = http.get("/", headers);
    assertEquals(503, reply.status(), reply::toString);
    assertTrue(
        reply.errorMessage().contains("Deployment error: Invalid startup command"),
        reply::toString);
  }

  @Test
  void fixedServices_areThereBesides() {
    try (var site = SiteServer.start("site")) {
      var stored =
          http.post(
              "/token",
              Map.of(),
              """
              {"token": "site.example", "scheduler": "fixed", "backends": ["%s"],
               "health-check-url": "/health"}"""
                  .formatted(site.url()));
      assertEquals(200, stored.status(), stored::toString);
      var reply = http.get("/", Http.headers("host", "site.example"));
      assertEquals(200, reply.status(), reply::toString);
    }
  }
}
