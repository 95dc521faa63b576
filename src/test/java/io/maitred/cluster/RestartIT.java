package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a node finds again after it was stopped, politely or not. */
@ExtendWith(NodeLogs.class)
class RestartIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String USER = System.getProperty("user.name");

  @Test
  void restart_findsTokensAndRunningServicesAgain() {
    try (var cluster = ClusterOfNodes.plan("RestartIT").nodes(1).start()) {
      var node = cluster.node(0);
      var command = Distribution.witnessCommand(cluster.scratch("record"));
      var document =
          """
          {"token": "kept", "cmd": "%s", "cpus": 0.1, "mem": 512, "version": "1",
           "run-as-user": "%s", "min-instances": 2, "concurrency-level": 3}"""
              .formatted(command, USER);
      var created = node.http().post("/token", Map.of(), document);
      assertEquals(200, created.status(), created::toString);
      var token = Http.headers("x-waiter-token", "kept");
      var first = node.http().get("/work", Http.with(token, "x-waiter-debug", "1"));
      assertEquals(200, first.status(), first::toString);
      var serviceId = first.header("x-waiter-service-id");
      assertNotNull(serviceId);
      var instances = twoHealthyInstances(node, serviceId);
      var processes = new TreeSet<>(cluster.serviceProcesses(serviceId));

      node.terminate();
      node.awaitExit();
      assertEquals(processes, new TreeSet<>(cluster.serviceProcesses(serviceId)), "they run on");
      node.start().awaitReady();
      assertSameState(cluster, node, serviceId, created.header("etag"), instances, processes);

      node.kill();
      assertEquals(processes, new TreeSet<>(cluster.serviceProcesses(serviceId)), "they run on");
      node.start().awaitReady();
      assertSameState(cluster, node, serviceId, created.header("etag"), instances, processes);

      var deleted = node.http().delete("/apps/" + serviceId + "?timeout=30000", Map.of());
      assertEquals(200, deleted.status(), deleted::toString);
      Await.until(
          "adopted processes can be removed",
          LIMIT,
          () -> cluster.serviceProcesses(serviceId).isEmpty());
    }
  }

  private static void assertSameState(
      ClusterOfNodes cluster,
      NodeProcess node,
      String serviceId,
      @org.jspecify.annotations.Nullable String etag,
      Map<String, Long> instances,
      Set<Long> processes) {
    var found = node.http().get("/token?token=kept&include=metadata");
    assertEquals(200, found.status(), found::toString);
    assertEquals(etag, found.header("etag"));
    assertEquals(instances, twoHealthyInstances(node, serviceId), "adopted without a request");
    assertEquals(processes, new TreeSet<>(cluster.serviceProcesses(serviceId)), "none more");
    var source = node.http().get("/apps/" + serviceId).json().at("/source-tokens/0/0");
    assertEquals("kept", source.path("token").asText());
    assertEquals(etag, source.path("version").asText());
    var reply = node.http().get("/work", Http.headers("x-waiter-token", "kept"));
    assertEquals(200, reply.status(), reply::toString);
    var pid = Long.parseLong(String.valueOf(reply.header("x-witness-pid")));
    assertTrue(processes.contains(pid), "an old process answers: " + pid + " of " + processes);
  }

  /** Instance id to process id. */
  private static Map<String, Long> twoHealthyInstances(NodeProcess node, String serviceId) {
    return Await.value(
        "two healthy instances",
        LIMIT,
        () -> {
          var healthy = new HashMap<String, Long>();
          for (JsonNode instance :
              node.http().get("/apps/" + serviceId).json().at("/instances/active-instances")) {
            if (instance.path("healthy?").asBoolean()) {
              healthy.put(
                  instance.path("id").asText(), instance.path("shell-scheduler/pid").asLong());
            }
          }
          return healthy;
        },
        healthy -> healthy.size() == 2);
  }

  @Test
  void kill_duringWrites_losesNoAcknowledgedOne() throws Exception {
    try (var cluster = ClusterOfNodes.plan("RestartIT-writes").nodes(1).start()) {
      var node = cluster.node(0);
      var acknowledged = new ConcurrentHashMap<String, String>();
      var writers = Executors.newFixedThreadPool(4);
      for (int writer = 0; writer < 4; writer++) {
        int id = writer;
        writers.execute(() -> writeUntilItFails(node, id, acknowledged));
      }
      Await.value("writes are answered", LIMIT, acknowledged::size, size -> size >= 200);
      node.kill();
      writers.shutdown();
      assertTrue(writers.awaitTermination(60, TimeUnit.SECONDS));

      node.start().awaitReady();
      for (var entry : acknowledged.entrySet()) {
        var found = node.http().get("/token?token=" + entry.getKey());
        assertEquals(200, found.status(), () -> entry.getKey() + ": " + found);
        assertEquals(entry.getValue(), found.header("etag"), entry.getKey());
      }
    }
  }

  private static void writeUntilItFails(
      NodeProcess node, int writer, Map<String, String> acknowledged) {
    for (int i = 0; i < 100_000; i++) {
      var name = "token-" + writer + "-" + i;
      var body = "{\"token\": \"" + name + "\", \"version\": \"" + i + "\", \"mem\": 64}";
      try {
        var reply = node.http().attempt("POST", "/token", Map.of(), body, LIMIT);
        if (reply.status() == 200) {
          acknowledged.put(name, String.valueOf(reply.header("etag")));
        }
      } catch (IOException e) {
        return;
      }
    }
  }
}
