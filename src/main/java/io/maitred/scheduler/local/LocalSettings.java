package io.maitred.scheduler.local;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;
import java.util.List;

/**
 * Settings {@code maitred.scheduler.local}; each is explained in {@code reference.conf}.
 *
 * @param workDirectory where the sandboxes are; relative to the directory of this cluster and data
 *     center under the data directory
 * @param healthCheckTimeout to connect, and again to get the answer's head
 */
public record LocalSettings(
    String workDirectory,
    int firstPort,
    int lastPort,
    Duration portGracePeriod,
    Duration retryInterval,
    Duration healthCheckInterval,
    Duration startUpHealthCheckInterval,
    Duration healthCheckTimeout,
    int maxHealthChecksInFlight,
    int maxInstances,
    Duration softKillTimeout,
    int keptSandboxes,
    int keptServices,
    List<String> hiddenEnvironment) {

  public LocalSettings {
    hiddenEnvironment = List.copyOf(hiddenEnvironment);
  }

  /** Reads and checks {@code maitred.scheduler.local}. */
  public static LocalSettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.scheduler.local");
    int first = reader.integer("port-range.first", 1024, 65535);
    int last = reader.integer("port-range.last", 1024, 65535);
    if (last < first) {
      throw reader.invalid("port-range.last", last, "at least port-range.first, " + first);
    }
    return new LocalSettings(
        reader.nonBlank("work-directory"),
        first,
        last,
        reader.duration("port-grace-period", Duration.ZERO, Duration.ofHours(1)),
        reader.duration("retry-interval", Duration.ofMillis(50), Duration.ofMinutes(10)),
        reader.duration("health-check-interval", Duration.ofMillis(50), Duration.ofMinutes(10)),
        reader.duration(
            "start-up-health-check-interval", Duration.ofMillis(50), Duration.ofMinutes(1)),
        reader.duration("health-check-timeout", Duration.ofMillis(10), Duration.ofMinutes(1)),
        reader.integer("max-health-checks-in-flight", 1, 1000),
        reader.integer("max-instances", 1, 2000),
        reader.duration("soft-kill-timeout", Duration.ofMillis(100), Duration.ofMinutes(10)),
        reader.integer("kept-sandboxes", 0, 1000),
        reader.integer("kept-services", 0, 10000),
        reader.strings("hidden-environment"));
  }
}
