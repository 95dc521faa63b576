package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.FreePorts;
import io.maitred.testkit.NodeLogs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a node starts, and how it says that it cannot. */
@ExtendWith(NodeLogs.class)
class StartupIT {
  private record Ended(int status, List<String> lines) {}

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          variable                 | value                                  | line
          MAITRED_PORT             | http                                   | maitred: maitred.http.port: http (expected: an integer from 0 to 65535)
          MAITRED_PORT             | 65536                                  | maitred: maitred.http.port: 65536 (expected: an integer from 0 to 65535)
          MAITRED_MANAGEMENT_PORT  | -1                                     | maitred: maitred.management.port: -1 (expected: an integer from 0 to 65535)
          MAITRED_REMOTING_PORT    | x                                      | maitred: maitred.remoting.port: x (expected: an integer from 0 to 65535)
          MAITRED_CLUSTER_NAME     | two words                              | maitred: maitred.cluster-name: two words (expected: letters, digits, - and _)
          MAITRED_SEED_NODES       | somewhere                              | maitred: maitred.seed-nodes: somewhere (expected: host:port, comma-separated)
          MAITRED_CONF             | /no/such/file                          | maitred: MAITRED_CONF: /no/such/file (expected: a readable configuration file)
          """)
  void start_wrongValue_isOneLineThatNamesSettingValueAndExpectation(
      String variable, String value, String line, @TempDir Path folder) throws Exception {
    assertEndsWith(line, run(folder, variable, value));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          option                                                | named                                      | value
          -Dmaitred.data-centers.0=a -Dmaitred.data-centers.1=b | maitred.data-center                        | default
          -Dmaitred.discovery.sync-interval=soon                | maitred.discovery.sync-interval            | soon
          -Dmaitred.scheduler.local.port-range.first=0          | maitred.scheduler.local.port-range         | 0
          -Dmaitred.scheduler.kind=moon                         | maitred.scheduler.kind                     | moon
          -Dmaitred.database.url=jdbc:oracle:thin               | maitred.database.url                       | jdbc:oracle:thin
          -Dmaitred.http.hostnames.0=                           | maitred.http.hostnames                     |
          -Dmaitred.service-store.poll-interval=-5s             | maitred.service-store.poll-interval        | -5
          """)
  void start_wrongSettingOfAPart_isOneLineThatNamesIt(
      String option, String named, String value, @TempDir Path folder) throws Exception {
    var ended = run(folder, "JAVA_OPTS", option);
    assertNotEquals(0, ended.status());
    assertEquals(1, ended.lines().size(), () -> "one line: " + ended);
    var line = ended.lines().get(0);
    assertTrue(line.startsWith("maitred: " + named), line);
    assertTrue(value == null || line.contains(value), line);
    assertTrue(line.contains("(expected: "), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAITRED_PORT", "MAITRED_MANAGEMENT_PORT", "MAITRED_REMOTING_PORT"})
  void start_takenPort_isOneLineThatNamesIt(String variable, @TempDir Path folder)
      throws Exception {
    int port = FreePorts.one();
    try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      var ended = run(folder, variable, Integer.toString(taken.getLocalPort()));
      assertNotEquals(0, ended.status());
      var said = ended.lines().stream().filter(l -> l.startsWith("maitred: maitred.")).toList();
      assertEquals(1, said.size(), () -> "one line names the setting: " + ended);
      var setting =
          "maitred."
              + Map.of(
                      "MAITRED_PORT", "http",
                      "MAITRED_MANAGEMENT_PORT", "management",
                      "MAITRED_REMOTING_PORT", "remoting")
                  .get(variable)
              + ".port: "
              + port;
      assertTrue(said.get(0).startsWith("maitred: " + setting + " (expected: "), said.get(0));
      assertTrue(said.get(0).contains("free"), said.get(0));
      assertTrue(
          ended.lines().stream().noneMatch(l -> l.contains("\tat ")), () -> "no stack: " + ended);
    }
  }

  @Test
  void start_unpackedArchiveInAnotherFolder_answers(@TempDir Path folder) throws Exception {
    var archive = archive();
    assertEquals(
        0,
        new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString())
            .start()
            .waitFor());
    Path home;
    try (Stream<Path> children = Files.list(folder)) {
      home = children.findFirst().orElseThrow();
    }
    for (var expected :
        List.of("bin/maitred", "bin/maitred-demo-service", "lib", "conf", "LICENSE", "NOTICE")) {
      assertTrue(Files.exists(home.resolve(expected)), expected + " is in the archive");
    }
    var own = System.getProperty("maitred.distribution");
    System.setProperty("maitred.distribution", home.toString());
    try (var cluster = ClusterOfNodes.plan("StartupIT-archive").nodes(1).start()) {
      var status = cluster.node(0).http().get("/status");
      assertEquals(200, status.status());
      assertEquals("{\"status\":\"ok\"}", status.text());
      assertTrue(
          cluster.node(0).log().stream().anyMatch(line -> line.matches(".*Ready after \\d+ ms.*")),
          "the log says how long the start took");
    } finally {
      if (own == null) {
        System.clearProperty("maitred.distribution");
      } else {
        System.setProperty("maitred.distribution", own);
      }
    }
  }

  private static Path archive() {
    var home = Distribution.home();
    return home.resolve("../../" + home.getFileName() + ".tar.gz").normalize();
  }

  private static void assertEndsWith(String line, Ended ended) {
    assertNotEquals(0, ended.status());
    assertEquals(List.of(line), ended.lines());
  }

  /** Starts a node that is expected to end by itself. */
  private static Ended run(Path folder, String variable, String value)
      throws IOException, InterruptedException {
    var environment = new HashMap<String, String>();
    environment.put("MAITRED_PORT", Integer.toString(FreePorts.one()));
    environment.put("MAITRED_MANAGEMENT_PORT", Integer.toString(FreePorts.one()));
    environment.put("MAITRED_REMOTING_PORT", Integer.toString(FreePorts.one()));
    environment.put("MAITRED_DATA_DIR", folder.resolve("data").toString());
    environment.put(variable, value);
    var output = folder.resolve("output");
    var builder = new ProcessBuilder(Distribution.home().resolve("bin/maitred").toString());
    builder.environment().keySet().removeIf(key -> key.startsWith("MAITRED_"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    var process = builder.start();
    try {
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "ends by itself");
      return new Ended(process.exitValue(), Files.readAllLines(output, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }
}
