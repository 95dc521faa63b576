package io.maitred.service;

import com.typesafe.config.ConfigFactory;
import io.maitred.store.DatabaseSettings;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The embedded default: one H2 file for all nodes. */
class ServiceStoreH2IT extends ServiceStoreSuite {
  @TempDir static Path directory;

  @Override
  Map<String, Object> database() {
    return Map.of("maitred.data-dir", directory.toString());
  }

  @Override
  void bumpRevision(String persistenceId) throws Exception {
    var settings =
        DatabaseSettings.from(
            ConfigFactory.parseMap(database()).withFallback(ConfigFactory.load()));
    try (var connection = DriverManager.getConnection(settings.url(), "sa", "");
        var update =
            connection.prepareStatement(
                "UPDATE durable_state SET revision = revision + 1 WHERE persistence_id = ?")) {
      update.setString(1, persistenceId);
      update.executeUpdate();
    }
  }
}
