package io.maitred.http.waiter;

import io.maitred.http.ApiUrls;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Instance.Health;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Instances as the API shows them (contract waiter 3.8). */
final class InstanceJson {
  /** Failed and killed instances shown at most. */
  private static final int ENDED_SHOWN = 10;

  private static final Comparator<Instance> ORDER =
      Comparator.comparing(Instance::serviceId)
          .thenComparing(Instance::startedAt)
          .thenComparing(Instance::id);

  private InstanceJson() {}

  static Map<String, @Nullable Object> full(Instance instance) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("id", instance.id().value());
    json.put("service-id", instance.serviceId().value());
    json.put("host", instance.host());
    json.put("port", instance.port());
    json.put("extra-ports", instance.extraPorts());
    json.put("healthy?", healthy(instance));
    json.put("health-check-status", instance.healthCheckStatus());
    json.put("flags", instance.flags());
    json.put("exit-code", instance.exitCode());
    json.put("log-directory", instance.logDirectory());
    json.put("message", instance.message());
    json.put("status", instance.healthy() ? "Healthy" : "Unhealthy");
    json.put("started-at", instance.startedAt());
    json.putAll(instance.extras());
    return json;
  }

  /** For the include {@code healthy-instances}. */
  static Map<String, Object> brief(Instance instance) {
    return Map.of(
        "host",
        instance.host(),
        "id",
        instance.id().value(),
        "port",
        instance.port(),
        "started-at",
        instance.startedAt());
  }

  /** Healthy ones first, each kind in order. */
  static List<Instance> active(List<Instance> instances) {
    return Stream.concat(
            instances.stream().filter(Instance::healthy).sorted(ORDER),
            instances.stream().filter(instance -> !instance.healthy()).sorted(ORDER))
        .toList();
  }

  /** The newest ones, in order. */
  static List<Instance> ended(List<Instance> instances) {
    var sorted = instances.stream().sorted(ORDER).toList();
    return sorted.subList(Math.max(0, sorted.size() - ENDED_SHOWN), sorted.size());
  }

  /**
   * @param logs where log files are found; null when the viewer may not see them
   */
  static List<Map<String, @Nullable Object>> list(
      List<Instance> instances, @Nullable ApiUrls logs) {
    return instances.stream()
        .map(
            instance -> {
              var json = full(instance);
              if (logs != null) {
                json.put("log-url", logs.logs(instance));
              }
              return json;
            })
        .toList();
  }

  private static @Nullable Boolean healthy(Instance instance) {
    return instance.health() == Health.UNKNOWN ? null : instance.health() == Health.HEALTHY;
  }
}
