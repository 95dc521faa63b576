package io.maitred.scheduler.kubernetes;

import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;

/** Settings for tests: the shipped ones, quicker. */
@NullMarked
final class KubernetesFixture {
  private KubernetesFixture() {}

  static KubernetesSettings settings(Map<String, Object> more) {
    var values = new TreeMap<String, Object>();
    values.put("image", "demo");
    values.put("delete-patience", "10s");
    values.put("relist-after", "300ms");
    values.put("api.connect-timeout", "2s");
    values.put("api.request-timeout", "2s");
    values.put("health-check-timeout", "2s");
    values.putAll(more);
    return KubernetesSettings.from(
        ConfigFactory.parseMap(values)
            .atPath("maitred.scheduler.kubernetes")
            .withFallback(ConfigFactory.load()));
  }
}
