package io.maitred.scheduler.local;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapter's threads: one that owns the state, and a few that wait for files and processes. The
 * worker's queue holds more than the most instances can ever ask for.
 */
// Steps report their own failures.
@SuppressWarnings("FutureReturnValueIgnored")
final class Threads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
  private static final int WORKERS = 4;
  private static final int MAX_WAITING = 20_000;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  private final ScheduledThreadPoolExecutor state =
      new ScheduledThreadPoolExecutor(1, named("maitred-local"));
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          WORKERS,
          WORKERS,
          1,
          TimeUnit.MINUTES,
          new LinkedBlockingQueue<>(MAX_WAITING),
          named("maitred-local-work"));

  private volatile boolean closed;

  Threads() {
    state.setRemoveOnCancelPolicy(true);
    state.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    workers.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs a step of the state.
   *
   * @throws RejectedExecutionException after close
   */
  void step(Runnable step) {
    if (closed) {
      throw new RejectedExecutionException("closed");
    }
    state.execute(guarded(step));
  }

  /** For what happens by itself, until close is done. */
  void stepUnlessClosed(Runnable step) {
    try {
      state.execute(guarded(step));
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed: a late event is left to the next owner");
    }
  }

  /** Runs a step after a while; nothing happens after close. */
  void stepLater(Duration delay, Runnable step) {
    if (!closed) {
      state.schedule(guarded(step), delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Runs a step again and again. */
  void stepEvery(Duration interval, Runnable step) {
    long nanos = interval.toNanos();
    if (!closed) {
      state.scheduleWithFixedDelay(guarded(step), nanos, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Does blocking work; exactly one of the two steps follows. After close nothing is done: what the
   * records say is finished by the next owner.
   */
  <T> void work(Callable<T> job, Consumer<T> done, Consumer<Exception> failed) {
    if (closed) {
      return;
    }
    try {
      workers.execute(
          () -> {
            try {
              T result = job.call();
              stepUnlessClosed(() -> done.accept(result));
            } catch (Exception e) {
              stepUnlessClosed(() -> failed.accept(e));
            }
          });
    } catch (RejectedExecutionException e) {
      stepUnlessClosed(() -> failed.accept(e));
    }
  }

  /** A defect in one step must not end the timers: the next pass looks at everything anew. */
  private static Runnable guarded(Runnable step) {
    return () -> {
      try {
        step.run();
      } catch (RuntimeException e) {
        LOG.error("A step of the local scheduler failed", e);
      }
    };
  }

  /** Lets work that has begun come to its end, for at most ten seconds. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    workers.shutdown();
    try {
      long deadline = System.nanoTime() + CLOSE_PATIENCE.toNanos();
      boolean done = workers.awaitTermination(CLOSE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      state.submit(() -> {}).get(1, TimeUnit.SECONDS); // after all that waits already
      state.shutdown();
      done &= state.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (!done) {
        LOG.warn("Work of the local scheduler takes longer than {}", CLOSE_PATIENCE);
      }
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("The local scheduler is busy and is closed anyway", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      state.shutdown();
    }
  }

  private static ThreadFactory named(String name) {
    var count = new AtomicInteger();
    return task -> {
      var thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
