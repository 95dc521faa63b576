package io.maitred.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import io.maitred.common.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSecretTest {
  private static final ServiceId ID = new ServiceId("waiter-service-a");

  @TempDir Path directory;

  private Config config(String secret) {
    return ConfigFactory.parseMap(
            Map.of("maitred.cluster-secret", secret, "maitred.data-dir", directory.toString()))
        .withFallback(ConfigFactory.load());
  }

  @Test
  void from_nothingThere_makesASecretForItsOwnerOnly() throws IOException {
    var password = ClusterSecret.from(config("")).servicePassword(ID);

    assertTrue(password.matches("[0-9a-f]{32}"), password);
    var folder = directory.resolve("secrets");
    var file = folder.resolve("cluster-secret");
    assertEquals(32, Files.size(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    assertEquals(password, ClusterSecret.from(config("")).servicePassword(ID), "found again");
  }

  @Test
  void from_severalAtOnce_allAgree() throws Exception {
    int nodes = 8;
    for (int round = 0; round < 20; round++) {
      var data = directory.resolve("round-" + round);
      var together = new CyclicBarrier(nodes);
      var pool = Executors.newFixedThreadPool(nodes);
      try {
        var made = new ArrayList<Future<String>>();
        for (int node = 0; node < nodes; node++) {
          made.add(
              pool.submit(
                  () -> {
                    together.await();
                    return ClusterSecret.inDirectory(data).servicePassword(ID);
                  }));
        }
        var passwords = new HashSet<String>();
        for (var password : made) {
          passwords.add(password.get(60, TimeUnit.SECONDS));
        }
        assertEquals(1, passwords.size(), "round " + round);
        try (var files = Files.list(data.resolve("secrets"))) {
          assertEquals(1, files.count(), "nothing temporary is left, round " + round);
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Test
  void servicePassword_dependsOnServiceAndSecret() {
    var one = ClusterSecret.from(config("0123456789abcdef"));
    var other = ClusterSecret.from(config("0123456789abcdeX"));
    assertEquals(32, one.servicePassword(ID).length());
    assertNotEquals(one.servicePassword(ID), one.servicePassword(new ServiceId("b")));
    assertNotEquals(one.servicePassword(ID), other.servicePassword(ID));
  }

  @Test
  void from_shortSecret_isRefusedWithoutShowingIt() {
    var failure =
        assertThrows(InvalidSettingException.class, () -> ClusterSecret.from(config("short")));
    assertEquals(
        "maitred.cluster-secret: ***** (expected: at least 16 characters, or empty)",
        failure.getMessage());
  }

  @Test
  void from_damagedFile_isRefused() throws IOException {
    Files.createDirectories(directory.resolve("secrets"));
    Files.writeString(directory.resolve("secrets/cluster-secret"), "half");
    var failure = assertThrows(InvalidSettingException.class, () -> ClusterSecret.from(config("")));
    var message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("4 bytes (expected: 32)"), message);
  }
}
