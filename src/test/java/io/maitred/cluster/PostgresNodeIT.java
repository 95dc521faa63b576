package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.NodeLogs;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node on PostgreSQL, by three variables of its environment. */
@ExtendWith(NodeLogs.class)
class PostgresNodeIT {

  @Test
  void token_acknowledgedBeforeAKill_isThereAfterIt() throws IOException {
    try (var postgres = EmbeddedPostgres.builder().start();
        var cluster =
            ClusterOfNodes.plan("PostgresNodeIT")
                .nodes(1)
                .environment("MAITRED_JDBC_URL", postgres.getJdbcUrl("postgres", "postgres"))
                .environment("MAITRED_JDBC_USER", "postgres")
                .environment("MAITRED_JDBC_PASSWORD", "postgres")
                .start()) {
      var node = cluster.node(0);
      var created =
          node.http()
              .post("/token", Map.of(), "{\"token\": \"kept\", \"cpus\": 1.0, \"mem\": 128}");
      assertEquals(200, created.status(), created::toString);

      node.kill();
      node.start().awaitReady();

      var found = node.http().get("/token?token=kept");
      assertEquals(200, found.status(), found::toString);
      assertEquals(created.header("etag"), found.header("etag"));
      assertEquals("1.0", found.json().path("cpus").toString());
    }
  }
}
