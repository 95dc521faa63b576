package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.NodeProcess;
import io.maitred.testkit.Origin;
import io.maitred.testkit.RoomApi;
import io.maitred.testkit.RoomVisitor;
import io.maitred.testkit.RoomVisitor.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Visitors with cookie jars in front of a room, on whole nodes. */
@ExtendWith(NodeLogs.class)
class WaitingRoomIT {
  private static final String SITE = "site.test";
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** What the nodes are told, and one second more than they call too early. */
  private static final Duration REFRESH = Duration.ofSeconds(2);

  private static ClusterOfNodes.Plan plan(String label) {
    return ClusterOfNodes.plan(label)
        .setting("maitred.waiting-room.min-users", 1)
        .setting("maitred.waiting-room.refresh-interval", REFRESH.toSeconds() + "s");
  }

  @Test
  void threeNodes_limitAndOrderAreKept_alsoWhenOneIsKilled() {
    try (var cluster = plan("WaitingRoomIT-three").nodes(3).start();
        var origin = new Origin()) {
      origin.behind(cluster.node(0), SITE);
      awaitSite(cluster);
      var api = new RoomApi(cluster, cluster.node(0));
      var room = api.create(room(30));
      awaitRoom(cluster, room);

      var first = visitors("first", 90);
      come(first, cluster.nodes());
      assertBetween(27, 33, onSite(first));

      var others = visitors("second", 20);
      nextMinute();
      come(others, cluster.nodes());
      assertEquals(0, onSite(others), "there is a queue");
      Await.until(
          "the status knows who is in line",
          LIMIT,
          () -> {
            refresh(first, cluster.nodes());
            refresh(others, cluster.nodes());
            var status = api.status(room);
            return status.path("status").asText().equals("queueing")
                && within(status.path("estimated_total_active_users").asInt(), 27, 33)
                && within(status.path("estimated_queued_users").asInt(), 75, 83);
          });

      var accepted = first.stream().filter(v -> v.place() == Place.ON_SITE).toList();
      cluster.node(2).kill();
      var living = cluster.living();
      new RoomApi(cluster, cluster.node(0)).patch(room, limits(60));
      var line = new ArrayList<>(first);
      line.removeAll(accepted);
      Await.until(
          "thirty more are let in",
          LIMIT,
          () -> {
            refresh(accepted, living);
            refresh(line, living);
            refresh(others, living);
            assertEquals(accepted.size(), onSite(accepted), "who was let in stays");
            return onSite(first) + onSite(others) >= 57;
          });
      refresh(line, living);
      refresh(others, living);
      assertBetween(57, 63, onSite(first) + onSite(others));
      assertEquals(0, onSite(others), "who came in a later minute waits longer");

      api.patch(room, limits(400));
      Await.until(
          "everybody is let in",
          LIMIT,
          () -> {
            refresh(line, living);
            refresh(others, living);
            return onSite(line) == line.size() && onSite(others) == others.size();
          });
    }
  }

  @Test
  void twoDataCenters_shareOneLimitAndOneQueue() {
    try (var cluster = plan("WaitingRoomIT-two").nodes(2, "home").nodes(2, "away").start();
        var origin = new Origin()) {
      origin.behind(cluster.node(0), SITE);
      awaitSite(cluster);
      var home = cluster.nodes().subList(0, 2);
      var away = cluster.nodes().subList(2, 4);
      var api = new RoomApi(cluster, away.get(0));
      var room = api.create(room(40));
      awaitRoom(cluster, room);

      var here = visitors("home", 90);
      var there = visitors("away", 30);
      come(here, home);
      come(there, away);
      assertBetween(36, 44, onSite(here) + onSite(there));
      // what the second data center had not used yet of its part of the cold start was divided anew
      // before it heard of that: at most this part too many get in
      for (int round = 0; round < 3; round++) {
        refresh(here, home);
        refresh(there, away);
        assertBetween(36, 60, onSite(here) + onSite(there));
      }
      var roaming = there.stream().filter(v -> v.place() == Place.ON_SITE).toList();
      roaming.forEach(visitor -> assertEquals(Place.ON_SITE, visitor.visit(home)));

      new RoomApi(cluster, home.get(0)).patch(room, limits(400));
      Await.until(
          "everybody is let in",
          LIMIT,
          () -> {
            refresh(here, home);
            refresh(there, away);
            return onSite(here) + onSite(there) == 120;
          });
    }
  }

  private static String room(int users) {
    return "\"name\": \"sale\", \"host\": \"" + SITE + "\", " + limits(users);
  }

  private static String limits(int users) {
    return "\"total_active_users\": " + users + ", \"new_users_per_minute\": " + users;
  }

  private static List<RoomVisitor> visitors(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> new RoomVisitor(name + "-" + i, SITE)).toList();
  }

  /** A fixed service's first requests wait for its health; this is not what is tested here. */
  private static void awaitSite(ClusterOfNodes cluster) {
    for (var node : cluster.nodes()) {
      Await.until(
          "the site answers through " + node.name(),
          LIMIT,
          () -> new RoomVisitor("probe", SITE).visit(List.of(node)) == Place.ON_SITE);
    }
  }

  private static void awaitRoom(ClusterOfNodes cluster, String room) {
    for (var node : cluster.nodes()) {
      Await.until(
          node.name() + " knows the room",
          LIMIT,
          () -> new RoomApi(cluster, node).status(room).has("status"));
    }
  }

  /** Each visits once, spread over the nodes evenly. */
  private static void come(List<RoomVisitor> visitors, List<NodeProcess> nodes) {
    for (int i = 0; i < visitors.size(); i++) {
      visitors.get(i).visit(List.of(nodes.get(i % nodes.size())));
    }
  }

  /** Everybody visits again, in any order and through any node, when the refresh is due. */
  private static void refresh(List<RoomVisitor> visitors, List<NodeProcess> nodes) {
    var random = new Random(visitors.size());
    var order = new ArrayList<>(visitors);
    Collections.shuffle(order, random);
    // visits closer together than the refresh interval count for nothing: this is the browser's
    // pause
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(REFRESH.toMillis() / 3));
    for (var visitor : order) {
      var mixed = new ArrayList<>(nodes);
      Collections.shuffle(mixed, random);
      visitor.visit(mixed);
    }
  }

  private static void nextMinute() {
    long minute = System.currentTimeMillis() / 60_000;
    Await.until("the next minute", LIMIT, () -> System.currentTimeMillis() / 60_000 > minute);
  }

  private static int onSite(List<RoomVisitor> visitors) {
    return (int) visitors.stream().filter(visitor -> visitor.place() == Place.ON_SITE).count();
  }

  private static boolean within(int value, int min, int max) {
    return value >= min && value <= max;
  }

  private static void assertBetween(int min, int max, int value) {
    assertTrue(within(value, min, max), value + " (expected: " + min + " to " + max + ")");
  }
}
