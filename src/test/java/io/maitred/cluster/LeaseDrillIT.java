package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.Load;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.NodeProcess;
import io.maitred.testkit.WitnessRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promise of leases, tried on real nodes: what a router holds it may use, and nobody else. */
@ExtendWith(NodeLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeaseDrillIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /**
   * Far less than it takes to replace a reserver, far more than a busy machine delays a request.
   */
  private static final Duration NO_PAUSE = Duration.ofSeconds(5);

  /** From the removal of a node until others may use its slots, with something to spare. */
  private static final Duration MARGIN = Duration.ofSeconds(8);

  private static final String RESERVER = "InstanceReserver";

  private static ClusterOfNodes cluster;

  @BeforeAll
  static void startNodes() {
    cluster =
        ClusterOfNodes.plan("LeaseDrillIT")
            .nodes(3)
            .setting("maitred.reservation.idle-limit", "3s")
            .start();
  }

  @AfterAll
  static void stopNodes() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void pausedRouter_startsNothingOnSlotsThatOthersHold() {
    var record = cluster.scratch("paused");
    var service = service(record, "paused", 2, 1);
    serveThroughAll(service);
    var owner = owner();
    var paused = cluster.nodes().stream().filter(node -> node != owner).findFirst().orElseThrow();
    pauseUnderLoad(paused, service, record, Duration.ofSeconds(30));
  }

  @Test
  @Order(2)
  void pausedOwnerOfTheReserver_givesNothingThatOthersHold() {
    var record = cluster.scratch("owner");
    var service = service(record, "paused", 2, 1);
    serveThroughAll(service);
    pauseUnderLoad(owner(), service, record, MARGIN);
  }

  /**
   * @param atLeast how long the pause lasts; never less than until the others use the slots again
   */
  private void pauseUnderLoad(
      NodeProcess paused, Map<String, String> service, Path record, Duration atLeast) {
    var others = cluster.nodes().stream().filter(node -> node != paused).toList();
    try (var load = new Load("/work?ms=100", service, Duration.ofSeconds(60));
        var stuck = new Load("/work?ms=100", service, Duration.ofSeconds(60))) {
      load.clients(4, others);
      stuck.clients(6, List.of(paused));
      stuck.awaitSuccesses(20, LIMIT);
      load.awaitSuccesses(20, LIMIT);
      paused.pause();
      long pausedAt = System.nanoTime();
      Await.value("the others remove it", LIMIT, () -> others.get(0).membersUp(), up -> up == 2);
      Await.until(
          "the pause is over", LIMIT, () -> System.nanoTime() - pausedAt > atLeast.toNanos());
      long since = System.currentTimeMillis();
      Await.value(
          "both instances work for the others",
          LIMIT,
          () -> WitnessRecord.read(record).begunSince(since),
          begun -> begun.size() == 2 && begun.values().stream().allMatch(count -> count > 5));
      paused.resume();
      load.awaitSuccesses(60, LIMIT);
      paused.awaitExit(); // a removed node ends by itself
      load.awaitSuccesses(20, LIMIT);
      load.stop();
      assertEquals(List.of(), load.failures(), "requests through the others");
    }
    var seen = WitnessRecord.read(record);
    assertTrue(seen.mostAtOnce().values().stream().allMatch(most -> most <= 1), seen::toString);
    paused.start().awaitReady();
    cluster.awaitMembers();
    serveThroughAll(service);
  }

  @Test
  @Order(3)
  void killedOwnerOfTheReserver_theOthersServeWithoutAPause() {
    var record = cluster.scratch("killed");
    int level = 12;
    var service = service(record, "paused", 1, level);
    serveThroughAll(service);
    var owner = owner();
    var others = cluster.nodes().stream().filter(node -> node != owner).toList();
    try (var load = new Load("/work?ms=20", service, NO_PAUSE)) {
      load.clients(1, List.of(others.get(0)));
      load.clients(1, List.of(others.get(1)));
      load.awaitSuccesses(100, LIMIT);
      owner.kill();
      cluster.awaitMembers();
      Await.until("the reserver is back", LIMIT, () -> others.stream().anyMatch(this::owns));
      load.awaitSuccesses(200, LIMIT);
      load.stop();
      assertEquals(List.of(), load.failures(), "requests on slots that the others held");
    }
    try (var load = new Load("/work?ms=50", service, Duration.ofSeconds(60))) {
      load.clients(level, others);
      Await.value(
          "all slots are used again",
          LIMIT,
          () ->
              WitnessRecord.read(record).mostAtOnce().values().stream()
                  .mapToInt(i -> i)
                  .max()
                  .orElse(0),
          most -> most >= level - 1);
      load.stop();
      assertEquals(List.of(), load.failures());
    }
    var seen = WitnessRecord.read(record);
    assertTrue(seen.mostAtOnce().values().stream().allMatch(most -> most <= level), seen::toString);
  }

  /** The reservers of other tests' services are gone before, so one node has one. */
  private NodeProcess owner() {
    return Await.value(
            "one node owns the reserver",
            LIMIT,
            () -> cluster.living().stream().filter(this::owns).toList(),
            owners -> owners.size() == 1)
        .get(0);
  }

  private boolean owns(NodeProcess node) {
    return node.entities(RESERVER) > 0;
  }

  private static Map<String, String> service(Path record, String name, int instances, int level) {
    return Http.with(
        Distribution.service(Distribution.witnessCommand(record), name),
        "x-waiter-min-instances",
        Integer.toString(instances),
        "x-waiter-max-instances",
        Integer.toString(instances),
        "x-waiter-concurrency-level",
        Integer.toString(level));
  }

  private static void serveThroughAll(Map<String, String> service) {
    for (var node : cluster.living()) {
      var reply = node.http().get("/work", service);
      assertEquals(200, reply.status(), () -> node.name() + ": " + reply);
    }
  }

  /** Leaves no service, and so no reserver, for the next test. */
  @org.junit.jupiter.api.AfterEach
  void removeServices() {
    var node = cluster.living().get(0);
    for (var service : node.http().get("/apps").json()) {
      node.http()
          .delete("/apps/" + service.path("service-id").asText() + "?timeout=30000", Map.of());
    }
    Await.until(
        "no reserver is left", LIMIT, () -> cluster.living().stream().noneMatch(this::owns));
  }
}
