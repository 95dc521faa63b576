package io.maitred.router.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A timer that fires at or before the wanted time. Deadlines move with every byte; setting a timer
 * for each would cost more than the byte, so a pending earlier one is kept, and its owner looks
 * again when it fires. Confined to its event loop.
 */
final class LazyTimer {
  private final EventLoop loop;
  private final Runnable fired;
  private @Nullable ScheduledFuture<?> pending;
  private long pendingAt;

  LazyTimer(EventLoop loop, Runnable fired) {
    this.loop = loop;
    this.fired = fired;
  }

  /** Fires not later than this value of {@link System#nanoTime}. */
  void wakeAt(long nanos) {
    if (pending != null) {
      if (pendingAt - nanos <= 0) {
        return;
      }
      pending.cancel(false);
    }
    pendingAt = nanos;
    long delay = Math.max(0, nanos - System.nanoTime());
    pending = loop.schedule(this::fire, delay, TimeUnit.NANOSECONDS);
  }

  void cancel() {
    if (pending != null) {
      pending.cancel(false);
      pending = null;
    }
  }

  private void fire() {
    pending = null;
    fired.run();
  }
}
