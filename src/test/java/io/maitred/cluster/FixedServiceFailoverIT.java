package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Http;
import io.maitred.testkit.Load;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.SiteServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The node that watches the backends goes; another one goes on, and nobody notices. */
@ExtendWith(NodeLogs.class)
class FixedServiceFailoverIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @Test
  void leaderKilled_underLoad_failsOnlyItsOwnRequestsInFlight() {
    try (var a = SiteServer.start("a");
        var b = SiteServer.start("b");
        var cluster = ClusterOfNodes.plan("FixedServiceFailoverIT").nodes(3).start()) {
      var host = Http.headers("host", "site.example");
      var token =
          """
          {"token": "site.example", "scheduler": "fixed", "backends": ["%s", "%s"],
           "health-check-url": "/health", "concurrency-level": 3}"""
              .formatted(a.url(), b.url());
      assertEquals(200, cluster.node(0).http().post("/token", Map.of(), token).status());
      for (var node : cluster.nodes()) {
        Await.until(
            node.name() + " serves", LIMIT, () -> node.http().get("/", host).status() == 200);
      }
      var leader =
          cluster.nodes().stream()
              .filter(
                  node -> node.http().get("/state/leader").json().at("/state/leader?").asBoolean())
              .findFirst()
              .orElseThrow();
      try (var load = new Load("/?ms=20", host, LIMIT)) {
        load.clients(12, cluster.nodes());
        load.awaitSuccesses(300, LIMIT);
        leader.kill();
        cluster.awaitMembers();
        int checks = a.checks();
        Await.until("somebody checks again", LIMIT, () -> a.checks() > checks);
        load.awaitSuccesses(300, LIMIT);
        load.stop();
        for (var failure : load.failures()) {
          assertEquals(leader, failure.node(), failure::toString);
        }
        assertTrue(load.failures().size() <= 12, () -> "one for each client: " + load.failures());
      }
      assertTrue(a.mostAtOnce() <= 3 && b.mostAtOnce() <= 3, a.mostAtOnce() + " " + b.mostAtOnce());
      var apps = cluster.living().get(0).http().get("/apps?scheduler=fixed").json();
      assertEquals(List.of("Running"), apps.findValuesAsText("status"));
    }
  }
}
