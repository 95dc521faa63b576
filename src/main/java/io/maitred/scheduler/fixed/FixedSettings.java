package io.maitred.scheduler.fixed;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;

/**
 * Settings {@code maitred.scheduler.fixed}; each is explained in {@code reference.conf}.
 *
 * @param healthCheckTimeout to look up a name, to connect, and again to get the answer's head
 * @param failuresInARow so many make a healthy backend unhealthy
 * @param maxServices services of one data center
 * @param trustAll accept any certificate of a backend
 */
public record FixedSettings(
    Duration healthCheckTimeout,
    int maxHealthChecksInFlight,
    int failuresInARow,
    int maxServices,
    boolean trustAll) {

  /** Reads and checks {@code maitred.scheduler.fixed}. */
  public static FixedSettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.scheduler.fixed");
    return new FixedSettings(
        reader.duration("health-check-timeout", Duration.ofMillis(10), Duration.ofMinutes(1)),
        reader.integer("max-health-checks-in-flight", 1, 1000),
        reader.integer("failures-in-a-row", 1, 10),
        reader.integer("max-services", 1, 100_000),
        reader.bool("tls-trust-all"));
  }
}
