package io.maitred.scheduler.local;

import static io.maitred.scheduler.local.LocalFixture.await;
import static io.maitred.scheduler.local.LocalFixture.demo;
import static io.maitred.scheduler.local.LocalFixture.get;
import static io.maitred.scheduler.local.LocalFixture.pid;
import static io.maitred.scheduler.local.LocalFixture.processes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler.Signal;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.local.Records.StoredService;
import io.maitred.scheduler.local.model.LocalInstance;
import io.maitred.service.model.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second adapter on the same directory stands for a node that was started again. */
class AdoptionTest {
  @TempDir Path data;
  private LocalFixture fixture;
  private LocalScheduler first;

  @BeforeEach
  void start() {
    fixture = new LocalFixture(data);
    first = fixture.start();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  /** Started, but its wrapper may not yet have said who it is. */
  private Instance running(ServiceSpec spec) {
    get(first.create(spec));
    return fixture.existing(spec).active().get(0);
  }

  @Test
  void runningProcess_isAdoptedUntouched() {
    var spec = fixture.spec("web", demo(""), Map.of());
    get(first.create(spec));
    var before = fixture.awaitHealthy(spec);
    get(first.signal(spec.id(), before.id(), Signal.EXPIRE, null));
    first.close();
    assertTrue(processes(before.id()).contains(pid(before)), "survives its node");

    var second = fixture.start();
    get(second.started());
    var after = fixture.awaitHealthy(spec);
    assertEquals(before.id(), after.id());
    assertEquals(pid(before), pid(after));
    assertEquals(before.port(), after.port());
    assertEquals(before.host(), after.host());
    assertEquals(before.startedAt(), after.startedAt());
    assertTrue(after.has(Instance.EXPIRED), "remembers the signal");
    assertEquals(1, fixture.existing(spec).requested());
    assertEquals(spec, fixture.existing(spec).spec());

    get(second.delete(spec.id()));
    assertEquals(List.of(), processes(before.id()));
  }

  @Test
  void processThatWasKilledMeanwhile_isReportedAndReplaced() {
    var spec = fixture.spec("killed", "sleep 1000", Map.of());
    var before = running(spec);
    await("the command runs", () -> processes(before.id()).size() >= 3);
    first.close();
    // Only the leader: what it leaves behind is cleaned up.
    ProcessHandle.of(pid(before)).orElseThrow().destroyForcibly();
    await(
        "leader gone",
        () -> !ProcessHandle.of(pid(before)).map(ProcessHandle::isAlive).orElse(false));
    assertFalse(processes(before.id()).isEmpty(), "orphans of the leader");

    fixture.start();
    await(
        "failed", () -> fixture.report(spec) != null && !fixture.existing(spec).failed().isEmpty());
    var failed = fixture.existing(spec).failed().get(0);
    assertEquals(before.id(), failed.id());
    assertEquals(137, failed.exitCode());
    await("orphans killed", () -> processes(before.id()).isEmpty());
    await("replaced", () -> fixture.existing(spec).active().size() == 1);
  }

  @Test
  void processThatEndedMeanwhile_hasItsExitCode() throws IOException {
    var spec = fixture.spec("ended", "until [ -e go ]; do sleep 0.02; done; exit 42", Map.of());
    var before = running(spec);
    await("the command runs", () -> processes(before.id()).size() >= 2);
    first.close();
    Files.createFile(Path.of(String.valueOf(before.logDirectory())).resolve("go"));
    await("ended", () -> processes(before.id()).isEmpty());

    fixture.start();
    await(
        "failed", () -> fixture.report(spec) != null && !fixture.existing(spec).failed().isEmpty());
    assertEquals(42, fixture.existing(spec).failed().get(0).exitCode());
    assertEquals("Exited with code 42", fixture.existing(spec).failed().get(0).message());
  }

  @Test
  void adoptedProcess_thatEndsLater_isNoticed() throws IOException {
    var spec = fixture.spec("later", "until [ -e go ]; do sleep 0.02; done; exit 43", Map.of());
    var before = running(spec);
    await("the command runs", () -> processes(before.id()).size() >= 2);
    first.close();
    get(fixture.start().started());
    Files.createFile(Path.of(String.valueOf(before.logDirectory())).resolve("go"));
    await("failed", () -> !fixture.existing(spec).failed().isEmpty());
    assertEquals(43, fixture.existing(spec).failed().get(0).exitCode());
  }

  @Test
  void endedInstances_areRemembered() {
    var spec = fixture.spec("past", "sleep 1000", Map.of());
    var before = running(spec);
    get(first.kill(spec.id(), before.id()));
    first.close();
    fixture.start();
    await(
        "report", () -> fixture.report(spec) != null && !fixture.existing(spec).killed().isEmpty());
    assertEquals(before.id(), fixture.existing(spec).killed().get(0).id());
    assertEquals(0, fixture.existing(spec).requested());
  }

  @Test
  void deletionThatWasInterrupted_isFinished() throws IOException {
    var spec = fixture.spec("half", "sleep 1000", Map.of());
    var before = running(spec);
    first.close();
    records().write(new StoredService(spec, 0, true));
    fixture.start();
    await("gone", () -> processes(before.id()).isEmpty() && !Files.exists(services("half")));
  }

  @Test
  void earlierAdapter_doesNothingAnyMore() {
    var spec = fixture.spec("fenced", "sleep 1000", Map.of());
    var before = running(spec);
    await("the command runs", () -> processes(before.id()).size() >= 3);
    var second = fixture.start();
    get(second.started());
    assertThrows(IllegalStateException.class, () -> get(first.kill(spec.id(), before.id())));
    assertThrows(IllegalStateException.class, () -> get(first.create(spec)));
    assertFalse(processes(before.id()).isEmpty());
    assertEquals(200, get(second.kill(spec.id(), before.id())).status());
  }

  @Test
  void intentWithoutProcess_isForgottenAndItsWrapperEnds() throws Exception {
    first.close();
    var spec = fixture.spec("intent", "touch ran; sleep 1000", Map.of());
    var planned = planned("intent.1", spec.id());
    records().write(new StoredService(spec, 0, false));
    records().write(planned);

    get(fixture.start().started());
    await("report", () -> fixture.report(spec) != null);
    assertEquals(List.of(), fixture.existing(spec).active());
    assertEquals(List.of(), fixture.existing(spec).failed());
    // The node was killed after it had forked; its wrapper comes only now.
    assertEquals(125, wrapper(planned, Path.of("/nonexistent")).waitFor());
  }

  @Test
  void intentWhoseWrapperHasStarted_isAdopted() throws Exception {
    first.close();
    var spec = fixture.spec("begun", "sleep 1000", Map.of());
    var planned = planned("begun.1", spec.id());
    records().write(new StoredService(spec, 1, false));
    records().write(planned);
    var script = Files.writeString(data.resolve("script"), "sleep 1000");
    var wrapper = wrapper(planned, script);
    await("pid file", () -> Files.exists(services("begun").resolve("begun.1.pid")));
    await("the command runs", () -> processes(planned.id()).size() >= 3);

    fixture.start();
    await(
        "adopted",
        () -> fixture.report(spec) != null && !fixture.existing(spec).active().isEmpty());
    var adopted = fixture.existing(spec).active().get(0);
    assertEquals(planned.id(), adopted.id());
    assertEquals(wrapper.pid(), pid(adopted));
  }

  @Test
  void recordOfAnEarlierBoot_isAFailureAndTouchesNoProcess() throws Exception {
    first.close();
    var spec = fixture.spec("boot", "sleep 1000", Map.of());
    var planned = planned("boot.1", spec.id());
    records().write(new StoredService(spec, 0, false));
    records().write(planned);
    var stranger = new ProcessBuilder("setsid", "sleep", "1000").start();
    try {
      var start = ProcessEntry.read(stranger.pid()).orElseThrow().startTicks();
      Files.writeString(
          services("boot").resolve("boot.1.pid"), stranger.pid() + " " + start + " other-boot\n");
      fixture.start();
      await(
          "failed",
          () -> fixture.report(spec) != null && !fixture.existing(spec).failed().isEmpty());
      assertEquals(
          "Lost in a restart of the machine", fixture.existing(spec).failed().get(0).message());
      assertTrue(stranger.isAlive());
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  @Test
  void adaptersOfTwoDataCenters_neverShareAPort() {
    var other = fixture.start(LocalFixture.SETTINGS, "test", "there");
    var here = fixture.spec("racing-here", "sleep 1000", Map.of("ports", 3));
    var there = fixture.spec("racing-there", "sleep 1000", Map.of("ports", 3));
    var created = List.of(first.create(here), other.create(there));
    created.forEach(LocalFixture::get);
    var scaled = List.of(first.scale(here.id(), 5, false), other.scale(there.id(), 5, false));
    scaled.forEach(LocalFixture::get);
    await(
        "10 instances",
        () ->
            fixture.existing(here).active().size() == 5
                && fixture.existing(there).active().size() == 5);
    var ports =
        Stream.of(here, there)
            .flatMap(spec -> fixture.existing(spec).active().stream())
            .flatMap(each -> Stream.concat(Stream.of(each.port()), each.extraPorts().stream()))
            .toList();
    assertEquals(30, ports.size());
    assertEquals(30, ports.stream().distinct().count(), ports::toString);
  }

  @Test
  void releasedPort_isUsedAgainOnlyAfterTheGracePeriod() {
    var spec = fixture.spec("ports", "sleep 1000", Map.of());
    var one = running(spec);
    get(first.kill(spec.id(), one.id()));
    var two = nextOf(spec);
    assertNotEquals(one.port(), two.port());
    get(first.kill(spec.id(), two.id()));
    await("released", () -> freeFrom(two.port()));
    fixture.clock.forward(Duration.ofSeconds(121));
    assertEquals(one.port(), nextOf(spec).port());
  }

  private boolean freeFrom(int port) {
    try {
      var table =
          JsonFiles.read(
              data.resolve("local/ports.json"), io.maitred.scheduler.local.model.PortTable.class);
      var reservation = table.reservations().get(port);
      return reservation != null && reservation.freeFrom() != null;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Instance nextOf(ServiceSpec spec) {
    get(first.scale(spec.id(), 1, false));
    await("an instance", () -> !fixture.existing(spec).active().isEmpty());
    return fixture.existing(spec).active().get(0);
  }

  private LocalInstance planned(String id, ServiceId service) {
    return LocalInstance.planned(new InstanceId(id), service, "127.0.0.1", fixture.clock.instant())
        .withPorts(List.of(LocalFixture.FIRST_PORT));
  }

  private Process wrapper(LocalInstance instance, Path script) throws IOException {
    var builder =
        new ProcessBuilder(
            "setsid",
            "bash",
            data.resolve("local/test/here/run-instance.sh").toString(),
            records().wrapperPrefix(instance).toString(),
            script.toString());
    builder.environment().put("WAITER_INSTANCE_ID", instance.id().value());
    return builder.start();
  }

  private Records records() {
    return new Records(data.resolve("local/test/here/services").toAbsolutePath());
  }

  private Path services(String id) {
    return data.resolve("local/test/here/services").resolve(id);
  }
}
