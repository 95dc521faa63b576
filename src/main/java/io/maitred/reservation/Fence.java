package io.maitred.reservation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notices that this node stood still so long that the others may have removed it and given its
 * slots away. From then on nothing may start and what runs is aborted, per service until its
 * present reserver has answered a report that was sent after the pause.
 *
 * <p>Both clocks are watched: the monotonic one stands still while a machine sleeps, the wall clock
 * does not. One fence per node; all methods may be called from any thread.
 */
public final class Fence implements AutoCloseable {
  private static final Duration OBSERVE_EVERY = Duration.ofMillis(100);

  /** Writing every reading would only make the threads of the hot path fight for a cache line. */
  private static final long RESOLUTION_NANOS = 5_000_000;

  private final long limitNanos;
  private final long limitMillis;
  private final Clocks clocks;
  private final AtomicLong lastNanos;
  private volatile long lastMillis;
  private final AtomicLong pauses = new AtomicLong();
  private final AtomicBoolean downed = new AtomicBoolean();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private @Nullable Thread observer;

  /**
   * @param stableAfter of the split-brain resolver; a pause longer than half of it closes the fence
   */
  public Fence(Duration stableAfter, Clocks clocks) {
    this.limitNanos = stableAfter.toNanos() / 2;
    this.limitMillis = stableAfter.toMillis() / 2;
    this.clocks = clocks;
    this.lastNanos = new AtomicLong(clocks.nanos().getAsLong());
    this.lastMillis = clocks.wallMillis().getAsLong();
  }

  /** With the system's clocks, watched by a thread until {@link #close}. */
  public static Fence watching(Duration stableAfter) {
    var fence = new Fence(stableAfter, Clocks.system());
    var thread = new Thread(fence::observe, "maitred-fence");
    thread.setDaemon(true);
    fence.observer = thread;
    thread.start();
    return fence;
  }

  /** Reads the clocks; returns how many pauses there have been, which is the nonce to confirm. */
  public long check() {
    long before = lastNanos.get();
    long now = clocks.nanos().getAsLong();
    long millis = clocks.wallMillis().getAsLong();
    if (now - before > limitNanos || millis - lastMillis > limitMillis) {
      paused(now, millis);
    } else if (now - before > RESOLUTION_NANOS && lastNanos.compareAndSet(before, now)) {
      lastMillis = millis;
    }
    return pauses.get();
  }

  /** How many pauses were seen, without reading the clocks. */
  long pauses() {
    return pauses.get();
  }

  /** The cluster has removed or will remove this node: closed for good. */
  public void downed() {
    if (downed.compareAndSet(false, true)) {
      listeners.forEach(Runnable::run);
    }
  }

  public boolean isDowned() {
    return downed.get();
  }

  /**
   * Called, on any thread, each time the fence closes: abort what is in flight, and return soon.
   */
  public void onClosed(Runnable listener) {
    listeners.add(listener);
  }

  private void paused(long now, long millis) {
    synchronized (this) {
      if (now - lastNanos.get() <= limitNanos && millis - lastMillis <= limitMillis) {
        return; // another thread saw it first
      }
      // first closed, then seen: no thread may read the new time and the old count
      pauses.incrementAndGet();
      lastMillis = millis;
      lastNanos.set(now);
    }
    listeners.forEach(Runnable::run);
  }

  private void observe() {
    while (!Thread.currentThread().isInterrupted()) {
      check();
      LockSupport.parkNanos(OBSERVE_EVERY.toNanos());
    }
  }

  @Override
  public void close() {
    if (observer != null) {
      observer.interrupt();
    }
  }
}
