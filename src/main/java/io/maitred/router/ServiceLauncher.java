package io.maitred.router;

import io.maitred.common.Refusal;
import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.ServiceSpec;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Starts services that are not running, once each: requests of this node that come while an order
 * is under way share it, and an order that was carried out is not repeated for a while, in which
 * the directory learns of the service. As long as requests wait, a service that has gone is started
 * again.
 */
public final class ServiceLauncher {
  /** The sync repeats everything several times in it; the scheduler takes repeated orders well. */
  private static final Duration REMEMBERED = Duration.ofSeconds(15);

  private static final Duration RETRY_AFTER = Duration.ofMillis(1_500);
  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  private final Predicate<ServiceId> running;
  private final Predicate<ServiceId> waiting;
  private final Function<ServiceSpec, CompletionStage<Scheduler.Result>> create;
  private final Timers timers;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<ServiceId, CompletableFuture<Void>> launches =
      new ConcurrentHashMap<>();
  private final Set<ServiceId> watched = ConcurrentHashMap.newKeySet();

  /**
   * @param running whether the directory lists a service
   * @param waiting whether requests of this node wait for a slot of a service
   * @param create the order to the scheduler
   * @param nanos monotonic clock
   */
  public ServiceLauncher(
      Predicate<ServiceId> running,
      Predicate<ServiceId> waiting,
      Function<ServiceSpec, CompletionStage<Scheduler.Result>> create,
      Timers timers,
      LongSupplier nanos) {
    this.running = running;
    this.waiting = waiting;
    this.create = create;
    this.timers = timers;
    this.nanos = nanos;
  }

  /** The directory does not list the service any more: it may be started again at once. */
  public void gone(ServiceId id) {
    launches.remove(id);
  }

  /**
   * Completes when the scheduler has the service; at once when it is known to. Fails with a refusal
   * when the scheduler refuses it, or is away for longer than the patience.
   *
   * @param patience how long to repeat the order while the scheduler is away
   */
  public CompletionStage<Void> ensure(ServiceId id, Supplier<ServiceSpec> spec, Duration patience) {
    return running.test(id) ? DONE : launched(id, spec, nanos.getAsLong() + patience.toNanos());
  }

  private CompletionStage<Void> launched(ServiceId id, Supplier<ServiceSpec> spec, long deadline) {
    var launch = new CompletableFuture<Void>();
    var earlier = launches.putIfAbsent(id, launch);
    if (earlier == null) {
      order(id, spec, launch, deadline);
      return launch.minimalCompletionStage();
    }
    // whoever began it may have had less patience
    return earlier
        .minimalCompletionStage()
        .exceptionallyCompose(
            failure ->
                isAway(failure) && isBefore(deadline)
                    ? launched(id, spec, deadline)
                    : CompletableFuture.failedStage(failure));
  }

  private void order(
      ServiceId id, Supplier<ServiceSpec> spec, CompletableFuture<Void> launch, long deadline) {
    ordered(spec)
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                failed(id, launch, failure);
              } else if (result.success()) {
                launch.complete(null);
                timers.after(REMEMBERED, () -> launches.remove(id, launch));
              } else if (result.status() == 503 && isBefore(deadline)) {
                timers.after(RETRY_AFTER, () -> order(id, spec, launch, deadline));
              } else {
                failed(id, launch, refusal(id, result).asException());
              }
            });
  }

  /** A failure to make the order must end the launch like any other, or all would wait for it. */
  private CompletionStage<Scheduler.Result> ordered(Supplier<ServiceSpec> spec) {
    try {
      return create.apply(spec.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private void failed(ServiceId id, CompletableFuture<Void> launch, Throwable failure) {
    // forgotten first: who shared it and tries again must not find it
    launches.remove(id, launch);
    launch.completeExceptionally(failure);
  }

  /**
   * A request waits for a slot: as long as any does, the service is started again whenever it is
   * not listed, for instance because it was deleted at the moment when the request came.
   */
  public void keepWhileWaiting(ServiceId id, Supplier<ServiceSpec> spec) {
    if (watched.add(id)) {
      timers.after(RETRY_AFTER, () -> look(id, spec));
    }
  }

  private void look(ServiceId id, Supplier<ServiceSpec> spec) {
    if (waiting.test(id)) {
      // when it fails, the next look repeats it
      var unused = ensure(id, spec, Duration.ZERO);
      timers.after(RETRY_AFTER, () -> look(id, spec));
      return;
    }
    watched.remove(id);
    if (waiting.test(id)) { // one came that saw it watched
      keepWhileWaiting(id, spec);
    }
  }

  private boolean isBefore(long deadline) {
    return nanos.getAsLong() - deadline < 0;
  }

  private static boolean isAway(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RefusedException refused && refused.refusal().status() == 503;
  }

  private static Refusal refusal(ServiceId id, Scheduler.Result result) {
    return Refusal.of(Math.max(result.status(), 400), result.message())
        .with("service-id", id.value());
  }
}
