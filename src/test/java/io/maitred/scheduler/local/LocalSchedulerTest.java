package io.maitred.scheduler.local;

import static io.maitred.scheduler.local.LocalFixture.await;
import static io.maitred.scheduler.local.LocalFixture.demo;
import static io.maitred.scheduler.local.LocalFixture.get;
import static io.maitred.scheduler.local.LocalFixture.pid;
import static io.maitred.scheduler.local.LocalFixture.processes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.Scheduler.Signal;
import io.maitred.service.model.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSchedulerTest {
  private static final String SLEEP = "sleep 1000";

  @TempDir Path data;
  private LocalFixture fixture;
  private LocalScheduler scheduler;

  @BeforeEach
  void start() {
    fixture = new LocalFixture(data);
    scheduler = fixture.start();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void create_command_becomesHealthyAndDeleteLeavesNoProcess() {
    var spec = fixture.spec("web", demo("--enable-health-check-authentication"), Map.of());
    var authenticated =
        fixture.spec(
            "web",
            demo("--enable-health-check-authentication"),
            Map.of("health-check-authentication", "standard", "ports", 2));
    assertEquals(new Result(200, "Created web"), get(scheduler.create(authenticated)));

    var instance = fixture.awaitHealthy(spec);
    assertTrue(instance.id().value().startsWith("web."), instance::toString);
    assertTrue(instance.host().matches("127\\.0\\.0\\.([1-9]|10)"), instance::toString);
    assertTrue(instance.port() >= LocalFixture.FIRST_PORT, instance::toString);
    assertEquals(List.of(instance.port() + 1), instance.extraPorts());
    assertEquals(fixture.clock.instant(), instance.startedAt());
    assertEquals(Set.of(), instance.flags());
    assertNull(instance.healthCheckStatus());
    assertEquals(
        data.toAbsolutePath()
            .resolve("local/test/here/scheduler/web")
            .resolve(instance.id().value()),
        Path.of(String.valueOf(instance.logDirectory())));
    assertEquals(
        instance.logDirectory(), instance.extras().get("shell-scheduler/working-directory"));
    assertTrue(processes(instance.id()).contains(pid(instance)));

    assertEquals(new Result(200, "web exists already"), get(scheduler.create(authenticated)));
    assertEquals(new Result(200, "Deleted web"), get(scheduler.delete(spec.id())));
    assertEquals(List.of(), processes(instance.id()));
    assertNull(fixture.report(spec));
    assertEquals(404, get(scheduler.delete(spec.id())).status());
  }

  @Test
  void create_unauthenticatedCheck_isUnhealthyWithStatusAndFlags() {
    var spec = fixture.spec("closed", demo("--enable-health-check-authentication"), Map.of());
    get(scheduler.create(spec));
    await(
        "status 403",
        () ->
            fixture.existing(spec).active().stream()
                .anyMatch(each -> Integer.valueOf(403).equals(each.healthCheckStatus())));
    var instance = fixture.existing(spec).active().get(0);
    assertEquals(Instance.Health.UNHEALTHY, instance.health());
    assertEquals(Set.of(Instance.HAS_CONNECTED, Instance.HAS_RESPONDED), instance.flags());
  }

  @Test
  void create_whatThisSchedulerCannotRun_isRefused() {
    assertEquals(
        new Result(
            400, "The local scheduler runs commands of this machine: image is not supported"),
        get(scheduler.create(fixture.spec("a", SLEEP, Map.of("image", "x")))));
    assertEquals(
        400,
        get(scheduler.create(fixture.spec("a", SLEEP, Map.of("cmd-type", "docker")))).status());
    assertEquals(400, get(scheduler.create(fixture.spec("../a", SLEEP, Map.of()))).status());
  }

  @Test
  void environment_isThatOfTheContract() throws IOException {
    var spec =
        fixture.spec(
            "env",
            "env > variables.new; mv variables.new variables; " + SLEEP,
            Map.of("ports", 2, "mem", 64, "env", Map.of("A", "b c", "WAITER_CONFIG_TOKEN", "tok")));
    get(scheduler.create(spec));
    var instance = fixture.existing(spec).active().get(0);
    var sandbox = Path.of(String.valueOf(instance.logDirectory()));
    await("variables", () -> Files.exists(sandbox.resolve("variables")));
    var variables = Set.copyOf(Files.readAllLines(sandbox.resolve("variables")));
    var expected =
        new TreeSet<>(
            Set.of(
                "A=b c",
                "HOME=" + data.toAbsolutePath().resolve("local/test/here/scheduler"),
                "LOGNAME=alice",
                "MESOS_SANDBOX=" + sandbox,
                "PORT0=" + instance.port(),
                "PORT1=" + instance.extraPorts().get(0),
                "USER=alice",
                "WAITER_CLUSTER=test",
                "WAITER_CONCURRENCY_LEVEL=1",
                "WAITER_CPUS=0.1"));
    expected.addAll(
        Set.of(
            "WAITER_HOST=" + instance.host(),
            "WAITER_INSTANCE_ID=" + instance.id(),
            "WAITER_MEM_MB=64",
            "WAITER_METRIC_GROUP=other",
            "WAITER_PASSWORD=secret",
            "WAITER_SANDBOX=" + sandbox,
            "WAITER_SERVICE_ID=env",
            "WAITER_TOKEN=tok",
            "WAITER_USERNAME=waiter"));
    expected.removeAll(variables);
    assertEquals(Set.of(), expected, "missing");
    assertTrue(variables.stream().noneMatch(line -> line.startsWith("WAITER_CONFIG_TOKEN")));
    assertTrue(variables.contains("PATH=" + System.getenv("PATH")), "inherited");
    assertEquals(
        "#!/bin/bash\n\nenv > variables.new; mv variables.new variables; " + SLEEP + "\n",
        Files.readString(sandbox.resolveSibling("run-service.sh")));
  }

  @Test
  void scale_up_startsInstancesAndNeverLowers() {
    var spec = fixture.spec("many", SLEEP, Map.of());
    get(scheduler.create(spec));
    assertEquals(new Result(200, "Scaled to 4"), get(scheduler.scale(spec.id(), 4, false)));
    await("4 instances", () -> fixture.existing(spec).active().size() == 4);
    assertEquals(new Result(200, "Stays at 4"), get(scheduler.scale(spec.id(), 2, false)));
    assertEquals(new Result(200, "Stays at 4"), get(scheduler.scale(spec.id(), 2, true)));
    assertEquals(
        4, fixture.existing(spec).active().stream().map(Instance::port).distinct().count());
    assertEquals(404, get(scheduler.scale(new ServiceId("none"), 2, false)).status());
  }

  @Test
  void kill_instance_endsItsWholeGroupAndLowersTheRequest() {
    var spec = fixture.spec("two", "sleep 999 & sleep 998 & (setsid sleep 997) & wait", Map.of());
    get(scheduler.create(spec));
    get(scheduler.scale(spec.id(), 2, false));
    await("2 instances", () -> fixture.existing(spec).active().size() == 2);
    var victim = fixture.existing(spec).active().get(0);
    await("its processes", () -> processes(victim.id()).size() >= 5);

    assertEquals(
        new Result(200, "Killed using scheduler API"), get(scheduler.kill(spec.id(), victim.id())));
    assertEquals(List.of(), processes(victim.id()));
    var report = fixture.existing(spec);
    assertEquals(1, report.requested());
    assertEquals(1, report.active().size());
    assertEquals(List.of(), report.failed());
    assertEquals("Killed using scheduler API", report.killed().get(0).message());
    assertEquals(
        new Result(400, "instance has already been killed"),
        get(scheduler.kill(spec.id(), victim.id())));
    assertEquals(
        new Result(404, "instance does not exist"),
        get(scheduler.kill(spec.id(), new InstanceId("two.none"))));
    assertEquals(
        new Result(404, "service does not exist"),
        get(scheduler.kill(new ServiceId("none"), victim.id())));
  }

  @Test
  void command_thatCannotRun_failsTwiceOnTwoHosts() {
    var spec = fixture.spec("bad", "no-such-command-here", Map.of());
    get(scheduler.create(spec));
    await("2 failures", () -> fixture.existing(spec).failed().size() >= 2);
    var failed = fixture.existing(spec).failed();
    assertEquals(127, failed.get(0).exitCode());
    assertEquals(127, failed.get(1).exitCode());
    assertEquals("Exited with code 127", failed.get(0).message());
    assertNotEquals(failed.get(0).host(), failed.get(1).host());
    await("at most 10", () -> fixture.existing(spec).failed().size() == 10);
  }

  @Test
  void command_thatEndsWell_isNoFailureAndStartsAgain() {
    var spec = fixture.spec("once", "echo x >> ../../../runs; sleep 0.05", Map.of());
    get(scheduler.create(spec));
    var runs = data.resolve("local/test/here/runs");
    await("3 runs", () -> Files.exists(runs) && runs.toFile().length() >= 6);
    assertEquals(List.of(), fixture.existing(spec).failed());
    assertEquals(List.of(), fixture.existing(spec).killed());
    await("old sandboxes go", () -> sandboxes(spec.id()) <= 4);
  }

  private int sandboxes(ServiceId id) {
    try (var all = Files.list(data.resolve("local/test/here/scheduler").resolve(id.value()))) {
      return (int) all.filter(Files::isDirectory).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void gracePeriod_exceeded_kills() {
    var spec = fixture.spec("deaf", SLEEP, Map.of("grace-period-secs", 7));
    get(scheduler.create(spec));
    await(
        "unhealthy",
        () ->
            fixture.existing(spec).active().stream()
                .anyMatch(each -> each.health() == Instance.Health.UNHEALTHY));
    assertEquals(Set.of(), fixture.existing(spec).active().get(0).flags());
    fixture.clock.forward(Duration.ofSeconds(8));
    await("failed", () -> !fixture.existing(spec).failed().isEmpty());
    var failed = fixture.existing(spec).failed().get(0);
    assertEquals("Exceeded grace period of 7 seconds", failed.message());
    assertEquals(Set.of(Instance.NEVER_PASSED_HEALTH_CHECKS), failed.flags());
    await("gone", () -> processes(failed.id()).isEmpty());
  }

  @Test
  void memory_exceeded_kills() {
    var grow = "x=$(head -c 30000000 /dev/zero | tr '\\0' x); " + SLEEP;
    var spec = fixture.spec("fat", grow, Map.of("mem", 16));
    get(scheduler.create(spec));
    await("failed", () -> !fixture.existing(spec).failed().isEmpty());
    var failed = fixture.existing(spec).failed().get(0);
    assertEquals("Exceeded allocated memory usage", failed.message());
    assertTrue(failed.has(Instance.MEMORY_LIMIT_EXCEEDED), failed::toString);
    assertNull(failed.exitCode());
  }

  @Test
  void signals_haveTheContractsAnswers() {
    var spec =
        fixture.spec("sig", "trap 'echo term > caught; exit 3' TERM; sleep 1000 & wait", Map.of());
    get(scheduler.create(spec));
    var first = fixture.existing(spec).active().get(0);
    assertEquals(
        new Result(200, "expire successfully sent to " + first.id()),
        get(scheduler.signal(spec.id(), first.id(), Signal.EXPIRE, null)));
    assertTrue(fixture.existing(spec).active().get(0).has(Instance.EXPIRED));

    await("the trap is set", () -> processes(first.id()).size() >= 3);
    assertEquals(
        new Result(200, "soft-kill successfully sent to " + first.id()),
        get(scheduler.signal(spec.id(), first.id(), Signal.SOFT_KILL, null)));
    var report = fixture.existing(spec);
    assertEquals(0, report.requested());
    assertEquals("Sent soft-kill using scheduler API", report.killed().get(0).message());
    await("ended by itself", () -> processes(first.id()).isEmpty());
    await(
        "the trap ran",
        () -> Files.exists(Path.of(String.valueOf(first.logDirectory())).resolve("caught")));

    get(scheduler.scale(spec.id(), 1, false));
    await("another one", () -> !fixture.existing(spec).active().isEmpty());
    var second = fixture.existing(spec).active().get(0);
    assertEquals(
        new Result(200, "force-kill successfully sent to " + second.id()),
        get(scheduler.signal(spec.id(), second.id(), Signal.FORCE_KILL, null)));
    assertEquals(List.of(), processes(second.id()));
    assertEquals(
        new Result(400, "instance has already been killed"),
        get(scheduler.signal(spec.id(), second.id(), Signal.EXPIRE, null)));
    assertEquals(
        new Result(404, "instance does not exist"),
        get(scheduler.signal(spec.id(), new InstanceId("sig.x"), Signal.EXPIRE, null)));
    assertEquals(
        new Result(404, "service does not exist"),
        get(scheduler.signal(new ServiceId("x"), second.id(), Signal.EXPIRE, null)));
  }

  @Test
  void softKill_ignored_isFollowedBySigkill() {
    var spec = fixture.spec("stubborn", "trap '' TERM; sleep 1000; sleep 1000", Map.of());
    get(scheduler.create(spec));
    var instance = fixture.existing(spec).active().get(0);
    await("the trap is set", () -> processes(instance.id()).size() >= 3);
    get(scheduler.signal(spec.id(), instance.id(), Signal.SOFT_KILL, Duration.ofSeconds(5)));
    assertTrue(processes(instance.id()).size() >= 3, "ignores SIGTERM");
    fixture.clock.forward(Duration.ofSeconds(6));
    await("killed", () -> processes(instance.id()).isEmpty());
  }

  @Test
  void logs_listTheSandboxAndNothingElse() throws IOException {
    var spec =
        fixture.spec("log", "mkdir -p deep; echo hi > deep/file; ln -s / out; " + SLEEP, Map.of());
    get(scheduler.create(spec));
    var instance = fixture.existing(spec).active().get(0);
    var sandbox = Path.of(String.valueOf(instance.logDirectory()));
    await("prepared", () -> Files.exists(sandbox.resolve("out")));

    var entries = get(scheduler.logs(spec.id(), instance.id(), ""));
    var byName = entries.stream().collect(Collectors.toMap(e -> e.name(), e -> e));
    assertEquals("deep", Objects.requireNonNull(byName.get("deep")).path());
    assertEquals("directory", Objects.requireNonNull(byName.get("deep")).type());
    assertEquals(
        sandbox.toRealPath().resolve("stdout").toUri().toString(),
        Objects.requireNonNull(byName.get("stdout")).url());
    var inner = get(scheduler.logs(spec.id(), instance.id(), "deep"));
    assertEquals(List.of("file"), inner.stream().map(e -> e.name()).toList());
    assertEquals(3, inner.get(0).size());
    for (var path : List.of("..", "deep/../..", "/", "/etc", "out", "out/etc", "none", "\0")) {
      var refused =
          assertThrows(
              RefusedException.class,
              () -> get(scheduler.logs(spec.id(), instance.id(), path)),
              path);
      assertEquals(404, refused.refusal().status(), path);
    }
    assertThrows(
        RefusedException.class,
        () -> get(scheduler.logs(spec.id(), new InstanceId("log.../.."), "")));
  }

  @Test
  void limit_ofInstances_isTheServicesError() {
    scheduler = fixture.start(LocalFixture.settings("scheduler", 2), "test", "here");
    var spec = fixture.spec("limited", SLEEP, Map.of());
    get(scheduler.create(spec));
    get(scheduler.scale(spec.id(), 3, false));
    await("an error", () -> fixture.existing(spec).error() != null);
    assertEquals("This node runs as many instances as it may: 2", fixture.existing(spec).error());
    await("2 instances", () -> fixture.existing(spec).active().size() == 2);
  }
}
