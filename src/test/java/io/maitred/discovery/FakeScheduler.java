package io.maitred.discovery;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.Instance;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Does nothing but note its orders; the test answers them and reports. */
final class FakeScheduler implements Scheduler {
  /** An order as text, and what completes it. */
  record Order(String text, CompletableFuture<Result> result) {}

  final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
  final CompletableFuture<Watcher> watcher = new CompletableFuture<>();
  final CompletableFuture<Boolean> closed = new CompletableFuture<>();

  static ServiceSpec spec(ServiceId id) {
    return new ServiceSpec(id, new ServiceDescription(Map.of("cmd", "run", "cpus", 1.0)), "pw");
  }

  static ServiceReport report(ServiceId id, int requested, Instance... active) {
    return new ServiceReport(spec(id), requested, List.of(active), List.of(), List.of(), null);
  }

  Watcher watcher() {
    return watcher.join();
  }

  @Override
  public String kind() {
    return "fake";
  }

  @Override
  public void watch(Watcher listener) {
    watcher.complete(listener);
  }

  @Override
  public CompletionStage<Result> create(ServiceSpec spec) {
    return order("create " + spec.id());
  }

  @Override
  public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
    return order("scale " + id + " " + target + " " + force);
  }

  @Override
  public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
    return order("kill " + instance);
  }

  @Override
  public CompletionStage<Result> delete(ServiceId id) {
    return order("delete " + id);
  }

  @Override
  public CompletionStage<Result> signal(
      ServiceId id, InstanceId instance, Signal signal, @Nullable Duration timeout) {
    return order("signal " + signal + " " + instance);
  }

  @Override
  public CompletionStage<List<LogEntry>> logs(ServiceId id, InstanceId instance, String path) {
    return completedFuture(List.of(new LogEntry("stdout", 3, "file", null, "file:/x")));
  }

  @Override
  public void close() {
    closed.complete(true);
  }

  private CompletionStage<Result> order(String text) {
    var result = new CompletableFuture<Result>();
    orders.add(new Order(text, result));
    return result;
  }
}
