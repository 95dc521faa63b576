package io.maitred.scheduler.kubernetes.model;

import java.util.OptionalInt;

/**
 * A change of the number of replicas that is tried until it is known to have happened: others
 * change the number too, and answers get lost.
 */
public final class ReplicaChange {

  /** The number to change to, if any. */
  public interface Rule {
    OptionalInt next(int replicas, int pods);
  }

  private final Rule rule;
  private OptionalInt unsure = OptionalInt.empty();

  private ReplicaChange(Rule rule) {
    this.rule = rule;
  }

  /**
   * Raises the number, or with force lowers what is only wanted, never what exists.
   *
   * @param target at least 0
   */
  public static ReplicaChange scale(int target, boolean force) {
    return new ReplicaChange(
        (replicas, pods) -> {
          int lowest = force ? Math.min(Math.max(target, pods), replicas) : replicas;
          int next = Math.max(target, lowest);
          return next == replicas ? OptionalInt.empty() : OptionalInt.of(next);
        });
  }

  /** One less, but never less than none. */
  public static ReplicaChange oneLess() {
    return new ReplicaChange(
        (replicas, pods) -> replicas > 0 ? OptionalInt.of(replicas - 1) : OptionalInt.empty());
  }

  /**
   * What to try next.
   *
   * @param replicas wanted now
   * @param pods that exist
   * @return empty when it is done
   */
  public OptionalInt next(int replicas, int pods) {
    boolean happened = unsure.isPresent() && unsure.getAsInt() == replicas;
    unsure = OptionalInt.empty();
    return happened ? OptionalInt.empty() : rule.next(replicas, pods);
  }

  /** The answer to a try was lost: it may have happened. */
  public void lost(int tried) {
    unsure = OptionalInt.of(tried);
  }
}
