package io.maitred.waitingroom.preview;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL server of its own. */
class PreviewTablePostgresIT extends PreviewTableSuite {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static EmbeddedPostgres server;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() throws IOException {
    server = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @Override
  Map<String, Object> settings() throws Exception {
    var name = "previews" + DATABASES.incrementAndGet();
    try (var connection = server.getPostgresDatabase().getConnection();
        var create = connection.createStatement()) {
      create.execute("CREATE DATABASE " + name);
    }
    return Map.of(
        "maitred.data-dir",
        folder.toString(),
        "maitred.database.url",
        "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name,
        "maitred.database.user",
        "postgres");
  }
}
