package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Origin;
import io.maitred.testkit.RoomApi;
import io.maitred.testkit.RoomVisitor;
import io.maitred.testkit.RoomVisitor.Place;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A room whose only node ends without notice. */
@ExtendWith(NodeLogs.class)
class RoomRestartIT {
  private static final String SITE = "site.test";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration REFRESH = Duration.ofSeconds(2);
  private static final int USERS = 5;

  @Test
  void kill_roomStandsBeforeItsSiteAgain_nobodyLosesAnything() {
    try (var cluster =
            ClusterOfNodes.plan("RoomRestartIT")
                .setting("maitred.waiting-room.min-users", 1)
                .setting("maitred.waiting-room.refresh-interval", REFRESH.toSeconds() + "s")
                .nodes(1)
                .start();
        var origin = new Origin()) {
      var node = cluster.node(0);
      origin.behind(node, SITE);
      Await.until(
          "the site answers",
          LIMIT,
          () -> new RoomVisitor("probe", SITE).visit(cluster.nodes()) == Place.ON_SITE);
      new RoomApi(cluster, node)
          .create(
              "\"name\": \"sale\", \"host\": \"%s\", \"total_active_users\": %d, \"new_users_per_minute\": %d"
                  .formatted(SITE, USERS, USERS));
      var visitors =
          IntStream.range(0, 30).mapToObj(i -> new RoomVisitor("visitor-" + i, SITE)).toList();
      visitors.forEach(visitor -> visitor.visit(cluster.nodes()));
      var accepted = visitors.stream().filter(v -> v.place() == Place.ON_SITE).toList();
      assertEquals(USERS, accepted.size());

      node.kill();
      node.start().awaitReady();

      visitors.forEach(visitor -> visitor.visit(cluster.nodes()));
      assertTrue(onSite(visitors) <= 2 * USERS, "the room is there, on site: " + onSite(visitors));
      for (int round = 0; round < 5; round++) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(REFRESH.toMillis()));
        accepted.forEach(v -> assertEquals(Place.ON_SITE, v.visit(cluster.nodes()), v::toString));
        visitors.forEach(visitor -> visitor.visit(cluster.nodes()));
      }
      // nobody remembers how many there were: once more than the limits are let in, not everybody
      assertTrue(onSite(visitors) <= 2 * USERS, "on site: " + onSite(visitors));
    }
  }

  private static long onSite(List<RoomVisitor> visitors) {
    return visitors.stream().filter(visitor -> visitor.place() == Place.ON_SITE).count();
  }
}
