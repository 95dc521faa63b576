package io.maitred.service.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What holds where a description or a token says nothing.
 *
 * @param parameters defaults of service parameters (contract waiter 5.1)
 * @param fixedParameters those that differ for services whose servers somebody else runs, see
 *     {@link FixedServices}
 * @param tokenSettings defaults of user metadata of tokens (contract waiter 4.1)
 * @param metricGroups the first whose pattern matches a service's whole name gives its metric group
 */
public record DescriptionDefaults(
    Map<String, Object> parameters,
    Map<String, Object> fixedParameters,
    Map<String, Object> tokenSettings,
    List<MetricGroup> metricGroups) {

  private static final String OTHER_METRICS = "other";
  private static final List<String> CHECK_FIELDS =
      List.of(
          "authentication",
          "interval-secs",
          "max-consecutive-failures",
          "port-index",
          "proto",
          "url");

  /** A group of services whose metrics are kept together. */
  public record MetricGroup(Pattern name, String group) {}

  public DescriptionDefaults {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    fixedParameters = Collections.unmodifiableMap(new TreeMap<>(fixedParameters));
    tokenSettings = Collections.unmodifiableMap(new TreeMap<>(tokenSettings));
    metricGroups = List.copyOf(metricGroups);
  }

  /** Defaults, then the core description; the later ones win. */
  public ServiceDescription effective(Map<String, Object> core) {
    return effective(core, Map.of());
  }

  /**
   * Defaults, then the core description, then overrides (contract waiter 5.4); the later ones win.
   */
  public ServiceDescription effective(Map<String, Object> core, Map<String, Object> overrides) {
    var effective = withDefaults(core);
    effective.putAll(overrides);
    if (!effective.containsKey("metric-group")) {
      effective.put("metric-group", metricGroup(effective.get("name")));
    }
    for (var field : CHECK_FIELDS) {
      var health = effective.get("health-check-" + field);
      if (health != null) {
        effective.putIfAbsent("liveness-check-" + field, health);
      }
    }
    return new ServiceDescription(effective);
  }

  /** User metadata of a token over the defaults, for the time of a request. */
  public Map<String, Object> settingsOf(Map<String, Object> tokenData) {
    var settings = new TreeMap<>(tokenSettings);
    tokenData.forEach(
        (key, value) -> {
          if (TokenKeys.USER_METADATA.contains(key)) {
            settings.put(key, value);
          }
        });
    return Collections.unmodifiableMap(settings);
  }

  private TreeMap<String, Object> withDefaults(Map<String, Object> core) {
    var merged = new TreeMap<>(parameters);
    if (FixedServices.isFixed(core)) {
      merged.putAll(fixedParameters);
    }
    if (!core.containsKey("min-instances")
        && core.get("max-instances") instanceof Number max
        && parameters.get("min-instances") instanceof Number min
        && max.longValue() < min.longValue()) {
      merged.put("min-instances", (int) Math.max(max.longValue(), 1));
    }
    mergeInto(merged, core);
    return merged;
  }

  private String metricGroup(@Nullable Object name) {
    if (name instanceof String text) {
      for (var group : metricGroups) {
        if (group.name().matcher(text).matches()) {
          return group.group();
        }
      }
    }
    return OTHER_METRICS;
  }

  /** The later values win; {@code env} and {@code metadata} are merged entry by entry. */
  public static void mergeInto(Map<String, Object> target, Map<String, Object> later) {
    later.forEach(
        (key, value) -> {
          boolean deep = key.equals("env") || key.equals("metadata");
          if (deep
              && value instanceof Map<?, ?> over
              && target.get(key) instanceof Map<?, ?> under) {
            var both = new TreeMap<String, Object>();
            under.forEach((name, v) -> both.put(String.valueOf(name), v));
            over.forEach((name, v) -> both.put(String.valueOf(name), v));
            target.put(key, both);
          } else {
            target.put(key, value);
          }
        });
  }
}
