package io.maitred.scheduler;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns the state of an adapter: steps run one after the other, now, later, or again
 * and again.
 */
// Steps report their own failures.
@SuppressWarnings("FutureReturnValueIgnored")
public final class StateThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateThread.class);

  private final ScheduledThreadPoolExecutor executor;
  private final String name;
  private volatile boolean closed;

  /**
   * @param name of the thread
   */
  public StateThread(String name) {
    this.name = name;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Runs a step.
   *
   * @throws RejectedExecutionException after {@link #refuse}
   */
  public void step(Runnable step) {
    if (closed) {
      throw new RejectedExecutionException("closed");
    }
    executor.execute(guarded(step));
  }

  /** For what happens by itself, until close is done. */
  public void stepUnlessClosed(Runnable step) {
    try {
      executor.execute(guarded(step));
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is closed: a late event is left to the next owner", name);
    }
  }

  /** Runs a step after a while; nothing happens after {@link #refuse}. */
  public void stepLater(Duration delay, Runnable step) {
    if (!closed) {
      executor.schedule(guarded(step), delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Runs a step again and again. */
  public void stepEvery(Duration interval, Runnable step) {
    long nanos = interval.toNanos();
    if (!closed) {
      executor.scheduleWithFixedDelay(guarded(step), nanos, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** A defect in one step must not end the timers: the next one looks at everything anew. */
  private Runnable guarded(Runnable step) {
    return () -> {
      try {
        step.run();
      } catch (RuntimeException e) {
        LOG.error("A step of {} failed", name, e);
      }
    };
  }

  /** Takes no more steps from outside. */
  public void refuse() {
    closed = true;
  }

  /** Ends after the steps that wait already, for which it waits a second each way. */
  @Override
  public void close() {
    refuse();
    try {
      executor.submit(() -> {}).get(1, TimeUnit.SECONDS);
      executor.shutdown();
      if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
        LOG.warn("{} is busy and is closed anyway", name);
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("{} was closed before", name);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("{} is busy and is closed anyway", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      executor.shutdown();
    }
  }
}
