package io.maitred.autoscaler;

import com.typesafe.config.Config;
import io.maitred.autoscaler.model.ScaleAction.Quanta;
import io.maitred.common.ConfigReader;
import java.time.Duration;

/**
 * Settings of {@code maitred.autoscaler}; meaning and units are explained in {@code
 * reference.conf}.
 */
public record AutoscalerSettings(
    Duration interval,
    Duration killInterval,
    int maxExpiredUnhealthy,
    Quanta quanta,
    Duration gcInterval,
    int brokenServiceMinHosts,
    Duration brokenServiceTimeout,
    Duration rememberInterval,
    Duration silence) {

  /**
   * @throws io.maitred.common.InvalidSettingException if a value is missing or out of range
   */
  public static AutoscalerSettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.autoscaler");
    var day = Duration.ofDays(1);
    return new AutoscalerSettings(
        reader.duration("interval", Duration.ofMillis(100), Duration.ofMinutes(1)),
        reader.duration("kill-interval", Duration.ofMillis(100), Duration.ofMinutes(10)),
        reader.integer("max-expired-unhealthy-instances-to-consider", 0, 1000),
        new Quanta(reader.number("quanta.cpus", 0.001, 1e9), reader.number("quanta.mem", 1, 1e12)),
        reader.duration("gc-interval", Duration.ofMillis(100), day),
        reader.integer("broken-service-min-hosts", 1, 10),
        reader.duration("broken-service-timeout", Duration.ZERO, day.multipliedBy(30)),
        reader.duration("remember-interval", Duration.ofMillis(100), day),
        reader.duration("silence", Duration.ofSeconds(1), day));
  }
}
