package io.maitred.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValueFactory;
import io.maitred.common.InvalidSettingException;
import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the configuration together. The first that has a value wins: system properties ({@code
 * -Dpath=value}), the environment, the operator's file, {@code reference.conf}.
 */
public final class NodeConfig {

  /** Environment variable to the setting that it stands for. */
  static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("MAITRED_HOST", "maitred.host"),
          Map.entry("MAITRED_PORT", "maitred.http.port"),
          Map.entry("MAITRED_MANAGEMENT_PORT", "maitred.management.port"),
          Map.entry("MAITRED_REMOTING_PORT", "maitred.remoting.port"),
          Map.entry("MAITRED_SEED_NODES", "maitred.seed-nodes"),
          Map.entry("MAITRED_CLUSTER_NAME", "maitred.cluster-name"),
          Map.entry("MAITRED_DATA_CENTER", "maitred.data-center"),
          Map.entry("MAITRED_HOME_DATA_CENTER", "maitred.home-data-center"),
          Map.entry("MAITRED_DATA_DIR", "maitred.data-dir"),
          Map.entry("MAITRED_JDBC_URL", "maitred.database.url"),
          Map.entry("MAITRED_JDBC_USER", "maitred.database.user"),
          Map.entry("MAITRED_JDBC_PASSWORD", "maitred.database.password"),
          Map.entry("MAITRED_RUN_AS_USER", "maitred.run-as-user"));

  private NodeConfig() {}

  /**
   * Reads everything. Blank environment variables count as unset.
   *
   * @param defaultFile the operator's file when {@code MAITRED_CONF} is not set; may be absent
   * @throws InvalidSettingException when the file is missing though named, or cannot be parsed
   */
  public static Config load(Map<String, String> environment, @Nullable String defaultFile) {
    try {
      return ConfigFactory.defaultOverrides()
          .withFallback(fromEnvironment(environment))
          .withFallback(fromFile(environment.get("MAITRED_CONF"), defaultFile))
          .withFallback(ConfigFactory.defaultReference())
          .resolve();
    } catch (ConfigException.Parse e) {
      throw new InvalidSettingException(
          "configuration", String.valueOf(e.getMessage()), "readable HOCON");
    }
  }

  private static Config fromEnvironment(Map<String, String> environment) {
    var config = ConfigFactory.empty();
    for (var entry : new TreeMap<>(ENVIRONMENT).entrySet()) {
      var value = environment.get(entry.getKey());
      if (value != null && !value.isBlank()) {
        config =
            config.withValue(
                entry.getValue(),
                ConfigValueFactory.fromAnyRef(value, "environment variable " + entry.getKey()));
      }
    }
    return config;
  }

  private static Config fromFile(@Nullable String named, @Nullable String defaultFile) {
    if (named != null && !named.isBlank()) {
      return parse(named);
    }
    return defaultFile != null && new File(defaultFile).isFile()
        ? parse(defaultFile)
        : ConfigFactory.empty();
  }

  private static Config parse(String path) {
    var file = new File(path);
    if (!file.isFile()) {
      throw new InvalidSettingException("MAITRED_CONF", path, "a readable configuration file");
    }
    return ConfigFactory.parseFile(file, ConfigParseOptions.defaults().setAllowMissing(false));
  }
}
