package io.maitred.waitingroom.page;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;

/**
 * Settings of {@code maitred.waiting-room.page}; meaning and units are explained in {@code
 * reference.conf}.
 */
record PageSettings(
    Duration renderingBudget,
    int maxOutput,
    int maxWaiting,
    int maxWaitingPerTemplate,
    Duration setAside,
    int cacheSize) {

  private static final int MIB = 1 << 20;

  /**
   * @throws io.maitred.common.InvalidSettingException if a value is missing or out of range
   */
  static PageSettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.waiting-room.page");
    return new PageSettings(
        reader.duration("rendering-budget", Duration.ofMillis(10), Duration.ofSeconds(10)),
        (int) reader.bytes("max-output", 1024, 64 * MIB),
        reader.integer("max-waiting", 1, 100_000),
        reader.integer("max-waiting-per-template", 1, 100_000),
        reader.duration("set-aside", Duration.ZERO, Duration.ofHours(1)),
        (int) reader.bytes("cache-size", MIB, 1024L * MIB));
  }
}
