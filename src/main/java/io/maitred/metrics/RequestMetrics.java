package io.maitred.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts and times the requests of each service. Looking up a service's meters costs one map access
 * a request; {@link #forget} drops those of a service that is gone.
 *
 * <p>At most {@value #MAX_SERVICES} services have meters of their own; requests of more are counted
 * under the service {@code other}.
 */
public final class RequestMetrics {
  private static final int MAX_SERVICES = 5_000;
  private static final String OTHER = "other";
  private static final String NONE = "none";
  private static final int STATUSES = 1000;

  private final MeterRegistry registry;
  private final ConcurrentHashMap<String, ServiceMeters> services = new ConcurrentHashMap<>();

  public RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * A request of a service has been answered.
   *
   * @param status HTTP status that the client got
   * @param nanos time from its arrival to the head of the response
   */
  public void answered(String serviceId, int status, long nanos) {
    of(serviceId).answered(status, nanos);
  }

  /**
   * A request of a service was given a slot.
   *
   * @param nanos time that it waited for it
   */
  public void reserved(String serviceId, long nanos) {
    of(serviceId).waiting.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A request that led to no service has been answered. */
  public void answered(int status, long nanos) {
    of(NONE).answered(status, nanos);
  }

  /** Drops the meters of all services but these. */
  public void retain(Collection<String> serviceIds) {
    var kept = new HashSet<>(serviceIds);
    kept.add(OTHER);
    kept.add(NONE);
    services.keySet().stream().filter(id -> !kept.contains(id)).forEach(this::forget);
  }

  /** The service is gone, and its meters with it. */
  public void forget(String serviceId) {
    var meters = services.remove(serviceId);
    if (meters != null) {
      meters.remove();
    }
  }

  private ServiceMeters of(String serviceId) {
    var known = services.get(serviceId);
    if (known != null) {
      return known;
    }
    var id = services.size() < MAX_SERVICES ? serviceId : OTHER;
    return services.computeIfAbsent(id, ServiceMeters::new);
  }

  private final class ServiceMeters {
    private final String service;
    private final Timer duration;
    private final Timer waiting;
    private final Counter[] byStatus = new Counter[STATUSES];

    private ServiceMeters(String service) {
      this.service = service;
      this.duration =
          Timer.builder("maitred.request.duration")
              .description("From the arrival of a request to the head of its response")
              .tag("service", service)
              .serviceLevelObjectives(
                  Duration.ofMillis(5),
                  Duration.ofMillis(25),
                  Duration.ofMillis(100),
                  Duration.ofMillis(500),
                  Duration.ofMillis(2_500),
                  Duration.ofSeconds(10),
                  Duration.ofSeconds(60))
              .register(registry);
      this.waiting =
          Timer.builder("maitred.request.waiting")
              .description("Time that requests waited for a slot")
              .tag("service", service)
              .register(registry);
    }

    private void answered(int status, long nanos) {
      duration.record(nanos, TimeUnit.NANOSECONDS);
      int index = Math.min(Math.max(status, 0), STATUSES - 1);
      var counter = byStatus[index];
      if (counter == null) {
        // registering twice gives the same counter: a race here does no harm
        counter =
            Counter.builder("maitred.requests")
                .description("Answered requests")
                .tag("service", service)
                .tag("status", Integer.toString(index))
                .register(registry);
        byStatus[index] = counter;
      }
      counter.increment();
    }

    private void remove() {
      registry.remove(duration);
      registry.remove(waiting);
      for (var counter : byStatus) {
        if (counter != null) {
          registry.remove(counter);
        }
      }
    }
  }
}
