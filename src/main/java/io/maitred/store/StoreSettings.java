package io.maitred.store;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;
import java.util.Optional;

/**
 * How long the parts of a family of documents wait; each setting is explained in {@code
 * reference.conf}.
 *
 * @param homeDataCenter where documents are written; empty: the node's own data center
 * @param writeTimeout how long a write may be repeated
 * @param attemptTimeout how long one attempt of a write waits for the entity
 * @param pollInterval how often the tables are compared with the database
 * @param entityIdle after which time without a message an entity leaves memory
 */
public record StoreSettings(
    Optional<String> homeDataCenter,
    Duration writeTimeout,
    Duration attemptTimeout,
    Duration pollInterval,
    Duration entityIdle) {

  /**
   * Reads {@code maitred.home-data-center} and the settings of one family.
   *
   * @param path the block of the family
   * @throws io.maitred.common.InvalidSettingException for a wrong value
   */
  public static StoreSettings from(Config root, String path) {
    var reader = new ConfigReader(root, path);
    var home = new ConfigReader(root, "maitred").string("home-data-center");
    var write = reader.duration("write-timeout", Duration.ofMillis(100), Duration.ofMinutes(2));
    return new StoreSettings(
        home.isBlank() ? Optional.empty() : Optional.of(home),
        write,
        reader.duration("attempt-timeout", Duration.ofMillis(50), write),
        reader.duration("poll-interval", Duration.ofMillis(50), Duration.ofMinutes(5)),
        reader.duration("entity-idle", Duration.ofSeconds(1), Duration.ofHours(24)));
  }
}
