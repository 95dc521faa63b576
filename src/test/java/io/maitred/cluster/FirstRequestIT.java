package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From nothing to an answer, to many instances, and back to nothing. */
@ExtendWith(NodeLogs.class)
class FirstRequestIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static ClusterOfNodes cluster;
  private static Http http;

  @BeforeAll
  static void startNode() {
    cluster = ClusterOfNodes.plan("FirstRequestIT").nodes(1).start();
    http = cluster.node(0).http();
  }

  @AfterAll
  static void stopNode() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void request_namesACommand_answersFromAStartedProcess() {
    var headers = Distribution.service(Distribution.demoCommand(), "first");
    var reply =
        http.get("/hello?a=%7e", Http.with(headers, "x-cid", "my-cid", "x-waiter-debug", "1"));
    assertEquals(200, reply.status(), reply::toString);
    assertEquals("Hello World", reply.text());
    assertEquals("my-cid", reply.header("x-cid"));
    assertFalse(
        String.valueOf(reply.header("server")).startsWith("maitred/0"), "the backend answered");
    var serviceId = reply.header("x-waiter-service-id");
    assertNotNull(serviceId, reply::toString);
    assertTrue(serviceId.matches("waiter-service-first-[0-9a-f]{32}"), serviceId);
    assertEquals(serviceId, http.get("/service-id", headers).text());
    assertFalse(cluster.serviceProcesses(serviceId).isEmpty(), "a process runs");
    assertEquals("Running", http.get("/apps/" + serviceId).json().path("status").asText());
  }

  @Test
  void request_backendSeesWhatIsMeantForIt() {
    var headers = Distribution.service(Distribution.demoCommand(), "seen");
    var seen =
        http.get("/request-info?q=%7e&r=a%20b", Http.with(headers, "authorization", "Basic abc"))
            .json();
    assertEquals("/request-info", seen.path("uri").asText());
    assertEquals("q=%7e&r=a%20b", seen.path("query-string").asText());
    seen.path("headers")
        .fieldNames()
        .forEachRemaining(
            name ->
                assertTrue(
                    !name.startsWith("x-waiter-")
                        || name.equals("x-waiter-auth-principal")
                        || name.equals("x-waiter-authenticated-principal"),
                    name + " is not for the backend"));
    assertEquals(
        System.getProperty("user.name"), seen.at("/headers/x-waiter-auth-principal").asText());
    assertTrue(seen.at("/headers/via").asText().startsWith("HTTP/1.1 maitred/"), seen::toString);
  }

  @Test
  void request_throughAToken_byHeaderAndByHost() {
    var name = "first-token";
    var created = http.post("/token", Map.of(), tokenDocument(name));
    assertEquals(200, created.status(), created::toString);
    var byHeader = http.get("/a", Http.headers("x-waiter-token", name, "x-waiter-debug", "1"));
    assertEquals(200, byHeader.status(), byHeader::toString);
    assertEquals("Hello World", byHeader.text());
    var byHost = http.get("/a", Http.headers("host", name, "x-waiter-debug", "1"));
    assertEquals(200, byHost.status(), byHost::toString);
    assertEquals(byHeader.header("x-waiter-service-id"), byHost.header("x-waiter-service-id"));
    var withPort = http.get("/a", Http.headers("host", name + ":8080"));
    assertEquals(200, withPort.status(), withPort::toString);
  }

  @Test
  void slowRequests_inParallel_makeInstancesAppear_andIdleOnesGo() {
    var headers =
        Http.with(
            Distribution.service(Distribution.demoCommand(), "many"),
            "x-waiter-max-instances",
            "4",
            "x-waiter-scale-up-factor",
            "0.9",
            "x-waiter-scale-down-factor",
            "0.9");
    var serviceId = http.get("/service-id", headers).text();
    var slow =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    http.later(
                        "/",
                        Http.with(headers, "x-kitchen-delay-ms", "1500", "x-waiter-debug", "1")))
            .toList();
    Await.value(
        "instances appear", LIMIT, () -> healthyInstances(serviceId), healthy -> healthy == 4);
    var instances = new HashSet<String>();
    for (CompletableFuture<Reply> one : slow) {
      var reply = one.join();
      assertEquals(200, reply.status(), reply::toString);
      instances.add(String.valueOf(reply.header("x-waiter-backend-id")));
    }
    assertTrue(instances.size() > 1, () -> "several instances answered: " + instances);
    Await.value(
        "idle instances go", LIMIT, () -> healthyInstances(serviceId), healthy -> healthy == 1);
    Await.value(
        "their processes go", LIMIT, () -> directories(serviceId), directories -> directories == 1);
    assertEquals(200, http.get("/", headers).status(), "the last one serves");
  }

  @Test
  void waitingRequests_areServedInTheOrderOfTheirArrival() {
    var headers =
        Http.with(
            Distribution.service(Distribution.demoCommand(), "queue"),
            "x-waiter-max-instances",
            "1");
    assertEquals(200, http.get("/", headers).status());
    var serviceId = http.get("/service-id", headers).text();
    var order = new ConcurrentLinkedQueue<Integer>();
    var requests = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      var delay = i == 0 ? "4000" : "100";
      requests.add(
          http.later("/", Http.with(headers, "x-kitchen-delay-ms", delay))
              .thenAccept(reply -> order.add(number)));
      Await.value(
          "request " + i + " is counted",
          LIMIT,
          () -> http.get("/apps/" + serviceId).json().at("/request-metrics/outstanding").asInt(),
          outstanding -> outstanding == number + 1);
    }
    requests.forEach(CompletableFuture::join);
    assertEquals(IntStream.range(0, 8).boxed().toList(), List.copyOf(order));
  }

  @Test
  void delete_removesTheProcesses_andTheNextRequestStartsThemAgain() {
    var headers = Distribution.service(Distribution.demoCommand(), "gone");
    assertEquals(200, http.get("/", headers).status());
    var serviceId = http.get("/service-id", headers).text();
    var before = new HashSet<>(cluster.serviceProcesses(serviceId));
    assertFalse(before.isEmpty());

    var deleted = http.delete("/apps/" + serviceId + "?timeout=30000", Map.of());
    assertEquals(200, deleted.status(), deleted::toString);
    assertTrue(deleted.json().path("success").asBoolean(), deleted::toString);
    assertEquals("deleted", deleted.json().path("result").asText());
    assertTrue(deleted.json().path("routers-agree").asBoolean(), deleted::toString);
    assertEquals(serviceId, deleted.json().path("service-id").asText());
    Await.until("no process is left", LIMIT, () -> cluster.serviceProcesses(serviceId).isEmpty());

    var shown = http.get("/apps/" + serviceId);
    assertEquals(200, shown.status(), "a deleted service can still be read");
    assertEquals("Inactive", shown.json().path("status").asText());
    assertEquals(404, http.delete("/apps/" + serviceId, Map.of()).status());

    assertEquals(200, http.get("/", headers).status());
    var after = cluster.serviceProcesses(serviceId);
    assertFalse(after.isEmpty());
    after.forEach(pid -> assertFalse(before.contains(pid), "a new process"));
    assertNotEquals("Inactive", http.get("/apps/" + serviceId).json().path("status").asText());
  }

  private static int healthyInstances(String serviceId) {
    var healthy = 0;
    for (var instance : http.get("/apps/" + serviceId).json().at("/instances/active-instances")) {
      healthy += instance.path("healthy?").asBoolean() ? 1 : 0;
    }
    return healthy;
  }

  /** In how many sandboxes something runs. */
  private static int directories(String serviceId) {
    var sandboxes = new HashSet<String>();
    for (long pid : cluster.serviceProcesses(serviceId)) {
      try {
        sandboxes.add(
            java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of("/proc", "" + pid, "cwd"))
                .toString());
      } catch (java.io.IOException e) {
        // ended meanwhile
      }
    }
    return sandboxes.size();
  }

  private static String tokenDocument(String name) {
    return """
        {"token": "%s", "cmd": "%s", "cpus": 0.1, "mem": 512, "version": "1", "name": "first-token",
         "run-as-user": "%s"}"""
        .formatted(name, Distribution.demoCommand(), System.getProperty("user.name"));
  }
}
