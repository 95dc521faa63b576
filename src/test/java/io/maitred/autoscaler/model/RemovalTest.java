package io.maitred.autoscaler.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemovalTest {
  private static final Instant T0 = Instant.parse("2024-01-31T10:00:00Z");
  private static final Duration KEEP = Duration.ofMinutes(20);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      nullValues = "-",
      textBlock =
          """
          case,                          outstanding, idle-mins, stale, stale-since-secs, after-secs, due
          idle long enough,                        0,        30, false,                -,       1801, true
          not yet,                                 0,        30, false,                -,       1800, false
          with a request open,                     1,        30, false,                -,       9999, false
          never by idleness,                       0,         0, false,                -,    9999999, false
          stale at a known time,                   0,        30, true,                60,       1261, true
          stale but fallback may need it,          0,        30, true,                60,       1260, false
          stale at an unknown time,                0,        30, true,                 -,       1201, true
          stale even when idle may stay,           0,         0, true,                 -,       1201, true
          stale with a request open,               2,         0, true,                 -,       9999, false
          stale does not go sooner by idleness,    0,         1, true,                 -,        100, false
          """)
  void idle_due(
      String name,
      int outstanding,
      int idleMins,
      boolean stale,
      @Nullable Integer staleSince,
      int after,
      boolean due) {
    var removal = new Removal(T0, outstanding, T0, false, null);
    var since = staleSince == null ? null : T0.plusSeconds(staleSince);
    var staleness = stale ? new Staleness(since, KEEP) : null;

    assertEquals(due, IdleRemoval.due(removal, staleness, idleMins, T0.plusSeconds(after)));
  }

  @Test
  void idle_observed_movesOnlyWithTheRequests() {
    var fresh = Removal.fresh(T0);

    assertSame(fresh, IdleRemoval.observed(fresh, null, 0, T0.plusSeconds(1)));
    var asked = IdleRemoval.observed(fresh, T0.plusSeconds(5), 1, T0.plusSeconds(9));
    assertEquals(new Removal(T0.plusSeconds(5), 1, T0.plusSeconds(9), false, null), asked);
    assertSame(asked, IdleRemoval.observed(asked, T0.plusSeconds(5), 1, T0.plusSeconds(20)));
    var answered = IdleRemoval.observed(asked, T0.plusSeconds(5), 0, T0.plusSeconds(30));
    assertEquals(T0.plusSeconds(30), answered.lastModified());
    assertSame(answered, IdleRemoval.observed(answered, null, 0, T0.plusSeconds(40)));
    assertSame(answered, IdleRemoval.observed(answered, T0, 0, T0.plusSeconds(40)));
  }

  @Test
  void broken_needsManyHostsOnce_andNoHealthyInstance() {
    var fresh = Removal.fresh(T0);

    assertNull(BrokenRemoval.observed(fresh, 0, 3, 1, 2, T0).brokenSince());
    var broken = BrokenRemoval.observed(fresh, 0, 2, 2, 2, T0);
    assertEquals(Optional.of(T0), Optional.ofNullable(broken.brokenSince()));
    var later = BrokenRemoval.observed(broken, 0, 1, 1, 2, T0.plusSeconds(60));
    assertEquals(T0, later.brokenSince());
    assertNull(BrokenRemoval.observed(later, 1, 1, 1, 2, T0.plusSeconds(90)).brokenSince());
    assertNull(BrokenRemoval.observed(later, 0, 0, 0, 2, T0.plusSeconds(90)).brokenSince());
    var again =
        BrokenRemoval.observed(
            BrokenRemoval.observed(later, 1, 1, 1, 2, T0.plusSeconds(90)),
            0,
            1,
            1,
            2,
            T0.plusSeconds(120));
    assertEquals(T0.plusSeconds(120), again.brokenSince());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,         broken, grace-secs, after-secs, due
          long enough,    true,         30,       1831, true
          not yet,        true,         30,       1830, false
          not broken,    false,         30,       9999, false
          """)
  void broken_due(String name, boolean broken, int grace, int after, boolean due) {
    var removal = new Removal(null, 0, T0, true, broken ? T0 : null);

    assertEquals(
        due, BrokenRemoval.due(removal, grace, Duration.ofMinutes(30), T0.plusSeconds(after)));
  }
}
