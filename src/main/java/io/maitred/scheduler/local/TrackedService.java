package io.maitred.scheduler.local;

import io.maitred.common.InstanceId;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.local.model.Ending.Outcome;
import io.maitred.scheduler.local.model.LocalInstance;
import io.maitred.service.model.Instance;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One service with its instances. Confined to the adapter's thread. */
final class TrackedService {
  private static final int MAX_FAILED = 10;
  private static final int MAX_KILLED = 12;

  ServiceSpec spec;
  int requested;

  /** Why the last start was not possible. */
  @Nullable String error;

  /** Instances with processes: starting, active, and those that are being ended. */
  final Map<InstanceId, TrackedInstance> present = new LinkedHashMap<>();

  /** Those who wait for the end of a deletion; null if the service is not being deleted. */
  @Nullable List<CompletableFuture<Result>> deletion;

  /** The records are being removed; nothing may be written any more. */
  boolean removing;

  private final Deque<LocalInstance> failed = new ArrayDeque<>();
  private final Deque<LocalInstance> killed = new ArrayDeque<>();

  TrackedService(ServiceSpec spec, int requested) {
    this.spec = spec;
    this.requested = requested;
  }

  boolean deleting() {
    return deletion != null;
  }

  Stream<TrackedInstance> active() {
    return present.values().stream().filter(each -> each.value.active());
  }

  /** How many instances are meant to run, those being started included. */
  int activeCount() {
    return (int) active().count();
  }

  /**
   * Puts an instance whose ending is decided into its list.
   *
   * @return what had to leave the list for it, if anything
   */
  @Nullable LocalInstance remember(LocalInstance ended) {
    var outcome = Objects.requireNonNull(ended.ending()).outcome();
    if (outcome == Outcome.FINISHED) {
      return null;
    }
    var list = outcome == Outcome.FAILED ? failed : killed;
    list.addLast(ended);
    return list.size() > (outcome == Outcome.FAILED ? MAX_FAILED : MAX_KILLED)
        ? list.removeFirst()
        : null;
  }

  boolean remembers(InstanceId id) {
    return Stream.concat(failed.stream(), killed.stream()).anyMatch(each -> each.id().equals(id));
  }

  /** Ended instances that are remembered and have no process any more. */
  Set<String> over() {
    return Stream.concat(failed.stream(), killed.stream())
        .map(LocalInstance::id)
        .filter(id -> !present.containsKey(id))
        .map(InstanceId::value)
        .collect(Collectors.toSet());
  }

  boolean hasKilled(InstanceId id) {
    return killed.stream().anyMatch(each -> each.id().equals(id));
  }

  /** The host of the instance that failed last. */
  @Nullable String lastFailedHost() {
    var last = failed.peekLast();
    return last == null ? null : last.host();
  }

  ServiceReport report(Sandboxes sandboxes) {
    var instances = new ArrayList<Instance>();
    active()
        .filter(each -> each.process != null)
        .forEach(
            each ->
                instances.add(
                    instance(each.value, Objects.requireNonNull(each.process).pid(), sandboxes)));
    return new ServiceReport(
        spec,
        requested,
        instances,
        instances(failed, sandboxes),
        instances(killed, sandboxes),
        error);
  }

  private static List<Instance> instances(Deque<LocalInstance> ended, Sandboxes sandboxes) {
    return ended.stream().map(each -> instance(each, null, sandboxes)).toList();
  }

  private static Instance instance(LocalInstance value, @Nullable Long pid, Sandboxes sandboxes) {
    return value.toInstance(pid, sandboxes.instance(value.serviceId(), value.id()).toString());
  }
}
