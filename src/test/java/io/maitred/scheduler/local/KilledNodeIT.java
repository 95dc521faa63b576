package io.maitred.scheduler.local;

import static io.maitred.scheduler.local.LocalFixture.await;
import static io.maitred.scheduler.local.LocalFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.scheduler.local.model.PortTable;
import io.maitred.service.model.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that runs an adapter is killed while it starts instances; no process may be lost. */
class KilledNodeIT {
  private static final int WANTED = 12;

  @TempDir Path data;

  /** The process that is killed. */
  static final class Node {
    private Node() {}

    @SuppressWarnings("FutureReturnValueIgnored") // it is killed before anything is done
    public static void main(String[] arguments) throws InterruptedException {
      var data = Path.of(arguments[0]);
      var scheduler =
          new LocalScheduler(
              LocalFixture.SETTINGS, data, "test", "here", Clock.systemUTC(), new Random());
      var fixture = new LocalFixture(data);
      var spec = fixture.spec("many", "sleep 1000", Map.of());
      scheduler.create(spec);
      scheduler.scale(spec.id(), WANTED, false);
      TimeUnit.MINUTES.sleep(5);
    }
  }

  @ParameterizedTest(name = "killed when {0} records exist")
  @ValueSource(ints = {1, 2, 3, 5, 8, 12})
  void killedNode_losesNoProcess(int records) throws Exception {
    long seed = records;
    var node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Node.class.getName(),
                data.toString())
            .inheritIO()
            .start();
    try {
      await(records + " records", () -> records() >= records);
      // Somewhere between record, fork, wrapper and command.
      LockSupport.parkNanos(new Random(seed).nextInt(3_000_000));
    } finally {
      node.destroyForcibly().waitFor();
    }

    try (var fixture = new LocalFixture(data)) {
      var spec = fixture.spec("many", "sleep 1000", Map.of());
      get(fixture.start().started());
      await("all", () -> fixture.report(spec) != null);
      int requested = fixture.existing(spec).requested();
      await("as many as requested", () -> fixture.existing(spec).active().size() == requested);
      var known =
          fixture.existing(spec).active().stream()
              .map(Instance::id)
              .map(Object::toString)
              .collect(Collectors.toCollection(TreeSet::new));
      assertTrue(known.size() <= WANTED, known::toString);
      await("nobody else", () -> known.equals(running()));
      get(fixture.start().delete(spec.id()));
      assertEquals(Set.of(), running());
      await("ports are given back", () -> leftPorts().isEmpty());
    }
  }

  private long records() {
    var directory = data.resolve("local/test/here/services/many");
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().matches(".*many\\.[0-9a-f]+\\.json")).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Instances of which there is a process, whether somebody knows of it or not. */
  private Set<String> running() {
    var home = data.toAbsolutePath().resolve("local/test/here/scheduler");
    try {
      var ids = new TreeSet<String>();
      for (var entry : ProcessEntry.all()) {
        if (entry.running() && entry.startedWith("HOME=" + home)) {
          ids.add(instanceOf(entry));
        }
      }
      return ids;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String instanceOf(ProcessEntry entry) {
    String environment;
    try {
      environment = Files.readString(Path.of("/proc/" + entry.pid() + "/environ"));
    } catch (IOException e) {
      return "gone: " + entry; // looked at again, the condition is awaited
    }
    return java.util.Arrays.stream(environment.split("\0"))
        .filter(line -> line.startsWith("WAITER_INSTANCE_ID="))
        .map(line -> line.substring(line.indexOf('=') + 1))
        .findFirst()
        .orElse("none: " + entry);
  }

  private List<Integer> leftPorts() {
    PortTable table;
    try {
      table = JsonFiles.read(data.resolve("local/ports.json"), PortTable.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return table.reservations().entrySet().stream()
        .filter(each -> each.getValue().freeFrom() == null)
        .map(Map.Entry::getKey)
        .toList();
  }
}
