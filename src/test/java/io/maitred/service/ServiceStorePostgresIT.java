package io.maitred.service;

import static io.maitred.service.StoreNode.get;
import static io.maitred.service.TestRules.document;
import static io.maitred.service.TestRules.edit;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.maitred.common.RefusedException;
import io.maitred.service.model.TokenDecision;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL server of its own, by settings alone. */
class ServiceStorePostgresIT extends ServiceStoreSuite {
  @TempDir static Path directory;
  private @Nullable EmbeddedPostgres server;

  @Override
  void startDatabase() throws IOException {
    server = EmbeddedPostgres.builder().start();
  }

  @Override
  void stopDatabase() throws IOException {
    requireNonNull(server).close();
  }

  @Override
  Map<String, Object> database() {
    return settings(requireNonNull(server));
  }

  private static Map<String, Object> settings(EmbeddedPostgres postgres) {
    return Map.of(
        "maitred.data-dir",
        directory.toString(),
        "maitred.database.url",
        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
        "maitred.database.user",
        "postgres",
        "maitred.database.connection-timeout",
        "1s");
  }

  @Override
  void bumpRevision(String persistenceId) throws Exception {
    try (var connection = requireNonNull(server).getPostgresDatabase().getConnection();
        var update =
            connection.prepareStatement(
                "UPDATE durable_state SET revision = revision + 1 WHERE persistence_id = ?")) {
      update.setString(1, persistenceId);
      update.executeUpdate();
    }
  }

  @Test
  void databaseAway_writesAreRefusedReadsGoOn_untilItIsBack() throws Exception {
    var data = directory.resolve("away").toFile();
    var first =
        EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).start();
    var settings = new HashMap<>(settings(first));
    settings.put("maitred.service-store.write-timeout", "2s");
    settings.put("maitred.service-store.attempt-timeout", "500ms");
    try (var node = StoreNode.start(settings)) {
      node.join(node).awaitUp(1);
      get(node.store.change(edit("kept", "v1")));
      first.close();

      var failure =
          assertThrows(ExecutionException.class, () -> get(node.store.change(edit("kept", "v2"))));

      var refusal = assertInstanceOf(RefusedException.class, failure.getCause()).refusal();
      assertEquals(503, refusal.status());
      assertEquals(
          "The database is not available; the change was not confirmed.", refusal.message());
      assertEquals(document("kept", "v1"), node.store.tables().token("kept"));

      try (var again =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setPort(first.getPort())
              .start()) {
        node.eventually(
            () -> {
              try {
                assertInstanceOf(
                    TokenDecision.Stored.class, get(node.store.change(edit("kept", "v3"))));
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
        assertEquals(document("kept", "v3"), node.store.tables().token("kept"));
        assertEquals(first.getPort(), again.getPort());
      }
    }
  }
}
