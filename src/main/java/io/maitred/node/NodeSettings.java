package io.maitred.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueType;
import io.maitred.common.ConfigReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who this node is: names, addresses, ports, folders.
 *
 * @param host address to bind to
 * @param advertisedHost address that others use to reach this node
 * @param seedNodes host:port of nodes to join; empty to form a cluster alone
 * @param dataDirectory absolute
 */
public record NodeSettings(
    String clusterName,
    String host,
    String advertisedHost,
    String dataCenter,
    String homeDataCenter,
    List<String> seedNodes,
    int remotingPort,
    String managementHost,
    int managementPort,
    Path dataDirectory,
    String runAsUser) {

  private static final String CLUSTER_NAME = "[a-zA-Z0-9][a-zA-Z0-9_-]*";
  private static final String WILDCARD = "0.0.0.0";

  public static NodeSettings from(Config config) {
    var read = new ConfigReader(config, "maitred");
    var clusterName = read.nonBlank("cluster-name");
    if (!clusterName.matches(CLUSTER_NAME)) {
      throw read.invalid("cluster-name", clusterName, "letters, digits, - and _");
    }
    var host = read.nonBlank("host");
    var dataCenter = read.nonBlank("data-center");
    var user = read.string("run-as-user");
    return new NodeSettings(
        clusterName,
        host,
        advertisedHost(host, read.string("advertised-host")),
        dataCenter,
        homeDataCenter(read, dataCenter),
        seedNodes(read, config),
        read.port("remoting.port"),
        read.nonBlank("management.host"),
        read.port("management.port"),
        Path.of(read.nonBlank("data-dir")).toAbsolutePath().normalize(),
        user.isBlank() ? System.getProperty("user.name") : user);
  }

  private static String homeDataCenter(ConfigReader read, String own) {
    var home = read.string("home-data-center");
    var all = read.strings("data-centers");
    if (!all.isEmpty() && !all.contains(own)) {
      throw read.invalid("data-center", own, "one of data-centers: " + String.join(", ", all));
    }
    if (all.size() > 1 && !all.contains(home)) {
      throw read.invalid(
          "home-data-center",
          home.isBlank() ? "missing" : home,
          "one of data-centers: " + String.join(", ", all));
    }
    return home.isBlank() ? own : home;
  }

  private static List<String> seedNodes(ConfigReader read, Config config) {
    var list =
        config.getValue("maitred.seed-nodes").valueType() == ConfigValueType.STRING
            ? Arrays.stream(read.string("seed-nodes").split(",")).map(String::trim).toList()
            : read.strings("seed-nodes");
    for (var seed : list) {
      if (!seed.matches("[^:\\s]+:\\d{1,5}")) {
        throw read.invalid("seed-nodes", seed, "host:port, comma-separated");
      }
    }
    return list;
  }

  private static String advertisedHost(String host, String advertised) {
    if (!advertised.isBlank()) {
      return advertised;
    }
    if (!host.equals(WILDCARD)) {
      return host;
    }
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      return "127.0.0.1";
    }
  }

  /** What these settings mean to Akka; goes above the rest of the configuration. */
  Config akka() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("akka.remote.artery.canonical.hostname", advertisedHost);
    values.put("akka.remote.artery.canonical.port", remotingPort);
    values.put("akka.remote.artery.bind.hostname", host);
    values.put("akka.cluster.multi-data-center.self-data-center", dataCenter);
    values.put("akka.management.http.hostname", managementHost);
    values.put("akka.management.http.bind-hostname", managementHost);
    values.put("akka.management.http.port", managementPort);
    values.put("akka.management.http.bind-port", managementPort);
    // here and not among the defaults: whoever starts a part alone, as tests do, wants to live on
    values.put("akka.coordinated-shutdown.exit-jvm", true);
    return ConfigFactory.parseMap(values, "maitred settings");
  }
}
