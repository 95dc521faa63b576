package io.maitred.scheduler.kubernetes;

import io.maitred.scheduler.Scheduler.Result;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that wait for the API server; a slow one makes a bounded queue. */
final class ApiCalls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiCalls.class);
  private static final int THREADS = 4;
  private static final int MAX_WAITING = 1_000;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  static final Result BUSY = new Result(503, "Too many calls wait for the Kubernetes API server");

  private final ThreadPoolExecutor threads;

  ApiCalls() {
    var count = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(MAX_WAITING),
            task -> {
              var thread = new Thread(task, "maitred-kubernetes-call-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /** Calls when a thread is free; fails with RejectedExecutionException if too many wait. */
  <T> CompletableFuture<T> call(Callable<T> call) {
    var outcome = new CompletableFuture<T>();
    try {
      threads.execute(
          () -> {
            try {
              outcome.complete(call.call());
            } catch (Exception e) {
              outcome.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      outcome.completeExceptionally(e);
    }
    return outcome;
  }

  /** Lets calls that are under way come to their end for a moment. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.info("Calls of the Kubernetes API server are given up");
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      threads.shutdownNow();
    }
  }
}
