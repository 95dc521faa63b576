package io.maitred.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node as a process of its own. Not for several threads, except for its clients. */
public final class NodeProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(100);

  /** Ports of a node. */
  public record Ports(int http, int management, int remoting) {
    public static Ports free() {
      return new Ports(FreePorts.one(), FreePorts.one(), FreePorts.one());
    }
  }

  private final String name;
  private final Ports ports;
  private final Path log;
  private final Map<String, String> environment;
  private @Nullable Process process;

  NodeProcess(String name, Ports ports, Path log, Map<String, String> environment) {
    this.name = name;
    this.ports = ports;
    this.log = log;
    this.environment = new LinkedHashMap<>(environment);
    this.environment.put("MAITRED_PORT", Integer.toString(ports.http()));
    this.environment.put("MAITRED_MANAGEMENT_PORT", Integer.toString(ports.management()));
    this.environment.put("MAITRED_REMOTING_PORT", Integer.toString(ports.remoting()));
    NodeLogs.add(log);
  }

  /** Starts the process; to be followed by {@link #awaitReady}. Also starts it again. */
  public NodeProcess start() {
    var builder = new ProcessBuilder(Distribution.home().resolve("bin/maitred").toString());
    builder.environment().keySet().removeIf(key -> key.startsWith("MAITRED_"));
    builder.environment().remove("JAVA_OPTS");
    builder.environment().putAll(environment);
    builder.directory(log.resolveSibling(".").toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Waits until management says that the node is ready. */
  public NodeProcess awaitReady() {
    Await.until(
        name + " is ready",
        START_LIMIT,
        () -> {
          if (!isAlive()) {
            throw new AssertionError(name + " ended with " + process().exitValue());
          }
          return management().get("/ready").status() == 200;
        });
    return this;
  }

  /** The front end. */
  public Http http() {
    return Http.local(ports.http());
  }

  public Http management() {
    return Http.local(ports.management());
  }

  public Ports ports() {
    return ports;
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process().pid();
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Asks it to leave; returns at once. */
  public void terminate() {
    ProcessTable.signal("TERM", pid());
  }

  /** Kills it and waits until it is gone. */
  public void kill() {
    ProcessTable.signal("KILL", pid());
    awaitExit();
  }

  public void pause() {
    ProcessTable.signal("STOP", pid());
  }

  public void resume() {
    ProcessTable.signal("CONT", pid());
  }

  /** Waits for the end of the process and returns its exit status. */
  public int awaitExit() {
    try {
      if (!process().waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(name + " did not end within " + STOP_LIMIT.toSeconds() + " s");
      }
      return process().exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** How many members this node counts as up. */
  public int membersUp() {
    int up = 0;
    for (JsonNode member : management().get("/cluster/members").json().path("members")) {
      if (member.path("status").asText().equals("Up")) {
        up++;
      }
    }
    return up;
  }

  /** How many entities of this type live on this node. */
  public int entities(String type) {
    int count = 0;
    for (JsonNode shard : management().get("/cluster/shards/" + type).json().path("regions")) {
      count += shard.path("numEntities").asInt();
    }
    return count;
  }

  /** Everything that the process has written. */
  public List<String> log() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process() {
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }

  @Override
  public void close() {
    if (isAlive()) {
      resume();
      kill();
    }
  }
}
