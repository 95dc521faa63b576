package io.maitred.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Nodes that share a data directory and form one cluster. Closing it kills them, every process that
 * they started, and removes the data; logs stay in {@code target/it-logs}.
 */
public final class ClusterOfNodes implements AutoCloseable {
  private static final int SERVICE_PORTS = 60;
  private static final Duration FORM_LIMIT = Duration.ofMinutes(2);

  private final List<NodeProcess> nodes = new ArrayList<>();
  private final Path folder;

  private ClusterOfNodes(Path folder) {
    this.folder = folder;
  }

  /** What is to be started; nothing runs before {@link #start}. */
  public static final class Plan {
    private final String label;
    private final List<String> dataCenters = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> javaOptions =
        new ArrayList<>(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));

    private Plan(String label) {
      this.label = label;
    }

    /** Nodes of one data center. */
    public Plan nodes(int count) {
      return nodes(count, "default");
    }

    /** More nodes, in this data center; the first one named is home. */
    public Plan nodes(int count, String dataCenter) {
      for (int i = 0; i < count; i++) {
        dataCenters.add(dataCenter);
      }
      return this;
    }

    public Plan environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** Arguments of the Java virtual machine; later ones win. */
    public Plan java(String... options) {
      javaOptions.addAll(Arrays.asList(options));
      return this;
    }

    public Plan setting(String path, Object value) {
      return java("-D" + path + "=" + value);
    }

    /** Starts all nodes and waits until they are ready and see each other. */
    public ClusterOfNodes start() {
      var cluster = new ClusterOfNodes(temporary(label));
      try {
        cluster.prepare(this);
        cluster.nodes.forEach(NodeProcess::start);
        cluster.nodes.forEach(NodeProcess::awaitReady);
        cluster.awaitMembers();
        return cluster;
      } catch (RuntimeException | AssertionError e) {
        cluster.close();
        throw e;
      }
    }
  }

  /**
   * @param label names the logs
   */
  public static Plan plan(String label) {
    return new Plan(label);
  }

  private void prepare(Plan plan) {
    var ports = Stream.generate(NodeProcess.Ports::free).limit(plan.dataCenters.size()).toList();
    var servicePorts = FreePorts.block(SERVICE_PORTS);
    var environment = new LinkedHashMap<String, String>();
    environment.put("MAITRED_DATA_DIR", data().toString());
    environment.put("MAITRED_CLUSTER_NAME", "it-" + ports.get(0).remoting());
    environment.put(
        "MAITRED_SEED_NODES",
        ports.stream().map(p -> "127.0.0.1:" + p.remoting()).collect(Collectors.joining(",")));
    environment.put("MAITRED_HOME_DATA_CENTER", plan.dataCenters.get(0));
    environment.put(
        "JAVA_OPTS",
        String.join(" ", plan.javaOptions)
            + " -Dmaitred.scheduler.local.port-range.first="
            + servicePorts.get(0)
            + " -Dmaitred.scheduler.local.port-range.last="
            + servicePorts.get(SERVICE_PORTS - 1));
    environment.putAll(plan.environment);
    var logs = logs(plan.label);
    for (int i = 0; i < ports.size(); i++) {
      environment.put("MAITRED_DATA_CENTER", plan.dataCenters.get(i));
      nodes.add(
          new NodeProcess(
              plan.label + "-node-" + (i + 1),
              ports.get(i),
              logs.resolve("node-" + (i + 1) + ".log"),
              environment));
    }
  }

  /** Waits until every node counts all living ones as up. */
  public void awaitMembers() {
    var living = living();
    for (var node : living) {
      Await.value(
          node.name() + " sees all members",
          FORM_LIMIT,
          node::membersUp,
          up -> up == living.size());
    }
  }

  public NodeProcess node(int index) {
    return nodes.get(index);
  }

  public List<NodeProcess> nodes() {
    return List.copyOf(nodes);
  }

  public List<NodeProcess> living() {
    return nodes.stream().filter(NodeProcess::isAlive).toList();
  }

  /** The data directory that all nodes share. */
  public Path data() {
    return folder.resolve("data");
  }

  /** A folder for the test's own files, removed with the cluster. */
  public Path scratch(String name) {
    try {
      return Files.createDirectories(folder.resolve("scratch").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processes of services: all that run below the data directory. */
  public List<Long> serviceProcesses() {
    return ProcessTable.below(data());
  }

  /** Processes of one service. */
  public List<Long> serviceProcesses(String serviceId) {
    try (Stream<Path> all = Files.walk(data())) {
      return all.filter(path -> path.endsWith(serviceId))
          .flatMap(path -> ProcessTable.below(path).stream())
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
    Await.until(
        "no process of a service is left",
        Duration.ofSeconds(20),
        () -> {
          var left = serviceProcesses();
          left.forEach(pid -> ProcessTable.signal("KILL", pid));
          return left.isEmpty();
        });
    delete(folder);
  }

  private static Path temporary(String label) {
    try {
      return Files.createTempDirectory("maitred-" + label + "-").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path logs(String label) {
    try {
      var logs = Path.of("target", "it-logs", label).toAbsolutePath();
      delete(logs);
      return Files.createDirectories(logs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
