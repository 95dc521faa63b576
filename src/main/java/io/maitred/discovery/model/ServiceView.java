package io.maitred.discovery.model;

import io.maitred.common.CborSerializable;
import io.maitred.common.ServiceId;
import io.maitred.service.model.Instance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code SchedulerSync} knows of one service at one moment.
 *
 * @param version orders views; a later one replaces an earlier one
 * @param requested instances that the scheduler was told to run
 * @param scheduled instances that it runs now, healthy or not (contract: task-count)
 * @param active running instances, sorted by start, then id
 * @param failed at most 10, newest kept
 * @param killed at most 12, newest kept
 * @param deploymentError why it cannot start, absent while any instance is healthy
 */
public record ServiceView(
    Version version,
    ServiceId id,
    int requested,
    int scheduled,
    List<Instance> active,
    List<Instance> failed,
    List<Instance> killed,
    @Nullable DeploymentError deploymentError)
    implements CborSerializable {

  /**
   * @param incarnation start of the sync that made the view, epoch ms, higher for a later one
   * @param sequence counts within the incarnation
   */
  public record Version(long incarnation, long sequence)
      implements CborSerializable, Comparable<Version> {
    @Override
    public int compareTo(Version other) {
      int byIncarnation = Long.compare(incarnation, other.incarnation);
      return byIncarnation != 0 ? byIncarnation : Long.compare(sequence, other.sequence);
    }
  }

  /**
   * @param key the message key of contract waiter 9.4, or {@code scheduler}
   * @param message its text, without the prefix {@code Deployment error: }
   */
  public record DeploymentError(String key, String message) implements CborSerializable {}

  /** Contract waiter 9.3; written in JSON with only the first letter upper case. */
  public enum Status {
    RUNNING,
    STARTING,
    FAILING,
    INACTIVE
  }

  public ServiceView {
    active = List.copyOf(active);
    failed = List.copyOf(failed);
    killed = List.copyOf(killed);
  }

  public List<Instance> healthy() {
    return active.stream().filter(Instance::healthy).toList();
  }

  public List<Instance> unhealthy() {
    return active.stream().filter(i -> !i.healthy()).toList();
  }

  public Status status() {
    if (deploymentError != null) {
      return Status.FAILING;
    }
    if (requested == 0 && scheduled == 0) {
      return Status.INACTIVE;
    }
    return active.stream().anyMatch(Instance::healthy) ? Status.RUNNING : Status.STARTING;
  }
}
