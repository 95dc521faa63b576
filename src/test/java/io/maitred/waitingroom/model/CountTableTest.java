package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountTableTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void table_anyChanges_holdsWhatAMapHolds(long seed) {
    var random = new Random(seed);
    var table = new CountTable();
    var expected = new HashMap<List<Long>, Long>();
    for (int i = 0; i < 20_000; i++) {
      long a = random.nextInt(40) - 20L;
      long b = random.nextInt(40) - 20L;
      long delta = random.nextInt(5) - 2L;
      table.add(a, b, delta);
      expected.merge(List.of(a, b), delta, Long::sum);
      if (random.nextInt(2000) == 0) {
        int least = random.nextInt(40) - 20;
        table.retain((x, y) -> y >= least);
        expected.keySet().removeIf(pair -> pair.get(1) < least);
      }
    }
    expected.values().removeIf(count -> count == 0);
    Map<List<Long>, Long> actual = new HashMap<>();
    table.forEach((a, b, count) -> actual.put(List.of(a, b), count));

    assertEquals(expected, actual, "seed " + seed);
    table.clear();
    assertTrue(table.isEmpty());
    assertEquals(0, table.get(1, 1));
  }

  @Test
  void users_moreThanAreRemembered_theOldestAreForgotten() {
    var users = new RecentUsers();
    users.tick(0);
    for (long i = 0; i < 2L * RecentUsers.MAX_USERS + 1; i++) {
      users.set(users.row(id(i), 0), RecentUsers.ACTIVE_CELL, i);
    }

    assertEquals(Ticket.NEVER, users.peek(id(5), RecentUsers.ACTIVE_CELL));
    long last = 2L * RecentUsers.MAX_USERS;
    assertEquals(last, users.peek(id(last), RecentUsers.ACTIVE_CELL));
    assertEquals(last - 1, users.peek(id(last - 1), RecentUsers.ACTIVE_CELL));
  }

  @Test
  void users_anyAge_areRememberedForTheTimePromised() {
    var users = new RecentUsers();
    for (long minute = 0; minute < 100; minute++) {
      users.tick(minute);
      users.set(users.row(id(minute), minute), RecentUsers.TRAFFIC_MINUTE, minute);
      for (long then = Math.max(0, minute - RecentUsers.MINUTES); then <= minute; then++) {
        assertEquals(then, users.peek(id(then), RecentUsers.TRAFFIC_MINUTE), "minute " + minute);
      }
    }
    assertEquals(Ticket.NEVER, users.peek(id(3), RecentUsers.TRAFFIC_MINUTE));
  }

  private static TicketId id(long number) {
    return new TicketId(number * 0x9E3779B97F4A7C15L, number);
  }
}
