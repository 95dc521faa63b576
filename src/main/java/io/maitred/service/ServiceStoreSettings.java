package io.maitred.service;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the {@link ServiceStore}: {@code maitred.service-store}, each explained in {@code
 * reference.conf}.
 *
 * @param homeDataCenter where documents are written; empty: the node's own data center
 */
public record ServiceStoreSettings(
    Optional<String> homeDataCenter,
    Duration writeTimeout,
    Duration attemptTimeout,
    Duration fetchTimeout,
    Duration unknownTokenTtl,
    int unknownTokens,
    int fetches,
    Duration pollInterval,
    Duration entityIdle) {

  public static ServiceStoreSettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.service-store");
    var home = new ConfigReader(root, "maitred").string("home-data-center");
    var write = reader.duration("write-timeout", Duration.ofMillis(100), Duration.ofMinutes(2));
    return new ServiceStoreSettings(
        home.isBlank() ? Optional.empty() : Optional.of(home),
        write,
        reader.duration("attempt-timeout", Duration.ofMillis(50), write),
        reader.duration("fetch-timeout", Duration.ofMillis(50), Duration.ofSeconds(60)),
        reader.duration("unknown-token-ttl", Duration.ZERO, Duration.ofMinutes(1)),
        reader.integer("unknown-tokens", 0, 1_000_000),
        reader.integer("fetches", 1, 100_000),
        reader.duration("poll-interval", Duration.ofMillis(50), Duration.ofMinutes(5)),
        reader.duration("entity-idle", Duration.ofSeconds(1), Duration.ofHours(24)));
  }
}
