package io.maitred.scheduler.local.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PortTableTest {
  private static final Instant NOW = Instant.parse("2026-01-31T10:20:30Z");
  private static final Duration GRACE = Duration.ofMinutes(2);

  @Test
  void lowestFree_skipsReservedAndUnusable() {
    var table = PortTable.EMPTY.reserve(List.of(10000, 10002), "a", NOW);
    assertEquals(List.of(10003, 10004), table.lowestFree(10000, 10999, 2, port -> port != 10001));
    assertEquals(List.of(10001), table.lowestFree(10000, 10002, 2, port -> true));
  }

  @Test
  void release_keepsThePortForTheGracePeriod() {
    var table =
        PortTable.EMPTY.reserve(List.of(10000), "a", NOW).release("a"::equals, NOW.plus(GRACE));
    assertEquals(
        List.of(10001), table.at(NOW.plusSeconds(119)).lowestFree(10000, 10999, 1, p -> true));
    assertEquals(
        List.of(10000), table.at(NOW.plusSeconds(120)).lowestFree(10000, 10999, 1, p -> true));
    assertEquals(
        table, table.release("a"::equals, NOW.plusSeconds(999)), "released once and for all");
  }

  @Test
  void randomHistory_neverGivesAPortTwice() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var table = PortTable.EMPTY;
      var now = NOW;
      Map<String, List<Integer>> held = new HashMap<>();
      for (int step = 0; step < 100; step++) {
        now = now.plusSeconds(random.nextInt(60));
        var holder = "h" + random.nextInt(8);
        var seedOf = "seed " + seed + ", step " + step;
        if (held.containsKey(holder)) {
          held.remove(holder);
          table = table.release(holder::equals, now.plus(GRACE));
        } else {
          table = table.at(now);
          var ports = table.lowestFree(10000, 10040, 1 + random.nextInt(3), p -> true);
          table = table.reserve(ports, holder, now);
          held.put(holder, ports);
        }
        var all = held.values().stream().flatMap(List::stream).toList();
        assertEquals(all.size(), new HashSet<>(all).size(), seedOf);
        assertTrue(table.reservations().keySet().containsAll(all), seedOf);
      }
    }
  }
}
