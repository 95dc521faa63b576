package io.maitred.router;

import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.common.SharedResult;
import io.maitred.discovery.SchedulerOrders;
import io.maitred.discovery.ServiceDirectory;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Starts services that are not running, once each: requests of this node that come while an order
 * is under way share it, and an order that was carried out is not repeated for a minute, in which
 * the directory learns of the service.
 */
public final class ServiceLauncher {
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final Duration RETRY_AFTER = Duration.ofMillis(1_500);

  private final ServiceDirectory directory;
  private final SchedulerOrders orders;
  private final ConcurrentHashMap<ServiceId, SharedResult<Boolean>> launches =
      new ConcurrentHashMap<>();

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
  public CompletionStage<?> ensure(ServiceId id, Supplier<ServiceSpec> spec, Duration patience) {
    if (isRunning(id)) {
      return CompletableFuture.completedFuture(null);
    }
    var launch = new SharedResult<Boolean>();
    var first = launch.join();
    var earlier = launches.putIfAbsent(id, launch);
    if (earlier != null) {
      return earlier.join();
    }
    order(spec.get(), launch, System.nanoTime() + patience.toNanos());
    launch.join().whenComplete((done, failure) -> forgetLater(id, launch, failure != null));
    return first;
  }

  /** Whether the directory lists the service. */
  public boolean isRunning(ServiceId id) {
    return directory.snapshot().find(id).isPresent();
  }

  private void order(ServiceSpec spec, SharedResult<Boolean> launch, long deadline) {
    orders
        .create(spec)
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                launch.end(false, failure);
              } else if (result.success()) {
                launch.end(true, null);
              } else if (result.status() == 503 && System.nanoTime() < deadline) {
                after(RETRY_AFTER, () -> order(spec, launch, deadline));
              } else {
                launch.end(false, refusal(spec.id(), result).asException());
              }
            });
  }

  private static Refusal refusal(ServiceId id, Scheduler.Result result) {
    return Refusal.of(Math.max(result.status(), 400), result.message())
        .with("service-id", id.value());
  }

  private void forgetLater(ServiceId id, SharedResult<Boolean> launch, boolean failed) {
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
