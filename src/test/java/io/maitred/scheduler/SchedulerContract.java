package io.maitred.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.maitred.common.InstanceId;
import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.demo.DemoService;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.Scheduler.Signal;
import io.maitred.service.model.Instance;
import io.maitred.service.model.ServiceDescription;
import io.maitred.testkit.Await;
import io.maitred.testkit.Http;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every engine does the same way. A test class of each engine says how it is reached. */
public abstract class SchedulerContract {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Runs for ever and listens to nothing. */
  protected static final String SLEEP = "exec sleep 1000";

  private final List<Scheduler> opened = new ArrayList<>();
  private final List<ServiceId> created = new ArrayList<>();
  private Heard heard = new Heard();
  private @Nullable Scheduler scheduler;

  /** What the last adapter told. */
  private static final class Heard implements Scheduler.Watcher {
    final BlockingQueue<List<ServiceReport>> initial = new LinkedBlockingQueue<>();
    final Map<ServiceId, ServiceReport> reports = new ConcurrentHashMap<>();

    @Override
    public void initial(List<ServiceReport> found) {
      found.forEach(this::changed);
      initial.add(found);
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

  /**
   * A new adapter for the same engine, as after a restart of the node.
   *
   * @param before services that existed, for engines that are told of them
   */
  protected abstract Scheduler open(List<ServiceSpec> before);

  /** Whether it starts commands: fixed services run anyway. */
  protected boolean starts() {
    return true;
  }

  /** What makes its services different. */
  protected Map<String, Object> parameters() {
    return Map.of();
  }

  /** Makes the engine unreachable; false if nothing can come between. */
  protected boolean away() {
    return false;
  }

  /** Ends {@link #away}. */
  protected void back() {}

  @AfterEach
  final void close() {
    if (scheduler != null) {
      back();
      created.forEach(id -> result(adapter().delete(id)));
    }
    opened.forEach(Scheduler::close);
  }

  protected final Scheduler adapter() {
    if (scheduler == null) {
      reopen(List.of());
    }
    return java.util.Objects.requireNonNull(scheduler);
  }

  /** The first report of a new adapter, after the old one was closed. */
  protected final List<ServiceReport> reopen(List<ServiceSpec> before) {
    if (scheduler != null) {
      scheduler.close();
    }
    heard = new Heard();
    var next = open(before);
    opened.add(next);
    scheduler = next;
    next.watch(heard);
    try {
      var first = heard.initial.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (first == null) {
        throw new AssertionError("no first report");
      }
      return first;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A demo service as the command. */
  protected static String demo() {
    try {
      var classes = DemoService.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return "exec "
          + Path.of(System.getProperty("java.home"), "bin", "java")
          + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp "
          + Path.of(classes)
          + " io.maitred.demo.DemoService -p $PORT0";
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  protected final ServiceSpec spec(String id, String cmd, Map<String, Object> more) {
    var parameters = new TreeMap<String, Object>();
    parameters.put("cmd", cmd);
    parameters.put("cpus", 0.1);
    parameters.put("mem", 256);
    parameters.put("run-as-user", "alice");
    parameters.put("version", "1");
    parameters.put("ports", 1);
    parameters.put("concurrency-level", 1);
    parameters.put("metric-group", "other");
    parameters.put("backend-proto", "http");
    parameters.put("grace-period-secs", 30);
    parameters.put("min-instances", 1);
    parameters.put("max-instances", 10);
    parameters.put("termination-grace-period-secs", 0);
    for (var kind : List.of("health-check-", "liveness-check-")) {
      parameters.put(kind + "port-index", 0);
      parameters.put(kind + "url", "/status");
      parameters.put(kind + "authentication", "disabled");
      parameters.put(kind + "interval-secs", 5);
      parameters.put(kind + "max-consecutive-failures", 5);
    }
    parameters.putAll(parameters());
    parameters.putAll(more);
    var service = new ServiceId(id);
    created.add(service);
    return new ServiceSpec(service, new ServiceDescription(parameters), "secret");
  }

  protected final ServiceReport await(
      ServiceSpec spec, String what, Predicate<ServiceReport> accepted) {
    return Await.value(
        what,
        LIMIT,
        () -> heard.reports.get(spec.id()),
        report -> report != null && accepted.test(report));
  }

  protected static Result result(CompletionStage<Result> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static List<Instance> healthy(ServiceReport report) {
    return report.active().stream().filter(Instance::healthy).toList();
  }

  @Test
  void service_isCreated_becomesHealthy_andIsDeleted() {
    var spec = spec("web", demo(), Map.of());
    assertEquals(new Result(200, "Created web"), result(adapter().create(spec)));
    assertEquals(new Result(200, "web exists already"), result(adapter().create(spec)));

    var report = await(spec, "healthy", each -> !healthy(each).isEmpty());
    var instance = healthy(report).get(0);
    assertEquals(spec.id(), instance.serviceId());
    assertTrue(instance.id().value().startsWith("web."), instance::toString);
    assertEquals(200, new Http(instance.host(), instance.port()).get("/status").status());
    assertEquals(List.of(), report.failed());
    assertEquals(List.of(), report.killed());

    var deleted = result(adapter().delete(spec.id()));
    assertEquals(200, deleted.status(), deleted::message);
    Await.until("it is gone", LIMIT, () -> !heard.reports.containsKey(spec.id()));
    assertEquals(new Result(404, "service does not exist"), result(adapter().delete(spec.id())));

    assertEquals(new Result(200, "Created web"), result(adapter().create(spec)), "and again");
    await(spec, "healthy", each -> !healthy(each).isEmpty());
  }

  @Test
  void orders_forWhatDoesNotExist_are404() {
    var none = new ServiceId("none");
    var nobody = new InstanceId("none.x");
    adapter();
    assertEquals(404, result(adapter().scale(none, 2, false)).status());
    assertEquals(404, result(adapter().kill(none, nobody)).status());
    assertEquals(404, result(adapter().signal(none, nobody, Signal.EXPIRE, null)).status());
    assertEquals(404, result(adapter().delete(none)).status());
    var spec = spec("some", SLEEP, Map.of());
    result(adapter().create(spec));
    assertEquals(
        new Result(404, "instance does not exist"), result(adapter().kill(spec.id(), nobody)));
    var refused =
        assertThrows(
            CompletionException.class,
            () -> adapter().logs(spec.id(), nobody, "").toCompletableFuture().join());
    var cause = assertInstanceOf(RefusedException.class, refused.getCause());
    assertEquals(404, cause.refusal().status());
  }

  @Test
  void scale_raises_andNeverKills() {
    assumeTrue(starts());
    var spec = spec("many", SLEEP, Map.of());
    result(adapter().create(spec));
    assertEquals(new Result(200, "Scaled to 3"), result(adapter().scale(spec.id(), 3, false)));
    var report = await(spec, "3 instances", each -> each.active().size() == 3);
    assertEquals(3, report.requested());
    assertEquals(3, report.active().stream().map(Instance::id).distinct().count());
    assertEquals(new Result(200, "Stays at 3"), result(adapter().scale(spec.id(), 2, false)));
    assertEquals(new Result(200, "Stays at 3"), result(adapter().scale(spec.id(), 1, true)));
  }

  @Test
  void kill_endsTheNamedInstance_andLowersTheNumber() {
    assumeTrue(starts());
    var spec = spec("two", SLEEP, Map.of());
    result(adapter().create(spec));
    result(adapter().scale(spec.id(), 3, false));
    var before = await(spec, "3 instances", each -> each.active().size() == 3).active();
    var victim = before.get(1);

    assertEquals(
        new Result(200, "Killed using scheduler API"),
        result(adapter().kill(spec.id(), victim.id())));

    var report =
        await(spec, "2 instances", each -> each.requested() == 2 && each.active().size() == 2);
    assertEquals(
        List.of(before.get(0).id(), before.get(2).id()).stream().sorted().toList(),
        report.active().stream().map(Instance::id).sorted().toList());
    assertEquals(List.of(), report.failed());
    assertEquals(List.of(victim.id()), report.killed().stream().map(Instance::id).toList());
    assertEquals("Killed using scheduler API", report.killed().get(0).message());
    assertEquals(
        new Result(400, "instance has already been killed"),
        result(adapter().kill(spec.id(), victim.id())));
  }

  @Test
  void signals_expireAndKill() {
    assumeTrue(starts());
    var spec = spec("sig", SLEEP, Map.of());
    result(adapter().create(spec));
    var first = await(spec, "1 instance", each -> each.active().size() == 1).active().get(0);
    assertEquals(
        new Result(200, "expire successfully sent to " + first.id()),
        result(adapter().signal(spec.id(), first.id(), Signal.EXPIRE, null)));
    await(spec, "expired", each -> each.active().get(0).has(Instance.EXPIRED));
    for (var signal : List.of(Signal.SOFT_KILL, Signal.FORCE_KILL)) {
      result(adapter().scale(spec.id(), 1, false));
      var next = await(spec, "1 instance", each -> each.active().size() == 1).active().get(0);
      var name = signal == Signal.SOFT_KILL ? "soft-kill" : "force-kill";
      assertEquals(
          new Result(200, name + " successfully sent to " + next.id()),
          result(adapter().signal(spec.id(), next.id(), signal, null)));
      var report = await(spec, "killed", each -> each.killed().stream().anyMatch(same(next)));
      assertTrue(report.active().stream().noneMatch(same(next)), report::toString);
      assertEquals(
          "Sent " + name + " using scheduler API",
          report.killed().get(report.killed().size() - 1).message());
    }
  }

  private static Predicate<Instance> same(Instance other) {
    return instance -> instance.id().equals(other.id());
  }

  @Test
  void command_thatFails_isToldWithItsExitCode() {
    assumeTrue(starts());
    var spec = spec("bad", "exit 3", Map.of());
    result(adapter().create(spec));
    var failed = await(spec, "2 failures", each -> each.failed().size() >= 2).failed();
    assertEquals(3, failed.get(0).exitCode());
    assertEquals(3, failed.get(1).exitCode());
    assertEquals("Exited with code 3", failed.get(0).message());
    assertEquals(2, failed.stream().limit(2).map(Instance::id).distinct().count());
  }

  @Test
  void instance_thatDoesNotListen_isUnhealthyWithoutFlags() {
    assumeTrue(starts());
    var spec = spec("deaf", SLEEP, Map.of());
    result(adapter().create(spec));
    var report =
        await(
            spec,
            "unhealthy",
            each -> each.active().stream().anyMatch(i -> i.health() == Instance.Health.UNHEALTHY));
    assertEquals(java.util.Set.of(), report.active().get(0).flags());
  }

  @Test
  void restartedNode_takesEverythingOver() {
    var spec = spec("kept", demo(), Map.of("env", Map.of("A", "b")));
    result(adapter().create(spec));
    var before = await(spec, "healthy", each -> !healthy(each).isEmpty());

    var found = reopen(List.of(spec));

    assertEquals(List.of(spec), found.stream().map(ServiceReport::spec).toList());
    var after = await(spec, "healthy", each -> !healthy(each).isEmpty());
    assertEquals(healthy(before).get(0).id(), healthy(after).get(0).id());
    assertEquals(healthy(before).get(0).port(), healthy(after).get(0).port());
    assertEquals(new Result(200, "kept exists already"), result(adapter().create(spec)));
    assertEquals(200, result(adapter().delete(spec.id())).status());
  }

  @Test
  void whatItCannotRun_isRefused() {
    assumeTrue(starts());
    var refused = result(adapter().create(spec("a", SLEEP, Map.of("cmd-type", "docker"))));
    assertEquals(400, refused.status(), refused::message);
    assertTrue(refused.message().contains("cmd-type docker"), refused::message);
  }

  @Test
  void closedAdapter_refusesOrders() {
    var closed = adapter();
    reopen(List.of());
    assertThrows(
        CompletionException.class,
        () -> closed.create(spec("late", SLEEP, Map.of())).toCompletableFuture().join());
  }

  @Test
  void engineAway_ordersFailAtOnce_reportsHold_nothingIsLost() {
    var spec = spec("held", SLEEP, Map.of());
    result(adapter().create(spec));
    result(adapter().scale(spec.id(), 2, false));
    var before = await(spec, "2 instances", each -> each.active().size() == 2);
    assumeTrue(away());

    var refused = result(adapter().scale(spec.id(), 3, false));
    assertEquals(503, refused.status(), refused::message);
    var other = spec("other", SLEEP, Map.of());
    assertEquals(503, result(adapter().create(other)).status());
    assertEquals(503, result(adapter().kill(spec.id(), before.active().get(0).id())).status());
    assertEquals(
        before.active().stream().map(Instance::id).toList(),
        await(spec, "a report", each -> true).active().stream().map(Instance::id).toList());

    back();
    Await.until(
        "orders are carried out",
        LIMIT,
        () -> result(adapter().scale(spec.id(), 3, false)).success());
    await(spec, "3 instances", each -> each.active().size() == 3);
    assertEquals(200, result(adapter().create(other)).status());
  }
}
