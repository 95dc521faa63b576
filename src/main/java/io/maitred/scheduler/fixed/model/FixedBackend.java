package io.maitred.scheduler.fixed.model;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.health.model.CheckResult;
import io.maitred.scheduler.health.model.HealthHistory;
import io.maitred.service.model.BackendUrl;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Instance.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One server that somebody else runs, as an instance of a service. Immutable: every change is a new
 * value.
 *
 * @param knownSince when it began to be watched; what it did before is nobody's knowledge
 * @param turnedAt when its health changed last, at first {@code knownSince}
 * @param reason why it is not healthy; null while it is, or before the first check
 */
public record FixedBackend(
    InstanceId id,
    ServiceId serviceId,
    BackendUrl url,
    Instant knownSince,
    Instant turnedAt,
    HealthHistory history,
    @Nullable String reason) {

  private static final String URL = "fixed/url";

  /**
   * A backend that was not checked yet. The id depends on the service and the place in its list
   * only, so that whoever watches it next calls it the same.
   *
   * @param place in the list of the description, from 1
   */
  public static FixedBackend of(ServiceId service, int place, BackendUrl url, Instant now) {
    var id = new InstanceId("%s.backend-%03d".formatted(service, place));
    return new FixedBackend(id, service, url, now, now, HealthHistory.UNKNOWN, null);
  }

  /**
   * After one more check.
   *
   * @param patience how many failures in a row make it unhealthy
   */
  public FixedBackend checked(CheckResult result, int patience, Instant now) {
    var next = history.after(result, patience);
    return new FixedBackend(
        id,
        serviceId,
        url,
        knownSince,
        next.health() == history.health() ? turnedAt : now,
        next,
        next.health() == Health.UNHEALTHY ? result.reason() : null);
  }

  /** How long to wait before the next check. */
  public Duration nextCheckIn(Instant now, Duration interval) {
    return history.nextCheckIn(turnedAt, now, interval, interval);
  }

  /** Whether a check has come to its end. */
  public boolean known() {
    return history.health() != Health.UNKNOWN;
  }

  /** How it appears in reports. */
  public Instance toInstance() {
    return new Instance(
        id,
        serviceId,
        url.host(),
        url.port(),
        List.of(),
        knownSince,
        history.health(),
        history.status(),
        history.flags(),
        null,
        null,
        reason,
        Map.of(URL, url.toString(), Instance.PROTOCOL, url.protocol()));
  }
}
