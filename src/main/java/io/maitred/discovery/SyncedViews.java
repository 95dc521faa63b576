package io.maitred.discovery;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceTracker;
import io.maitred.discovery.model.ServiceView;
import io.maitred.discovery.model.ServiceView.Version;
import io.maitred.scheduler.ServiceReport;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** All services of the sync with their versions. Mutable, owned by {@link SchedulerSync}. */
final class SyncedViews {
  private record Synced(ServiceTracker tracker, ServiceView view) {}

  private final TreeMap<ServiceId, Synced> services = new TreeMap<>();
  private final DiscoverySettings settings;
  private long incarnation;
  private long sequence;

  SyncedViews(long incarnation, DiscoverySettings settings) {
    this.incarnation = incarnation;
    this.settings = settings;
  }

  long incarnation() {
    return incarnation;
  }

  Version version() {
    return new Version(incarnation, sequence);
  }

  boolean exists(ServiceId id) {
    return services.containsKey(id);
  }

  /** Sorted by id. */
  Collection<ServiceView> all() {
    return services.values().stream().map(Synced::view).toList();
  }

  /** The view, if the report changes it. */
  Optional<ServiceView> reported(ServiceReport report) {
    var id = report.spec().id();
    var synced = services.get(id);
    var tracker = synced == null ? ServiceTracker.of(id) : synced.tracker();
    var next =
        new ServiceTracker.Report(
            report.requested(), report.active(), report.failed(), report.killed(), report.error());
    return put(id, synced, tracker.reported(next, settings.failedCheckThreshold()));
  }

  /** One more sync interval passed: counts failed checks. */
  void checked() {
    services.replaceAll((id, synced) -> new Synced(synced.tracker().checked(), synced.view()));
  }

  void killing(ServiceId id, InstanceId instance) {
    update(id, tracker -> tracker.killing(instance));
  }

  Optional<ServiceView> killed(ServiceId id, InstanceId instance) {
    return update(id, tracker -> tracker.killed(instance));
  }

  /** Forgets the service; returns the version of its end. */
  Version remove(ServiceId id) {
    services.remove(id);
    sequence++;
    return version();
  }

  /** Takes a higher incarnation, under which all views are new. */
  void restart(long higher) {
    incarnation = higher;
    sequence = 0;
    for (var id : List.copyOf(services.keySet())) {
      services.computeIfPresent(id, (key, synced) -> renewed(synced.tracker()));
    }
  }

  private Optional<ServiceView> update(ServiceId id, UnaryOperator<ServiceTracker> change) {
    var synced = services.get(id);
    return synced == null ? Optional.empty() : put(id, synced, change.apply(synced.tracker()));
  }

  private Optional<ServiceView> put(ServiceId id, @Nullable Synced before, ServiceTracker tracker) {
    if (before != null) {
      var same = tracker.view(before.view().version(), settings.deploymentErrors());
      if (same.equals(before.view())) {
        services.put(id, new Synced(tracker, before.view()));
        return Optional.empty();
      }
    }
    var after = renewed(tracker);
    services.put(id, after);
    return Optional.of(after.view());
  }

  private Synced renewed(ServiceTracker tracker) {
    sequence++;
    return new Synced(tracker, tracker.view(version(), settings.deploymentErrors()));
  }
}
