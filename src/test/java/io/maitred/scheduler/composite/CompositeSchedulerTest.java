package io.maitred.scheduler.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompositeSchedulerTest {
  private final List<String> said = new ArrayList<>();
  private final Component one = new Component("one");
  private final Component two = new Component("two");
  private final CompositeScheduler composite =
      new CompositeScheduler(List.of(one, two), CompositeScheduler.byParameter("one"));

  /** Notes its orders, and answers them at once. */
  private final class Component implements Scheduler {
    private final String kind;
    private @Nullable Watcher watcher;
    Result answer = new Result(200, "");

    Component(String kind) {
      this.kind = kind;
    }

    Watcher watcher() {
      return java.util.Objects.requireNonNull(watcher);
    }

    @Override
    public String kind() {
      return kind;
    }

    @Override
    public void watch(Watcher listener) {
      watcher = listener;
    }

    @Override
    public CompletionStage<Result> create(ServiceSpec spec) {
      return note("create " + spec.id());
    }

    @Override
    public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
      return note("scale " + id);
    }

    @Override
    public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
      return note("kill " + id);
    }

    @Override
    public CompletionStage<Result> delete(ServiceId id) {
      return note("delete " + id);
    }

    @Override
    public CompletionStage<Result> signal(
        ServiceId id, InstanceId instance, Signal signal, @Nullable Duration timeout) {
      return note("signal " + id);
    }

    @Override
    public CompletionStage<List<LogEntry>> logs(ServiceId id, InstanceId instance, String path) {
      said.add(kind + " logs " + id);
      return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public void close() {
      said.add(kind + " close");
    }

    private CompletionStage<Result> note(String order) {
      said.add(kind + " " + order);
      return CompletableFuture.completedFuture(answer);
    }
  }

  private final Scheduler.Watcher listener =
      new Scheduler.Watcher() {
        @Override
        public void initial(List<ServiceReport> reports) {
          said.add("initial " + reports.stream().map(each -> each.spec().id()).sorted().toList());
        }

        @Override
        public void changed(ServiceReport report) {
          said.add("changed " + report.spec().id());
        }

        @Override
        public void gone(ServiceId id) {
          said.add("gone " + id);
        }
      };

  @Test
  void create_goesToTheNamedKind_orToTheDefault() {
    composite.create(spec("a", null));
    composite.create(spec("b", "two"));
    var unknown = composite.create(spec("c", "three"));

    said("one create a", "two create b");
    assertEquals(
        new Scheduler.Result(400, "No matching scheduler found!"),
        unknown.toCompletableFuture().join());
  }

  @Test
  void orders_goToTheOwner() {
    composite.create(spec("b", "two"));
    begin(List.of(report("a", null)), List.of());
    said.clear();
    var a = new ServiceId("a");
    var b = new ServiceId("b");
    var instance = new InstanceId("i");

    composite.scale(a, 1, false);
    composite.kill(b, instance);
    composite.signal(b, instance, Scheduler.Signal.EXPIRE, null);
    composite.logs(b, instance, "");
    composite.logs(new ServiceId("ended"), instance, "");
    composite.delete(a);
    var unknown = composite.delete(new ServiceId("x"));

    said(
        "one scale a",
        "two kill b",
        "two signal b",
        "two logs b",
        "one logs ended",
        "one delete a");
    assertEquals(404, unknown.toCompletableFuture().join().status());
  }

  @Test
  void refusedCreate_leavesNoOwner() {
    two.answer = new Scheduler.Result(500, "full");
    composite.create(spec("b", "two"));
    said.clear();

    composite.delete(new ServiceId("b"));

    said();
  }

  @Test
  void initial_waitsForAll_andHasWhatChangedMeanwhile() {
    composite.watch(listener);
    one.watcher().initial(List.of(report("a", null), report("old", null)));
    one.watcher().changed(report("b", null));
    one.watcher().gone(new ServiceId("old"));
    said();

    two.watcher().initial(List.of(report("c", "two")));
    two.watcher().changed(report("d", "two"));
    two.watcher().gone(new ServiceId("c"));
    composite.watch(listener);

    said("initial [a, b, c]", "changed d", "gone c", "initial [a, b, d]");
  }

  @Test
  void strayService_isDeletedWhereItDoesNotBelong() {
    begin(List.of(report("a", "two")), List.of(report("a", "two")));
    said("one delete a", "initial [a]");
    said.clear();

    one.watcher().gone(new ServiceId("a"));
    said();
    composite.scale(new ServiceId("a"), 1, false);
    said("two scale a");
  }

  @Test
  void close_closesAll() {
    composite.close();

    said("one close", "two close");
  }

  private void begin(List<ServiceReport> ofOne, List<ServiceReport> ofTwo) {
    composite.watch(listener);
    one.watcher().initial(ofOne);
    two.watcher().initial(ofTwo);
  }

  private void said(String... expected) {
    assertEquals(List.of(expected), said);
  }

  private static ServiceSpec spec(String id, @Nullable String scheduler) {
    Map<String, Object> parameters = scheduler == null ? Map.of() : Map.of("scheduler", scheduler);
    return new ServiceSpec(new ServiceId(id), new ServiceDescription(parameters), "pw");
  }

  private static ServiceReport report(String id, @Nullable String scheduler) {
    return new ServiceReport(spec(id, scheduler), 1, List.of(), List.of(), List.of(), null);
  }
}
