package io.maitred.waitingroom.store;

import static java.util.Objects.requireNonNull;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL server of its own. */
class RoomStorePostgresIT extends RoomStoreSuite {
  @TempDir static Path directory;
  private final Set<String> databases = new HashSet<>();
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
  Map<String, Object> database(String name) throws Exception {
    var postgres = requireNonNull(server);
    if (databases.add(name)) {
      try (var connection = postgres.getPostgresDatabase().getConnection();
          var create = connection.createStatement()) {
        create.execute("CREATE DATABASE " + name);
      }
    }
    return Map.of(
        "maitred.data-dir",
        directory.toString(),
        "maitred.database.url",
        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + name,
        "maitred.database.user",
        "postgres",
        "maitred.database.connection-timeout",
        "1s");
  }
}
