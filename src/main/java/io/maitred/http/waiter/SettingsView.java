package io.maitred.http.waiter;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.maitred.http.Product;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The configuration under the names by which Waiter's clients know it (contract waiter 14), and
 * once more under Maitred's own names in {@code maitred}. Secrets are hidden.
 */
public final class SettingsView {
  private static final String HIDDEN = "<hidden>";
  private static final List<String> SECRETS =
      List.of("password", "secret", "credential", "private-key", "token-key");

  private SettingsView() {}

  /**
   * @param config the whole configuration
   * @param schedulerKind which scheduler is in use
   * @param startedAt start of this node
   */
  public static Map<String, Object> of(Config config, String schedulerKind, Instant startedAt) {
    var maitred = config.getConfig("maitred");
    var view = new LinkedHashMap<String, Object>();
    view.put("git-version", Product.VERSION);
    view.put("started-at", startedAt);
    view.put("host", maitred.getString("http.host"));
    view.put("port", maitred.getInt("http.port"));
    view.put("hostname", maitred.getStringList("http.hostnames"));
    view.put(
        "cluster-config",
        Map.of(
            "name",
            maitred.getString("cluster-name"),
            "service-prefix",
            maitred.getString("service.service-id-prefix"),
            "min-routers",
            1));
    view.put(
        "scheduler-config",
        Map.of("kind", schedulerKind, schedulerKind, tree(maitred, "scheduler." + schedulerKind)));
    view.put("scheduler-syncer-interval-secs", syncSeconds(maitred));
    view.put("authenticator-config", Map.of("kind", "one-user", "jwt", "disabled"));
    view.put("entitlement-config", Map.of("kind", "simple"));
    view.put("deployment-error-config", tree(maitred, "discovery.deployment-errors"));
    view.put("messages", tree(maitred, "discovery.messages"));
    view.put("ejection-config", ejection(maitred.getConfig("reservation.ejection")));
    view.put("service-description-constraints", tree(maitred, "service.constraints"));
    view.put("service-description-defaults", tree(maitred, "service.defaults"));
    view.put("profile-config", tree(maitred, "service.profiles"));
    view.put("token-config", Map.of("token-defaults", tree(maitred, "service.token-defaults")));
    view.put("work-stealing", Map.of("supported-distribution-schemes", List.of()));
    view.put("maitred", tree(config, "maitred"));
    return view;
  }

  private static Map<String, Object> ejection(Config ejection) {
    return Map.of(
        "eject-backoff-base-time-ms",
        ejection.getDuration("base").toMillis(),
        "max-eject-time-ms",
        ejection.getDuration("max").toMillis(),
        "expiry-threshold",
        ejection.getInt("expiry-threshold"));
  }

  private static Map<String, Object> tree(Config config, String path) {
    var part = config.hasPath(path) ? config.getConfig(path) : ConfigFactory.empty();
    return sanitised(part.root().unwrapped());
  }

  /** Whole seconds, at least one: clients sleep for so long. */
  private static int syncSeconds(Config maitred) {
    var path = "discovery.sync-interval";
    long millis = maitred.hasPath(path) ? maitred.getDuration(path).toMillis() : 5000;
    return (int) Math.max(1, (millis + 999) / 1000);
  }

  private static Map<String, Object> sanitised(Map<String, Object> tree) {
    var clean = new LinkedHashMap<String, Object>();
    tree.forEach((name, value) -> clean.put(name, sanitised(name, value)));
    return clean;
  }

  private static Object sanitised(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      var clean = new LinkedHashMap<String, Object>();
      map.forEach(
          (key, inner) -> clean.put(String.valueOf(key), sanitised(String.valueOf(key), inner)));
      return clean;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(inner -> sanitised(name, inner)).toList();
    }
    return isSecret(name, value) ? HIDDEN : value;
  }

  private static boolean isSecret(String name, Object value) {
    var lower = name.toLowerCase(Locale.ROOT);
    if (value instanceof String text && text.isEmpty()) {
      return false;
    }
    return SECRETS.stream().anyMatch(lower::contains)
        || (value instanceof String text
            && text.toLowerCase(Locale.ROOT).matches(".*(password=|://[^/@]*:[^/@]*@).*"));
  }
}
