package io.maitred.scheduler.kubernetes;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import io.maitred.common.ConfigReader;
import io.maitred.scheduler.kubernetes.model.KubernetesNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Settings {@code maitred.scheduler.kubernetes}; each is explained in {@code reference.conf}.
 *
 * @param api where the API server is, and as whom it is asked
 * @param clusterLabel value of the label by which ReplicaSets and pods are found; blank: the
 *     cluster's name
 * @param image for services that name none; blank: such services are refused
 * @param userIds numeric users of containers, by the name of the user
 */
public record KubernetesSettings(
    Api api,
    String clusterLabel,
    String namespace,
    boolean allNamespaces,
    int maxNameLength,
    String image,
    Map<String, String> imageAliases,
    List<String> containerInitCommands,
    int podBasePort,
    int podSigkillDelaySeconds,
    boolean podAntiAffinity,
    Map<String, Long> userIds,
    Duration killGrace,
    Duration bypassKillGrace,
    Duration deletePatience,
    Duration relistAfter,
    Duration healthCheckInterval,
    Duration healthCheckTimeout,
    int maxHealthChecksInFlight,
    int logTailBytes) {

  /**
   * @param url of the API server; blank: as the kubeconfig file or the pod's service account says
   * @param kubeconfig file; blank: as {@code kubectl} finds it
   * @param context of the kubeconfig file; blank: its current one
   * @param tokenFile read again for every request; only with a url
   * @param caFile certificates that the API server's must lead to; only with a url
   * @param trustAll accept any certificate of the API server; only with a url
   */
  public record Api(
      String url,
      String kubeconfig,
      String context,
      String tokenFile,
      String caFile,
      boolean trustAll,
      Duration connectTimeout,
      Duration requestTimeout) {}

  public KubernetesSettings {
    imageAliases = Map.copyOf(imageAliases);
    containerInitCommands = List.copyOf(containerInitCommands);
    userIds = Map.copyOf(userIds);
  }

  /** Reads and checks {@code maitred.scheduler.kubernetes}; looks at no file and no server. */
  public static KubernetesSettings from(Config root) {
    var reader = new ConfigReader(root, "maitred.scheduler.kubernetes");
    var label = reader.string("cluster-label");
    if (!label.equals(KubernetesNames.label(label))) {
      throw reader.invalid(
          "cluster-label", label, "up to 63 letters, digits, dashes, dots and underscores");
    }
    return new KubernetesSettings(
        api(reader),
        label,
        reader.nonBlank("namespace"),
        reader.bool("all-namespaces"),
        reader.integer("max-name-length", 24, KubernetesNames.MAX_LABEL),
        reader.string("image"),
        strings(root, reader, "image-aliases"),
        reader.strings("container-init-commands"),
        reader.integer("pod-base-port", 1024, 64_000),
        reader.integer("pod-sigkill-delay-secs", 0, 300),
        reader.bool("pod-anti-affinity"),
        userIds(root, reader),
        reader.duration("kill-grace", Duration.ZERO, Duration.ofHours(1)),
        reader.duration("bypass-kill-grace", Duration.ZERO, Duration.ofHours(1)),
        reader.duration("delete-patience", Duration.ZERO, Duration.ofMinutes(10)),
        reader.duration("relist-after", Duration.ofMillis(100), Duration.ofMinutes(10)),
        reader.duration("health-check-interval", Duration.ofMillis(50), Duration.ofMinutes(1)),
        reader.duration("health-check-timeout", Duration.ofMillis(10), Duration.ofMinutes(1)),
        reader.integer("max-health-checks-in-flight", 1, 1000),
        reader.integer("log-tail-bytes", 0, 131_072));
  }

  private static Api api(ConfigReader reader) {
    var url = reader.string("api.url");
    for (var path : List.of("api.token-file", "api.ca-file")) {
      if (url.isBlank() && !reader.string(path).isBlank()) {
        throw reader.invalid(path, reader.string(path), "nothing, unless api.url is set");
      }
    }
    return new Api(
        url,
        reader.string("api.kubeconfig"),
        reader.string("api.context"),
        reader.string("api.token-file"),
        reader.string("api.ca-file"),
        reader.bool("api.trust-all"),
        reader.duration("api.connect-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        reader.duration("api.request-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)));
  }

  private static Map<String, String> strings(Config root, ConfigReader reader, String path) {
    var object = root.getConfig("maitred.scheduler.kubernetes").getObject(path);
    var all = new TreeMap<String, String>();
    object.forEach(
        (name, value) -> {
          var type = value.valueType();
          if (type != ConfigValueType.STRING && type != ConfigValueType.NUMBER) {
            throw reader.invalid(path + "." + name, value.unwrapped(), "a string or a number");
          }
          all.put(name, String.valueOf(value.unwrapped()));
        });
    return all;
  }

  private static Map<String, Long> userIds(Config root, ConfigReader reader) {
    return strings(root, reader, "user-ids").entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry -> {
                  if (!entry.getValue().matches("\\d{1,10}")) {
                    throw reader.invalid(
                        "user-ids." + entry.getKey(), entry.getValue(), "a numeric user id");
                  }
                  return Long.valueOf(entry.getValue());
                }));
  }

  /** The image itself of what a service names, which may be an alias. */
  String resolvedImage(String name) {
    return imageAliases.getOrDefault(name, name);
  }
}
