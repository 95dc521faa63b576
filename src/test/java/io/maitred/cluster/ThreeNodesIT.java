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

/** Three nodes, one service with concurrency level 1, and nodes that go. */
@ExtendWith(NodeLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ThreeNodesIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ClusterOfNodes cluster;
  private static Path record;
  private static Map<String, String> service;

  @BeforeAll
  static void startNodes() {
    cluster = ClusterOfNodes.plan("ThreeNodesIT").nodes(3).start();
    record = cluster.scratch("record");
    service =
        Http.with(
            Distribution.service(Distribution.witnessCommand(record), "three"),
            "x-waiter-min-instances",
            "3",
            "x-waiter-max-instances",
            "3",
            "x-waiter-concurrency-level",
            "1");
  }

  @AfterAll
  static void stopNodes() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void requests_throughAllNodes_neverExceedTheConcurrencyLevel() {
    for (var node : cluster.nodes()) {
      var reply = node.http().get("/work", service);
      assertEquals(200, reply.status(), () -> node.name() + ": " + reply);
    }
    var serviceId = cluster.node(0).http().get("/service-id", service).text();
    for (var node : cluster.nodes()) {
      assertEquals(
          3, node.http().get("/state/maintainer").json().at("/state/routers").size(), node.name());
      Await.value(
          node.name() + " sees three healthy instances",
          LIMIT,
          () -> node.http().get("/apps/" + serviceId).json().at("/instances/active-instances"),
          active ->
              active.size() == 3
                  && active.findValuesAsText("healthy?").stream().allMatch("true"::equals));
    }
    try (var load = new Load("/work?ms=20", service, PATIENCE)) {
      load.clients(12, cluster.nodes());
      load.awaitSuccesses(600, LIMIT);
      load.stop();
      assertEquals(List.of(), load.failures());
    }
    assertNeverMoreThanOne();
    assertEquals(3, WitnessRecord.read(record).begunSince(0).size(), "all instances have worked");
  }

  @Test
  @Order(2)
  void terminate_underLoad_failsNoRequest() {
    var leaving = cluster.node(2);
    try (var load = new Load("/work?ms=100", service, PATIENCE)) {
      load.clients(9, cluster.nodes());
      load.awaitSuccesses(60, LIMIT);
      leaving.terminate();
      leaving.awaitExit();
      load.awaitSuccesses(60, LIMIT);
      load.stop();
      assertEquals(List.of(), load.failures());
    }
    assertNeverMoreThanOne();
    leaving.start().awaitReady();
    cluster.awaitMembers();
  }

  @Test
  @Order(3)
  void kill_underLoad_failsOnlyItsOwnRequestsInFlight() {
    var killed = cluster.node(1);
    try (var load = new Load("/work?ms=100", service, PATIENCE)) {
      load.clients(9, cluster.nodes());
      load.awaitSuccesses(60, LIMIT);
      long before = System.currentTimeMillis();
      killed.kill();
      long after = System.currentTimeMillis();
      cluster.awaitMembers();
      load.awaitSuccesses(100, LIMIT);
      load.stop();
      for (var failure : load.failures()) {
        assertEquals(killed, failure.node(), failure::toString);
        assertTrue(failure.began() <= after && failure.ended() >= before, failure::toString);
      }
      assertTrue(load.failures().size() <= 9, () -> "one for each client: " + load.failures());
    }
    assertNeverMoreThanOne();
    assertAllSlotsAreBack(cluster.living());
  }

  /** As many requests as there are slots run at once through every node that is left. */
  private static void assertAllSlotsAreBack(List<NodeProcess> nodes) {
    long since = System.currentTimeMillis();
    try (var load = new Load("/work?ms=50", service, PATIENCE)) {
      load.clients(6, nodes);
      Await.value(
          "all three instances get requests again",
          LIMIT,
          () -> WitnessRecord.read(record).begunSince(since),
          begun -> begun.values().stream().filter(count -> count > 0).count() == 3);
      load.stop();
      assertEquals(List.of(), load.failures());
    }
    assertNeverMoreThanOne();
  }

  private static void assertNeverMoreThanOne() {
    var seen = WitnessRecord.read(record);
    assertTrue(seen.mostAtOnce().values().stream().allMatch(most -> most <= 1), seen::toString);
  }
}
