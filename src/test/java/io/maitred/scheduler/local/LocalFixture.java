package io.maitred.scheduler.local;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.Instance;
import io.maitred.service.model.ServiceDescription;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Adapters on one directory, a clock that stands still, and what their watchers heard last. */
@NullMarked
final class LocalFixture implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Outside of the default range: a node may run on the machine that tests run on. */
  static final int FIRST_PORT = 21_000;

  static final LocalSettings SETTINGS = settings("scheduler", 200);

  final Path data;
  final SettableClock clock = new SettableClock(Instant.parse("2026-01-31T10:20:30Z"));
  private final List<LocalScheduler> all = new ArrayList<>();
  private final Map<ServiceId, ServiceReport> reports = new ConcurrentHashMap<>();
  private final Map<ServiceId, Boolean> created = new ConcurrentHashMap<>();

  LocalFixture(Path data) {
    this.data = data;
  }

  static LocalSettings settings(String work, int maxInstances) {
    return new LocalSettings(
        work,
        FIRST_PORT,
        FIRST_PORT + 499,
        Duration.ofSeconds(120),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(100),
        Duration.ofSeconds(2),
        64,
        maxInstances,
        Duration.ofSeconds(30),
        2,
        2,
        List.of("MAITRED_*", "JAVA_OPTS"));
  }

  LocalScheduler start() {
    return start(SETTINGS, "test", "here");
  }

  LocalScheduler start(LocalSettings settings, String cluster, String dataCenter) {
    var scheduler =
        new LocalScheduler(settings, data, cluster, dataCenter, clock, new Random(all.size()));
    all.add(scheduler);
    scheduler.watch(
        Scheduler.onChange(
            report -> reports.put(report.spec().id(), report), id -> reports.remove(id)));
    return scheduler;
  }

  /** A demo service as the command. */
  static String demo(String options) {
    return "exec "
        + Path.of(System.getProperty("java.home"), "bin", "java")
        + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp "
        + Path.of("target/classes").toAbsolutePath()
        + " io.maitred.demo.DemoService -p $PORT0 "
        + options;
  }

  ServiceSpec spec(String id, String cmd, Map<String, Object> more) {
    var parameters = new TreeMap<String, Object>();
    parameters.put("cmd", cmd);
    parameters.put("cpus", 0.1);
    parameters.put("mem", 256);
    parameters.put("run-as-user", "alice");
    parameters.put("ports", 1);
    parameters.put("concurrency-level", 1);
    parameters.put("metric-group", "other");
    parameters.put("backend-proto", "http");
    parameters.put("health-check-port-index", 0);
    parameters.put("health-check-url", "/status");
    parameters.put("health-check-authentication", "disabled");
    parameters.put("grace-period-secs", 30);
    parameters.putAll(more);
    var service = new ServiceId(id);
    created.put(service, true);
    return new ServiceSpec(service, new ServiceDescription(parameters), "secret");
  }

  @Nullable ServiceReport report(ServiceSpec spec) {
    return reports.get(spec.id());
  }

  ServiceReport existing(ServiceSpec spec) {
    var report = report(spec);
    if (report == null) {
      throw new AssertionError("no report of " + spec.id());
    }
    return report;
  }

  List<Instance> healthy(ServiceSpec spec) {
    var report = report(spec);
    return report == null ? List.of() : report.active().stream().filter(Instance::healthy).toList();
  }

  Instance awaitHealthy(ServiceSpec spec) {
    var found = new ArrayList<Instance>(); // one look: the next report may differ
    await("healthy: " + spec.id(), () -> found.addAll(healthy(spec)));
    return found.get(0);
  }

  static long pid(Instance instance) {
    return (Long) Objects.requireNonNull(instance.extras().get("shell-scheduler/pid"));
  }

  /** Processes of the machine that belong to the instance, whoever started them. */
  static List<Long> processes(InstanceId id) {
    try {
      return ProcessEntry.all().stream()
          .filter(ProcessEntry::running)
          .filter(e -> e.startedWith("WAITER_INSTANCE_ID=" + id))
          .map(ProcessEntry::pid)
          .toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof RuntimeException r) {
        throw r;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static Result result(CompletionStage<Result> stage) {
    return get(stage);
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  /** Deletes every service, so that no process outlives a test. */
  @Override
  public void close() {
    all.forEach(LocalScheduler::close);
    for (var place : List.of("here", "there")) {
      try (var last = new LocalScheduler(SETTINGS, data, "test", place, clock, new Random(99))) {
        created.keySet().forEach(id -> get(last.delete(id)));
      }
    }
  }

  /** Moves only when told. */
  static final class SettableClock extends Clock {
    private volatile Instant now;

    SettableClock(Instant now) {
      this.now = now;
    }

    void forward(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
