package io.maitred.scheduler.local.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.health.model.CheckResult;
import io.maitred.service.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalInstanceTest {
  private static final Instant START = Instant.parse("2026-01-31T10:20:30Z");

  private static LocalInstance started() {
    return LocalInstance.planned(new InstanceId("web.1"), new ServiceId("web"), "127.0.0.3", START)
        .withPorts(List.of(10000, 10001));
  }

  private static LocalInstance unhealthy() {
    return started().checked(CheckResult.REFUSED);
  }

  private static LocalInstance onceHealthy() {
    return started().checked(CheckResult.answered(200));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                             health,        memory, used KiB, grace, age, message
          healthy and small,                healthy,       10,     10240,    30,    99,
          one KiB too much,                 healthy,       10,     10241,    30,    0,   Exceeded allocated memory usage
          memory may be a fraction,         healthy,       0.5,    513,      30,    0,   Exceeded allocated memory usage
          unhealthy within the grace,       unhealthy,     10,     0,        30,    30,
          unhealthy after the grace,        unhealthy,     10,     0,        30,    31,  Exceeded grace period of 30 seconds
          a grace of 0 is for ever,         unhealthy,     10,     0,        0,     9999,
          not yet checked,                  unknown,       10,     0,        30,    9999,
          healthy before one failure,       failed once,   10,     0,        30,    9999,
          healthy before two failures,      failed twice,  10,     0,        30,    9999, Exceeded grace period of 30 seconds
          memory is looked at first,        unhealthy,     10,     20000,    30,    31,  Exceeded allocated memory usage
          """)
  void judge(
      String name,
      String health,
      double memory,
      long usedKiB,
      long grace,
      long age,
      String message) {
    var instance =
        switch (health) {
          case "healthy" -> onceHealthy();
          case "unhealthy" -> unhealthy();
          case "failed once" -> onceHealthy().checked(CheckResult.TIMED_OUT);
          case "failed twice" ->
              onceHealthy().checked(CheckResult.TIMED_OUT).checked(CheckResult.TIMED_OUT);
          default -> started();
        };
    var judged = instance.judge(START.plusSeconds(age), memory, usedKiB, Duration.ofSeconds(grace));
    assertEquals(
        message, judged.map(j -> Objects.requireNonNull(j.ending()).message()).orElse(null));
    judged.ifPresent(
        j -> assertEquals(Ending.Outcome.FAILED, Objects.requireNonNull(j.ending()).outcome()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,               code, outcome,  message
          ended well,         0,    FINISHED, Exited with code 0
          no such command,    127,  FAILED,   Exited with code 127
          killed from outside,137,  FAILED,   Exited with code 137
          nobody can know,        , FAILED,   Lost in a restart of the machine
          """)
  void exited(String name, Integer code, Ending.Outcome outcome, String message) {
    var ending = Objects.requireNonNull(started().exited(code, START).ending());
    assertEquals(outcome, ending.outcome());
    assertEquals(code, ending.exitCode());
    assertEquals(message, ending.message());
    assertNull(ending.killAt());
  }

  @Test
  void exited_afterKill_staysKilled() {
    var killed = started().kill("Killed using scheduler API", START, START);
    assertSame(killed, killed.exited(137, START));
    assertTrue(killed.judge(START.plusSeconds(999), 0, 1, Duration.ofSeconds(1)).isEmpty());
  }

  @Test
  void checked_flagsAddUpUntilASuccess() {
    var failing = started().checked(CheckResult.REFUSED).expire().checked(CheckResult.HUNG_UP);
    assertEquals(
        Set.of(Instance.EXPIRED, Instance.HAS_CONNECTED, Instance.HANGUP_EXCEPTION),
        failing.flags());
    var answered = failing.checked(CheckResult.answered(503));
    assertEquals(503, answered.healthCheckStatus());
    assertTrue(answered.flags().contains(Instance.HANGUP_EXCEPTION));
    var healthy = answered.checked(CheckResult.answered(204));
    assertEquals(Set.of(Instance.EXPIRED), healthy.flags());
    assertNull(healthy.healthCheckStatus());
  }

  @ParameterizedTest
  @CsvSource({"199,false", "200,true", "299,true", "300,false", "401,false"})
  void answered_healthyMeans2xx(int status, boolean healthy) {
    assertEquals(healthy, CheckResult.answered(status).healthy());
  }

  @ParameterizedTest(name = "age {0} ms: {1} ms")
  @CsvSource({"0,100", "500,100", "1000,200", "2500,500", "60000,500"})
  void nextCheck_isSoonForAYoungInstance(long age, long wait) {
    var now = START.plusMillis(age);
    assertEquals(
        Duration.ofMillis(wait),
        unhealthy().nextCheckIn(now, Duration.ofSeconds(5), Duration.ofMillis(500)));
    assertEquals(
        Duration.ofSeconds(5),
        onceHealthy().nextCheckIn(now, Duration.ofSeconds(5), Duration.ofMillis(500)));
  }

  @Test
  void toInstance_beforePortsAreKnown_hasNoAddress() {
    var planned =
        LocalInstance.planned(new InstanceId("web.1"), new ServiceId("web"), "127.0.0.3", START);
    assertEquals("0.0.0.0", planned.toInstance(null, "/x").host());
    assertEquals(0, planned.toInstance(null, "/x").port());
    var shown = started().toInstance(17L, "/x");
    assertEquals("127.0.0.3", shown.host());
    assertEquals(10000, shown.port());
    assertEquals(List.of(10001), shown.extraPorts());
    assertEquals(17L, shown.extras().get("shell-scheduler/pid"));
    assertFalse(shown.healthy());
  }
}
