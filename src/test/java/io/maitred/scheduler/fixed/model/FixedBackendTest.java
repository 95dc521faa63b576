package io.maitred.scheduler.fixed.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.ServiceId;
import io.maitred.scheduler.health.model.CheckResult;
import io.maitred.service.model.BackendUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FixedBackendTest {
  private static final Instant START = Instant.parse("2026-01-31T10:20:30Z");
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final FixedBackend fresh =
      FixedBackend.of(
          new ServiceId("svc"), 7, BackendUrl.parse("https://[::1]").orElseThrow(), START);

  @Test
  void instance_isTheUrl_underAnIdThatNeverChanges() {
    var instance = fresh.toInstance();

    assertEquals("svc.backend-007", instance.id().value());
    assertEquals("::1", instance.host());
    assertEquals(443, instance.port());
    assertEquals("https", instance.protocol());
    assertEquals(Map.of("fixed/url", "https://[::1]:443", "protocol", "https"), instance.extras());
    assertEquals(START, instance.startedAt());
    assertNull(instance.message());
    assertFalse(fresh.known());
  }

  @Test
  void reason_isThatOfTheLastCheck_whileItIsUnhealthy() {
    var healthy = fresh.checked(CheckResult.answered(200), 2, START.plusSeconds(1));
    var forgiven = healthy.checked(CheckResult.TIMED_OUT, 2, START.plusSeconds(2));
    var unhealthy = forgiven.checked(CheckResult.REFUSED, 2, START.plusSeconds(3));
    var still = unhealthy.checked(CheckResult.UNKNOWN_HOST, 2, START.plusSeconds(4));

    assertTrue(healthy.known());
    assertNull(forgiven.toInstance().message());
    assertEquals("The connection was refused", unhealthy.toInstance().message());
    assertEquals("The host name cannot be resolved", still.toInstance().message());
    assertNull(still.checked(CheckResult.answered(200), 2, START).toInstance().message());
  }

  @Test
  void checks_comeOftenJustAfterItsHealthTurned() {
    var healthy = fresh.checked(CheckResult.answered(200), 1, START.plusSeconds(1));
    var at = START.plusSeconds(1000);
    var unhealthy = healthy.checked(CheckResult.REFUSED, 1, at);

    assertEquals(INTERVAL, healthy.nextCheckIn(at, INTERVAL));
    assertEquals(Duration.ofMillis(100), unhealthy.nextCheckIn(at, INTERVAL));
    assertEquals(Duration.ofSeconds(2), unhealthy.nextCheckIn(at.plusSeconds(10), INTERVAL));
    assertEquals(INTERVAL, unhealthy.nextCheckIn(at.plusSeconds(1000), INTERVAL));
  }
}
