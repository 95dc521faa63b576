package io.maitred.service;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.store.StoreSettings;
import java.time.Duration;

/**
 * Settings of the {@link ServiceStore}: {@code maitred.service-store}, each explained in {@code
 * reference.conf}.
 *
 * @param store what every family of documents has
 */
public record ServiceStoreSettings(
    StoreSettings store,
    Duration fetchTimeout,
    Duration unknownTokenTtl,
    int unknownTokens,
    int fetches) {

  public static ServiceStoreSettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.service-store");
    return new ServiceStoreSettings(
        StoreSettings.from(root, "maitred.service-store"),
        reader.duration("fetch-timeout", Duration.ofMillis(50), Duration.ofSeconds(60)),
        reader.duration("unknown-token-ttl", Duration.ZERO, Duration.ofMinutes(1)),
        reader.integer("unknown-tokens", 0, 1_000_000),
        reader.integer("fetches", 1, 100_000));
  }
}
