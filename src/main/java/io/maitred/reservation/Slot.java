package io.maitred.reservation;

import io.maitred.reservation.model.Outcome;
import io.maitred.service.model.Instance;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** The right to send one request to one instance. Whoever got it must {@link #release} it. */
public final class Slot implements Reservation.Granted {
  private static final AtomicIntegerFieldUpdater<Slot> RELEASED =
      AtomicIntegerFieldUpdater.newUpdater(Slot.class, "released");

  private final SlotPool pool;
  private final Instance instance;
  final PoolInstance holder;
  final String requestId;
  final long sinceNanos;
  @Nullable Slot previous; // neighbours in the instance's list of uses, guarded by the pool
  @Nullable Slot next;
  private volatile int released;

  Slot(SlotPool pool, PoolInstance holder, Instance instance, String requestId, long sinceNanos) {
    this.pool = pool;
    this.holder = holder;
    this.instance = instance;
    this.requestId = requestId;
    this.sinceNanos = sinceNanos;
  }

  @Override
  public Slot slot() {
    return this;
  }

  public Instance instance() {
    return instance;
  }

  /**
   * The last question before the head of the request is written. If false, the node may have lost
   * its slots: write nothing and release with {@link Outcome#GENERIC_ERROR}.
   */
  public boolean mayStart() {
    return released == 0 && pool.mayStart();
  }

  /** Gives the slot back. Only the first call counts; returns whether this was it. */
  public boolean release(Outcome outcome) {
    if (!RELEASED.compareAndSet(this, 0, 1)) {
      return false;
    }
    pool.release(this, outcome);
    return true;
  }
}
