package io.maitred.scheduler.local;

import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.local.model.LocalInstance;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The variables of an instance's process (contract waiter 9.5). */
final class InstanceEnvironment {
  private InstanceEnvironment() {}

  /**
   * @param inherited the node's own environment
   * @param hidden names that are not handed down; a trailing {@code *} matches any rest
   */
  static Map<String, String> of(
      Map<String, String> inherited,
      List<String> hidden,
      ServiceSpec spec,
      LocalInstance instance,
      String cluster,
      Sandboxes sandboxes) {
    var effective = spec.effective();
    var all = new HashMap<>(inherited);
    all.keySet().removeIf(name -> hidden.stream().anyMatch(pattern -> matches(pattern, name)));
    effective
        .map("env")
        .forEach(
            (name, value) ->
                all.put(
                    name.equals("WAITER_CONFIG_TOKEN") ? "WAITER_TOKEN" : name,
                    String.valueOf(value)));
    var user = String.valueOf(effective.get("run-as-user"));
    Path sandbox = sandboxes.instance(spec.id(), instance.id());
    all.put("HOME", sandboxes.work().toString());
    all.put("LOGNAME", user);
    all.put("USER", user);
    for (int i = 0; i < instance.ports().size(); i++) {
      all.put("PORT" + i, instance.ports().get(i).toString());
    }
    all.put("WAITER_CLUSTER", cluster);
    all.put("WAITER_CONCURRENCY_LEVEL", String.valueOf(effective.get("concurrency-level")));
    all.put("WAITER_CPUS", String.valueOf(effective.get("cpus")));
    all.put("WAITER_MEM_MB", String.valueOf(effective.get("mem")));
    all.put("WAITER_METRIC_GROUP", String.valueOf(effective.get("metric-group")));
    all.put("WAITER_PASSWORD", spec.password());
    all.put("WAITER_SERVICE_ID", spec.id().value());
    all.put("WAITER_USERNAME", "waiter");
    all.put("WAITER_SANDBOX", sandbox.toString());
    all.putIfAbsent("MESOS_SANDBOX", sandbox.toString());
    // Not Waiter's: where the instance is looked for, so that a service can listen there only.
    all.put("WAITER_HOST", instance.host());
    var marker = marker(instance);
    all.put(marker.substring(0, marker.indexOf('=')), instance.id().value());
    return all;
  }

  /** The variable by which a process of this instance is recognised. */
  static String marker(LocalInstance instance) {
    return "WAITER_INSTANCE_ID=" + instance.id().value();
  }

  private static boolean matches(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }
}
