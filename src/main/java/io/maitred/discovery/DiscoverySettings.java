package io.maitred.discovery;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.discovery.model.DeploymentErrors;
import java.time.Duration;
import java.util.LinkedHashMap;

/**
 * Settings of {@code maitred.discovery}; meaning and units are explained in {@code reference.conf}.
 */
public record DiscoverySettings(
    Duration syncInterval,
    int failedCheckThreshold,
    DeploymentErrors deploymentErrors,
    Duration orderTimeout,
    int maxPendingOrders,
    int maxWaiters,
    int idsPerMessage,
    Duration introduceInterval) {

  /**
   * @throws io.maitred.common.InvalidSettingException if a value is missing or out of range
   */
  public static DiscoverySettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.discovery");
    var messages = new LinkedHashMap<String, String>();
    DeploymentErrors.KEYS.forEach(key -> messages.put(key, reader.nonBlank("messages." + key)));
    return new DiscoverySettings(
        reader.duration("sync-interval", Duration.ofMillis(100), Duration.ofMinutes(1)),
        reader.integer("failed-check-threshold", 1, 1000),
        new DeploymentErrors(
            reader.integer("deployment-errors.min-failed-instances", 1, 10),
            reader.integer("deployment-errors.min-hosts", 1, 10),
            messages),
        reader.duration("order-timeout", Duration.ofSeconds(1), Duration.ofMinutes(10)),
        reader.integer("max-pending-orders", 1, 1_000_000),
        reader.integer("max-waiters", 1, 1_000_000),
        reader.integer("ids-per-message", 1, 2000),
        reader.duration("introduce-interval", Duration.ofMillis(50), Duration.ofMinutes(1)));
  }

  /** These, with another number of hosts on which instances must have failed. */
  public DiscoverySettings withMinHosts(int hosts) {
    return new DiscoverySettings(
        syncInterval,
        failedCheckThreshold,
        new DeploymentErrors(
            deploymentErrors.minFailedInstances(), hosts, deploymentErrors.messages()),
        orderTimeout,
        maxPendingOrders,
        maxWaiters,
        idsPerMessage,
        introduceInterval);
  }
}
