package io.maitred.scheduler.health.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.maitred.service.model.Instance.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthHistoryTest {
  private static final Instant START = Instant.parse("2026-01-31T10:20:30Z");

  /** + is a success, - a failure. */
  @ParameterizedTest(name = "{0} with patience {1}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          checks, patience, health,    failed in a row
          '',            1, UNKNOWN,   0
          -,             3, UNHEALTHY, 1
          +,             1, HEALTHY,   0
          +-,            1, UNHEALTHY, 1
          +-,            2, HEALTHY,   1
          +--,           2, UNHEALTHY, 2
          +-+-,          2, HEALTHY,   1
          +--+,          2, HEALTHY,   0
          +--+-,         2, HEALTHY,   1
          +--,           3, HEALTHY,   2
          +---,          3, UNHEALTHY, 3
          """)
  void after(String checks, int patience, Health health, int failed) {
    var history = history(checks, patience);
    assertEquals(health, history.health());
    assertEquals(failed, history.failedChecks());
    assertEquals(checks.contains("+"), history.onceHealthy());
  }

  @Test
  void forgivenFailure_leavesNoTrace() {
    var forgiven =
        HealthHistory.UNKNOWN
            .after(CheckResult.answered(200), 2)
            .after(CheckResult.answered(503), 2);
    assertNull(forgiven.status());
    assertEquals(Set.of(), forgiven.flags());

    var unhealthy = forgiven.after(CheckResult.answered(503), 2);
    assertEquals(503, unhealthy.status());
    assertEquals(Set.of("has-connected", "has-responded"), unhealthy.flags());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                          checks, seconds since, millis
          healthy,                       +,               1000, 5000
          healthy but for the last time, +-,              1000,  100
          young,                         -,                  0,  100
          a fifth of its time,           -,                 10, 2000
          never more than that,          -,               1000, 3000
          not checked yet,               '',                 0,  100
          """)
  void nextCheckIn(String name, String checks, int seconds, long millis) {
    var history = history(checks, 2);
    assertEquals(
        Duration.ofMillis(millis),
        history.nextCheckIn(
            START, START.plusSeconds(seconds), Duration.ofSeconds(5), Duration.ofSeconds(3)));
  }

  private static HealthHistory history(String checks, int patience) {
    var history = HealthHistory.UNKNOWN;
    for (int i = 0; i < checks.length(); i++) {
      boolean passed = checks.charAt(i) == '+';
      history = history.after(passed ? CheckResult.answered(200) : CheckResult.REFUSED, patience);
    }
    return history;
  }
}
