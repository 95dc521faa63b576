package io.maitred.reservation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request in the queue. Higher priority goes first, then the earlier. */
final class Waiter implements Reservation.Queued, Comparable<Waiter> {
  private final SlotPool pool;
  final String requestId;
  private final int priority;
  private final long sequence;
  final long sinceNanos;
  final long deadlineNanos;
  final CompletableFuture<Slot> promise = new CompletableFuture<>();

  /** Set under the pool's lock when the slot is granted. */
  @Nullable Slot granted;

  Waiter(
      SlotPool pool,
      String requestId,
      int priority,
      long sequence,
      long sinceNanos,
      long deadlineNanos) {
    this.pool = pool;
    this.requestId = requestId;
    this.priority = priority;
    this.sequence = sequence;
    this.sinceNanos = sinceNanos;
    this.deadlineNanos = deadlineNanos;
  }

  @Override
  public CompletionStage<Slot> slot() {
    return promise;
  }

  @Override
  public void cancel(RuntimeException why) {
    pool.cancel(this, why);
  }

  @Override
  public int compareTo(Waiter other) {
    return priority != other.priority
        ? Integer.compare(other.priority, priority)
        : Long.compare(sequence, other.sequence);
  }

  // identity: two requests are never the same place in the queue
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
