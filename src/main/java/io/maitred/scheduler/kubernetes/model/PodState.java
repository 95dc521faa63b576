package io.maitred.scheduler.kubernetes.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What matters of a pod.
 *
 * @param ownerUid of the ReplicaSet that made it
 * @param ip null until it has one
 * @param port PORT0; 0 if the pod does not say
 * @param portCount how many ports it has, at least 1
 * @param phase {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed}
 * @param reason of the phase, if it has one, with its message
 * @param unschedulable why no node takes it, if that is so
 * @param deleting it is being ended
 * @param expired it is marked as expired
 * @param revision of the ReplicaSet that it was made for
 * @param loopingInitContainers names of init containers that crash again and again
 * @param container of the service; null until a node has taken the pod
 */
public record PodState(
    String name,
    String namespace,
    String uid,
    @Nullable String ownerUid,
    @Nullable String node,
    @Nullable String ip,
    int port,
    int portCount,
    String phase,
    @Nullable String reason,
    @Nullable String unschedulable,
    Instant createdAt,
    boolean deleting,
    boolean expired,
    @Nullable String revision,
    List<String> loopingInitContainers,
    @Nullable Container container) {

  public PodState {
    loopingInitContainers = List.copyOf(loopingInitContainers);
  }

  /**
   * The container of the service.
   *
   * @param ready its readiness probe succeeds
   * @param restarts how often it was started again
   * @param runningSince null unless it runs
   * @param waiting null unless it waits to be started
   * @param ended how it ended, if it has and was not started again
   * @param endedBefore how the one before ended
   */
  public record Container(
      boolean ready,
      int restarts,
      @Nullable Instant runningSince,
      @Nullable Waiting waiting,
      @Nullable Ended ended,
      @Nullable Ended endedBefore) {}

  /** Why a container waits: a word, and a sentence. */
  public record Waiting(String reason, @Nullable String message) {}

  /** How a container ended. */
  public record Ended(
      int exitCode, String reason, @Nullable String message, @Nullable Instant startedAt) {}

  public int restarts() {
    return container == null ? 0 : container.restarts();
  }

  public boolean running() {
    return container != null && container.runningSince() != null;
  }

  /** Whether something can be asked of it. */
  public boolean reachable() {
    return running() && ip != null && port > 0;
  }

  /** Whether it has come to its end by itself. */
  public boolean over() {
    return phase.equals("Failed") || phase.equals("Succeeded");
  }

  private boolean backingOff() {
    return container != null
        && container.waiting() != null
        && container.waiting().reason().equals("CrashLoopBackOff");
  }

  /** The end that was seen last, whether or not the container was started again since. */
  public @Nullable Ended lastEnd() {
    if (container == null) {
      return null;
    }
    return container.ended() != null ? container.ended() : container.endedBefore();
  }

  /**
   * Number of the instance that runs, or will run next. The restart count alone is that of the
   * instance that has ended until the next one starts.
   */
  public int incarnation() {
    boolean between =
        container != null
            && (container.ended() != null || (backingOff() && container.endedBefore() != null));
    return restarts() + (between ? 1 : 0);
  }
}
