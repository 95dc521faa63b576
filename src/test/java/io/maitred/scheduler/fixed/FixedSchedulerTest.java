package io.maitred.scheduler.fixed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.InstanceId;
import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.Scheduler.Signal;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Instance.Health;
import io.maitred.service.model.ServiceDescription;
import io.maitred.testkit.Await;
import io.maitred.testkit.FreePorts;
import io.maitred.testkit.SelfSigned;
import io.maitred.testkit.SiteServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixedSchedulerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final FixedSettings SETTINGS =
      new FixedSettings(Duration.ofSeconds(5), 16, 2, 2, false);

  private Heard heard = new Heard();
  private SiteServer site;
  private FixedScheduler scheduler;

  /** What the watcher was told last, of each service. */
  private static final class Heard implements Scheduler.Watcher {
    final BlockingQueue<List<ServiceReport>> initial = new LinkedBlockingQueue<>();
    final Map<ServiceId, ServiceReport> reports = new ConcurrentHashMap<>();

    @Override
    public void initial(List<ServiceReport> found) {
      initial.add(found);
      found.forEach(this::changed);
    }

    @Override
    public void changed(ServiceReport report) {
      reports.put(report.spec().id(), report);
    }

    @Override
    public void gone(ServiceId id) {
      reports.remove(id);
    }
  }

  @BeforeEach
  void start() {
    site = SiteServer.start("site");
    scheduler = start(SETTINGS, CompletableFuture.completedFuture(List.of()));
  }

  @AfterEach
  void stop() {
    scheduler.close();
    site.close();
  }

  @Test
  void create_isOneInstanceForEachBackend_checkedAtOnce() throws Exception {
    assertEquals(List.of(), heard.initial.poll(30, TimeUnit.SECONDS));
    var spec = spec("svc", site.url(), "http://127.0.0.1:" + FreePorts.one());

    assertEquals(new Result(200, "Created svc"), result(scheduler.create(spec)));
    assertEquals(new Result(200, "svc exists already"), result(scheduler.create(spec)));

    var report = await(spec, each -> known(each) && each.active().get(0).healthy());
    assertEquals(2, report.requested());
    assertEquals(List.of(), report.failed());
    assertEquals(site.port(), report.active().get(0).port());
    var dead = report.active().get(1);
    assertEquals(Health.UNHEALTHY, dead.health());
    assertEquals("The connection was refused", dead.message());
  }

  @Test
  void health_followsTheServer() {
    var spec = spec("svc", site.url());
    result(scheduler.create(spec));
    await(spec, FixedSchedulerTest::well);

    site.health(418);
    var ill = await(spec, each -> !well(each)).active().get(0);
    assertEquals(418, ill.healthCheckStatus());
    assertEquals("The health check was answered with status 418", ill.message());
    assertTrue(ill.has(Instance.HAS_RESPONDED));
    site.down();
    await(spec, each -> "The connection was refused".equals(each.active().get(0).message()));
    site.health(204);
    site.up();
    var well = await(spec, FixedSchedulerTest::well).active().get(0);
    assertTrue(well.flags().isEmpty(), "flags go with the next success");
  }

  @Test
  void names_areResolved_andUnknownOnesAreAReason() {
    var spec = spec("svc", "http://localhost:" + site.port(), "http://nowhere.invalid");
    result(scheduler.create(spec));

    var report = await(spec, each -> known(each) && each.active().get(0).healthy());

    assertEquals("The host name cannot be resolved", report.active().get(1).message());
    assertEquals("nowhere.invalid", report.active().get(1).host());
  }

  @Test
  void https_certificateThatNobodySigned_isTrustedOnlyIfAllAre(@TempDir Path folder)
      throws Exception {
    try (var secure = SiteServer.start("secure", SelfSigned.context(folder))) {
      var spec = spec("svc", secure.url());
      result(scheduler.create(spec));
      var ill = await(spec, FixedSchedulerTest::known).active().get(0);
      assertTrue(String.valueOf(ill.message()).startsWith("TLS failed: "), ill::toString);
      assertTrue(ill.has(Instance.SSL_EXCEPTION));
      assertEquals("https", ill.protocol());

      restart(
          new FixedSettings(Duration.ofSeconds(5), 16, 2, 2, true),
          CompletableFuture.completedFuture(List.of()));
      result(scheduler.create(spec));
      await(spec, FixedSchedulerTest::well);
    }
  }

  @Test
  void delete_forgetsTheService_andChecksEnd() {
    var spec = spec("svc", site.url());
    result(scheduler.create(spec));
    await(spec, FixedSchedulerTest::well);

    assertEquals(
        new Result(200, "Deleted svc; its backends go on running"),
        result(scheduler.delete(spec.id())));
    Await.until("it is gone", LIMIT, () -> !heard.reports.containsKey(spec.id()));
    assertEquals(404, result(scheduler.delete(spec.id())).status());
    result(scheduler.create(spec));
    await(spec, FixedSchedulerTest::well);
  }

  @Test
  void backends_cannotBeStartedOrStopped() {
    var spec = spec("svc", site.url());
    result(scheduler.create(spec));
    var id = spec.id();
    var backend = new InstanceId("svc.backend-001");
    var other = new InstanceId("svc.backend-002");

    for (var refused :
        List.of(
            scheduler.scale(id, 5, false),
            scheduler.kill(id, backend),
            scheduler.signal(id, backend, Signal.SOFT_KILL, null),
            scheduler.signal(id, backend, Signal.EXPIRE, null))) {
      assertEquals(400, result(refused).status());
      assertTrue(
          result(refused)
              .message()
              .startsWith("The backends of a fixed service are run by somebody else: "));
    }
    assertEquals(new Result(404, "instance does not exist"), result(scheduler.kill(id, other)));
    assertEquals(
        new Result(404, "service does not exist"),
        result(scheduler.signal(new ServiceId("x"), other, Signal.EXPIRE, null)));
    var noLogs =
        assertThrows(
            CompletionException.class,
            () -> scheduler.logs(id, backend, "").toCompletableFuture().join());
    var cause = assertInstanceOf(RefusedException.class, noLogs.getCause());
    assertEquals(404, cause.refusal().status());
  }

  @Test
  void overrides_replaceTheSpec() {
    var spec = spec("svc", site.url());
    result(scheduler.create(spec));
    var parameters = new TreeMap<>(spec.effective().parameters());
    parameters.put("concurrency-level", 3);
    var changed = new ServiceSpec(spec.id(), new ServiceDescription(parameters), "pw");

    result(scheduler.create(changed));

    await(spec, each -> each.spec().equals(changed));
  }

  @Test
  void moreServicesThanAllowed_areRefused() {
    result(scheduler.create(spec("one", site.url())));
    result(scheduler.create(spec("two", site.url())));

    assertEquals(
        new Result(500, "As many fixed services are watched as may be: 2"),
        result(scheduler.create(spec("three", site.url()))));
  }

  @Test
  void knownServices_areReportedWithTheirHealth() throws Exception {
    restart(SETTINGS, CompletableFuture.completedFuture(List.of(spec("svc", site.url()))));

    var first = heard.initial.poll(30, TimeUnit.SECONDS);

    assertTrue(first != null && first.size() == 1 && well(first.get(0)), () -> "" + first);
  }

  @Test
  void knownServices_thatDoNotCome_areNotWaitedForWithOrders() throws Exception {
    var known = new CompletableFuture<List<ServiceSpec>>();
    restart(SETTINGS, known);
    var spec = spec("svc", site.url());
    result(scheduler.create(spec));
    assertFalse(heard.reports.containsKey(spec.id()), "nothing before the first report");

    known.completeExceptionally(new IllegalStateException("the database is away"));

    var first = heard.initial.poll(30, TimeUnit.SECONDS);
    assertEquals(1, first == null ? 0 : first.size());
  }

  @Test
  void close_refusesOrders() {
    scheduler.close();

    assertThrows(
        CompletionException.class,
        () -> scheduler.create(spec("svc", site.url())).toCompletableFuture().join());
  }

  private void restart(FixedSettings settings, CompletionStage<List<ServiceSpec>> known) {
    scheduler.close();
    heard = new Heard();
    scheduler = start(settings, known);
  }

  private FixedScheduler start(FixedSettings settings, CompletionStage<List<ServiceSpec>> known) {
    var started = new FixedScheduler(settings, InstantSource.system(), known);
    started.watch(heard);
    return started;
  }

  private static ServiceSpec spec(String id, String... backends) {
    return new ServiceSpec(
        new ServiceId(id),
        new ServiceDescription(
            Map.of(
                "scheduler",
                "fixed",
                "backends",
                List.of(backends),
                "health-check-url",
                "/health",
                "health-check-interval-secs",
                1,
                "run-as-user",
                "alice",
                "concurrency-level",
                100)),
        "pw");
  }

  private ServiceReport await(ServiceSpec spec, Predicate<ServiceReport> accepted) {
    return Await.value(
        "the report",
        LIMIT,
        () -> heard.reports.get(spec.id()),
        each -> each != null && accepted.test(each));
  }

  private static boolean known(ServiceReport report) {
    return report.active().stream().allMatch(each -> each.health() != Health.UNKNOWN);
  }

  private static boolean well(ServiceReport report) {
    return report.active().stream().allMatch(Instance::healthy);
  }

  private static Result result(CompletionStage<Result> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void shippedSettings_areValid() {
    var shipped = FixedSettings.from(ConfigFactory.load());

    assertEquals(Duration.ofSeconds(2), shipped.healthCheckTimeout());
    assertFalse(shipped.trustAll());
  }
}
