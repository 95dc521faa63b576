package io.maitred.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTest {
  @TempDir Path directory;

  private Config config(Map<String, Object> more) {
    return ConfigFactory.parseMap(more)
        .withFallback(
            ConfigFactory.parseMap(
                Map.of("maitred.data-dir", directory.resolve("data").toString())))
        .withFallback(ConfigFactory.load());
  }

  @Test
  void open_emptyDirectory_makesTheSchemaForItsOwnerOnly() throws Exception {
    var settings = DatabaseSettings.from(config(Map.of()));
    try (var database = Database.open(settings)) {
      assertEquals(List.of(), database.rowsAfter("x", -1, 10));
      assertEquals(List.of(), database.positionsAfter("x", -1, 10));
      assertEquals(List.of(), database.rows(List.of("Token|a")));
      var lock = Files.readString(directory.resolve("data/maitred.lock.db"));
      assertTrue(lock.contains("server=localhost"), lock);
    }
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("data"))));
    assertEquals("127.0.0.1", System.getProperty("h2.bindAddress"));
  }

  @Test
  void open_again_keepsWhatIsThere() throws Exception {
    var settings = DatabaseSettings.from(config(Map.of()));
    Database.open(settings).close();
    try (var database = Database.open(settings)) {
      assertEquals(List.of(), database.rowsAfter("x", -1, 10));
    }
  }

  @Test
  void open_severalAtOnce_allGetTheSchema() throws Exception {
    var settings = DatabaseSettings.from(config(Map.of()));
    int nodes = 4;
    var together = new CyclicBarrier(nodes);
    var pool = Executors.newFixedThreadPool(nodes);
    try {
      var opened = new ArrayList<Future<Database>>();
      for (int node = 0; node < nodes; node++) {
        opened.add(
            pool.submit(
                () -> {
                  together.await();
                  return Database.open(settings);
                }));
      }
      for (var future : opened) {
        var database = future.get(60, TimeUnit.SECONDS);
        assertEquals(List.of(), database.rowsAfter("x", -1, 10));
      }
      for (var future : opened) {
        future.get().close();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void open_directoryIsAFile_saysSoInOneLine() throws Exception {
    Files.writeString(directory.resolve("data"), "");
    var settings = DatabaseSettings.from(config(Map.of()));

    var failure =
        assertThrows(DatabaseUnavailableException.class, () -> Database.open(settings).close());

    assertEquals(
        "maitred.data-dir: " + directory.resolve("data") + " (expected: a writable directory)",
        failure.getMessage());
  }

  @Test
  void open_noServer_saysSoInOneLineWithoutThePassword() {
    var settings =
        DatabaseSettings.from(
            config(
                Map.of(
                    "maitred.database.url", "jdbc:postgresql://127.0.0.1:1/x?password=geheim",
                    "maitred.database.connection-timeout", "1s")));

    var failure =
        assertThrows(DatabaseUnavailableException.class, () -> Database.open(settings).close());

    var message = String.valueOf(failure.getMessage());
    assertTrue(
        message.startsWith("maitred.database.url: POSTGRESQL at jdbc:postgresql://127.0.0.1:1/x "),
        message);
    assertEquals(1, message.lines().count(), message);
    assertTrue(!message.contains("geheim"), message);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
      case                  | url                                     | message
      another database      | jdbc:mysql://db/x                       | maitred.database.url: jdbc:mysql://db/x (expected: a URL that begins with jdbc:h2: or jdbc:postgresql:)
      no password is shown  | jdbc:oracle://me:geheim@db/x?secret=1   | maitred.database.url: jdbc:oracle://db/x (expected: a URL that begins with jdbc:h2: or jdbc:postgresql:)
      not a URL             | data                                    | maitred.database.url: data (expected: a URL that begins with jdbc:h2: or jdbc:postgresql:)
      """)
  void from_wrongUrl_isRefused(String name, String url, String message) {
    var failure =
        assertThrows(
            InvalidSettingException.class,
            () -> DatabaseSettings.from(config(Map.of("maitred.database.url", url))));
    assertEquals(message, failure.getMessage());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
      case                   | url                                   | complete
      own H2                 | jdbc:h2:mem:x                         | jdbc:h2:mem:x;DATABASE_TO_UPPER=FALSE
      case of names is given | jdbc:h2:mem:x;database_to_upper=false | jdbc:h2:mem:x;database_to_upper=false
      PostgreSQL             | jdbc:postgresql://db/x                | jdbc:postgresql://db/x
      """)
  void from_givenUrl_isCompleted(String name, String url, String complete) {
    var settings = DatabaseSettings.from(config(Map.of("maitred.database.url", url)));
    assertEquals(complete, settings.url());
    assertEquals(complete, settings.overlay().getString("jdbc-durable-state-store.slick.db.url"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
      case,           host,        bind
      one address,    192.168.1.7, 192.168.1.7
      every address,  0.0.0.0,     127.0.0.1
      every address6, ::,          127.0.0.1
      """)
  void from_host_isWhereH2Listens(String name, String host, String bind) {
    assertEquals(bind, DatabaseSettings.from(config(Map.of("maitred.host", host))).bindAddress());
  }
}
