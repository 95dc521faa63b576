package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two data centers: documents are written at home and read everywhere. */
@ExtendWith(NodeLogs.class)
class TwoDataCentersIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String USER = System.getProperty("user.name");

  @Test
  void tokens_areSharedAndOutliveTheHomeSide() {
    try (var cluster =
        ClusterOfNodes.plan("TwoDataCentersIT").nodes(2, "home").nodes(2, "away").start()) {
      var home = cluster.node(0);
      var away = cluster.node(2);
      var command = Distribution.witnessCommand(cluster.scratch("record"));
      for (var writer : cluster.nodes()) {
        var name = "by-" + writer.name();
        var written = writer.http().post("/token", Map.of(), document(name, command));
        assertEquals(200, written.status(), () -> writer.name() + ": " + written);
        for (var reader : cluster.nodes()) {
          Await.value(
              reader.name() + " sees " + name,
              LIMIT,
              () -> reader.http().get("/token?token=" + name).header("etag"),
              etag -> etag != null && etag.equals(written.header("etag")));
        }
      }
      var token = Http.headers("x-waiter-token", "by-" + home.name());
      for (var node : cluster.nodes()) {
        var reply = node.http().get("/work", token);
        assertEquals(200, reply.status(), () -> node.name() + ": " + reply);
      }

      home.kill();
      cluster.node(1).kill();
      for (var node : cluster.living()) {
        var refused = node.http().post("/token", Map.of(), document("too-late", command));
        assertEquals(503, refused.status(), () -> node.name() + ": " + refused);
        var read = node.http().get("/token?token=by-" + home.name());
        assertEquals(200, read.status(), () -> node.name() + ": " + read);
        var reply = node.http().get("/work", token);
        assertEquals(200, reply.status(), () -> node.name() + ": " + reply);
      }
      assertEquals(2, away.http().get("/state/maintainer").json().at("/state/routers").size());
    }
  }

  private static String document(String name, String command) {
    return """
        {"token": "%s", "cmd": "%s", "cpus": 0.1, "mem": 512, "version": "1", "run-as-user": "%s"}"""
        .formatted(name, command, USER);
  }
}
