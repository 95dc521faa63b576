package io.maitred.router;

import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.discovery.SchedulerOrders;
import io.maitred.discovery.ServiceDirectory;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceSpec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts services that are not running, once each: requests of this node that come while an order
 * is under way share it, and an order that was carried out is not repeated for a minute, in which
 * the directory learns of the service.
 */
public final class ServiceLauncher {

  /**
   * One order and the requests that share it. They go on in the order in which they came; what
   * hangs on one future runs in the reverse order.
   */
  private static final class Launch {
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();

    /** Completes when the order is carried out, after all that joined before. */
    synchronized CompletionStage<Void> join() {
      if (ended.isDone()) {
        return ended.minimalCompletionStage();
      }
      var turn = new CompletableFuture<Void>();
      waiting.add(turn);
      return turn.minimalCompletionStage();
    }

    /**
     * @param failure null when the order was carried out
     */
    void end(@Nullable Throwable failure) {
      for (var turn = next(failure); turn != null; turn = next(failure)) {
        complete(turn, failure);
      }
    }

    /** Null when nobody waits any more; from then on nobody does. */
    private synchronized @Nullable CompletableFuture<Void> next(@Nullable Throwable failure) {
      var next = waiting.poll();
      if (next == null) {
        complete(ended, failure);
      }
      return next;
    }

    private static void complete(CompletableFuture<Void> future, @Nullable Throwable failure) {
      if (failure == null) {
        future.complete(null);
      } else {
        future.completeExceptionally(failure);
      }
    }
  }

  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final Duration RETRY_AFTER = Duration.ofMillis(1_500);

  private final ServiceDirectory directory;
  private final SchedulerOrders orders;
  private final ConcurrentHashMap<ServiceId, Launch> launches = new ConcurrentHashMap<>();

  public ServiceLauncher(ServiceDirectory directory, SchedulerOrders orders) {
    this.directory = directory;
    this.orders = orders;
    // a deleted service may be started again at once
    directory.listen(view -> {}, launches::remove);
  }

  /**
   * Completes when the scheduler has the service; at once when it is known to. Fails with a refusal
   * when the scheduler refuses it, or is away for longer than the patience.
   *
   * @param patience how long to repeat the order while the scheduler is away
   */
  public CompletionStage<Void> ensure(ServiceId id, Supplier<ServiceSpec> spec, Duration patience) {
    if (isRunning(id)) {
      return CompletableFuture.completedFuture(null);
    }
    var launch = new Launch();
    var first = launch.join();
    var earlier = launches.putIfAbsent(id, launch);
    if (earlier != null) {
      return earlier.join();
    }
    order(spec.get(), launch, System.nanoTime() + patience.toNanos());
    launch
        .ended
        .minimalCompletionStage()
        .whenComplete((done, failure) -> forgetLater(id, launch, failure != null));
    return first;
  }

  /** Whether the directory lists the service. */
  public boolean isRunning(ServiceId id) {
    return directory.snapshot().find(id).isPresent();
  }

  private void order(ServiceSpec spec, Launch launch, long deadline) {
    orders
        .create(spec)
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                launch.end(failure);
              } else if (result.success()) {
                launch.end(null);
              } else if (result.status() == 503 && System.nanoTime() < deadline) {
                after(RETRY_AFTER, () -> order(spec, launch, deadline));
              } else {
                launch.end(refusal(spec.id(), result).asException());
              }
            });
  }

  private static Refusal refusal(ServiceId id, Scheduler.Result result) {
    return Refusal.of(Math.max(result.status(), 400), result.message())
        .with("service-id", id.value());
  }

  private void forgetLater(ServiceId id, Launch launch, boolean failed) {
    if (failed) {
      launches.remove(id, launch);
    } else {
      after(REMEMBERED, () -> launches.remove(id, launch));
    }
  }

  private static void after(Duration delay, Runnable action) {
    CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS).execute(action);
  }
}
