package io.maitred.router;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.router.model.ErrorRate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Slows clients down that repeat requests which fail at once: the more often a service refuses its
 * requests, the later each hears of it (contract waiter 6.4).
 */
public final class ErrorThrottle {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int MAX_SERVICES = 10_000;

  /** What a client could ask again for without ever waiting. */
  private static final Set<String> SLOWED = Set.of("waiter.QueueLength", "waiter.DeploymentError");

  /**
   * @param maxDelay never more than this; zero: no delay
   * @param stepDelay for each whole step
   * @param stepSize errors per minute that make a step, at least 1
   */
  public record Settings(Duration maxDelay, Duration stepDelay, int stepSize) {
    /** Reads {@code maitred.router.error-response-throttle}. */
    public static Settings from(Config config) {
      var reader = new ConfigReader(config, "maitred.router.error-response-throttle");
      return new Settings(
          reader.duration("max-delay", Duration.ZERO, HOUR),
          reader.duration("step-delay", Duration.ZERO, HOUR),
          reader.integer("step-size-per-min", 1, 1_000_000));
    }
  }

  private final Settings settings;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<ServiceId, ErrorRate> rates = new ConcurrentHashMap<>();

  /**
   * @param nanos a clock that never goes back
   */
  public ErrorThrottle(Settings settings, LongSupplier nanos) {
    this.settings = settings;
    this.nanos = nanos;
  }

  /** Counts an error of a service, and tells how long its client waits for it. */
  Duration delay(ServiceId service, Refusal refusal) {
    if (!(refusal.details().get("error-class") instanceof String name) || !SLOWED.contains(name)) {
      return Duration.ZERO;
    }
    if (rates.size() >= MAX_SERVICES) {
      rates.clear(); // forgets who was slowed down, which costs a minute of delays
    }
    long now = nanos.getAsLong();
    var rate =
        rates.compute(
            service, (id, known) -> (known == null ? ErrorRate.none(now) : known).another(now));
    // the bound first: a step may be an hour, and the rate anything
    long steps = Math.min(rate.perMinute(now) / settings.stepSize(), 1_000_000);
    var delay = settings.stepDelay().multipliedBy(steps);
    return delay.compareTo(settings.maxDelay()) > 0 ? settings.maxDelay() : delay;
  }
}
