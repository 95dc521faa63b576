package io.maitred.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          variable                 | value     | line
          MAITRED_REMOTING_PORT    | abc       | maitred.remoting.port: abc (expected: an integer from 0 to 65535)
          MAITRED_REMOTING_PORT    | 70000     | maitred.remoting.port: 70000 (expected: an integer from 0 to 65535)
          MAITRED_MANAGEMENT_PORT  | -1        | maitred.management.port: -1 (expected: an integer from 0 to 65535)
          MAITRED_CLUSTER_NAME     | a b       | maitred.cluster-name: a b (expected: letters, digits, - and _)
          MAITRED_SEED_NODES       | one       | maitred.seed-nodes: one (expected: host:port, comma-separated)
          MAITRED_CONF             | /no/file  | MAITRED_CONF: /no/file (expected: a readable configuration file)
          """)
  void load_wrongValue_isOneLineThatNamesTheSetting(String variable, String value, String line) {
    var failure =
        assertThrows(
            InvalidSettingException.class,
            () -> NodeSettings.from(NodeConfig.load(Map.of(variable, value), null)));
    assertEquals(line, failure.getMessage());
  }

  @Test
  void load_everyVariable_namesAnExistingSetting() {
    var config = ConfigFactory.defaultReference();
    NodeConfig.ENVIRONMENT
        .values()
        .forEach(path -> assertTrue(config.hasPathOrNull(path), path + " has no default"));
  }

  @Test
  void load_environment_winsOverTheFile(@TempDir Path folder) throws Exception {
    var file = folder.resolve("operator.conf");
    Files.writeString(file, "maitred { cluster-name = from-file, data-center = file-dc }");
    var settings =
        NodeSettings.from(
            NodeConfig.load(
                Map.of(
                    "MAITRED_CONF", file.toString(),
                    "MAITRED_CLUSTER_NAME", "from-environment",
                    "MAITRED_DATA_CENTER", " ",
                    "MAITRED_SEED_NODES", "10.0.0.1:1, 10.0.0.2:2"),
                null));
    assertEquals("from-environment", settings.clusterName());
    assertEquals("file-dc", settings.dataCenter(), "a blank variable counts as unset");
    assertEquals("file-dc", settings.homeDataCenter());
    assertEquals(List.of("10.0.0.1:1", "10.0.0.2:2"), settings.seedNodes());
  }

  @Test
  void from_severalDataCenters_needAHome() {
    var config =
        ConfigFactory.parseString("maitred { data-center = a, data-centers = [a, b] }")
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    var failure = assertThrows(InvalidSettingException.class, () -> NodeSettings.from(config));
    assertEquals(
        "maitred.home-data-center: missing (expected: one of data-centers: a, b)",
        failure.getMessage());
  }
}
