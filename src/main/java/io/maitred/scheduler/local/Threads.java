package io.maitred.scheduler.local;

import io.maitred.scheduler.StateThread;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapter's threads: one that owns the state, and a few that wait for files and processes. The
 * worker's queue holds more than the most instances can ever ask for.
 */
final class Threads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
  private static final int WORKERS = 4;
  private static final int MAX_WAITING = 20_000;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  private final StateThread state = new StateThread("maitred-local");
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
    workers.allowCoreThreadTimeOut(true);
  }

  /** The thread that owns the state. */
  StateThread state() {
    return state;
  }

  /**
   * Runs a step of the state.
   *
   * @throws RejectedExecutionException after close
   */
  void step(Runnable step) {
    state.step(step);
  }

  /** For what happens by itself, until close is done. */
  void stepUnlessClosed(Runnable step) {
    state.stepUnlessClosed(step);
  }

  /** Runs a step after a while; nothing happens after close. */
  void stepLater(Duration delay, Runnable step) {
    state.stepLater(delay, step);
  }

  /** Runs a step again and again. */
  void stepEvery(Duration interval, Runnable step) {
    state.stepEvery(interval, step);
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

  /** Lets work that has begun come to its end, for at most ten seconds. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    state.refuse();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(CLOSE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("Work of the local scheduler takes longer than {}", CLOSE_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      state.close(); // after all that waits already
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
