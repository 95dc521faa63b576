package io.maitred.router;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.router.model.ErrorDelay;
import io.maitred.router.model.ErrorRate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Holds back the errors of full queues and of services that cannot start, the longer the more of
 * them there are per service; the rule is {@link ErrorDelay}. Other refusals pass at once. No
 * thread waits meanwhile, and when very many are held back the next ones pass at once.
 */
public final class ErrorThrottle {
  static final int MAX_DELAYED = 10_000;
  static final int MAX_RATES = 10_000;
  private static final Set<String> THROTTLED =
      Set.of("waiter.QueueLength", "waiter.DeploymentError");

  private record Key(ServiceId service, String errorClass) {}

  private final ErrorDelay rule;
  private final Timers timers;
  private final LongSupplier millis;
  private final ConcurrentHashMap<Key, ErrorRate> rates = new ConcurrentHashMap<>();
  private final AtomicInteger delayed = new AtomicInteger();

  /**
   * @param millis monotonic clock
   */
  public ErrorThrottle(ErrorDelay rule, Timers timers, LongSupplier millis) {
    this.rule = rule;
    this.timers = timers;
    this.millis = millis;
  }

  /** Reads {@code maitred.router.error-throttle}. */
  public static ErrorDelay rule(Config config) {
    var reader = new ConfigReader(config, "maitred.router.error-throttle");
    return new ErrorDelay(
        reader.duration("max-delay", Duration.ZERO, Duration.ofMinutes(1)),
        reader.duration("step-delay", Duration.ZERO, Duration.ofMinutes(1)),
        reader.integer("step-size-per-minute", 1, Integer.MAX_VALUE));
  }

  /** A stage that fails with the refusal, now or a little later. */
  <T> CompletionStage<T> refused(ServiceId service, Refusal refusal) {
    var failure = refusal.asException();
    if (!(refusal.details().get("error-class") instanceof String errorClass)
        || !THROTTLED.contains(errorClass)) {
      return CompletableFuture.failedStage(failure);
    }
    var delay = rule.at(count(new Key(service, errorClass)));
    if (delay.isZero() || delayed.get() >= MAX_DELAYED) {
      return CompletableFuture.failedStage(failure);
    }
    var later = new CompletableFuture<T>();
    delayed.incrementAndGet();
    timers.after(
        delay,
        () -> {
          delayed.decrementAndGet();
          later.completeExceptionally(failure);
        });
    return later.minimalCompletionStage();
  }

  /** Counts an error; returns how many there are per minute, this one included. */
  private long count(Key key) {
    long now = millis.getAsLong();
    if (rates.size() >= MAX_RATES) {
      rates.values().removeIf(rate -> rate.perMinute(now) == 0);
      if (rates.size() >= MAX_RATES) {
        rates.clear();
      }
    }
    return rates
        .compute(key, (k, rate) -> (rate == null ? ErrorRate.none(now) : rate).counted(now))
        .perMinute(now);
  }
}
