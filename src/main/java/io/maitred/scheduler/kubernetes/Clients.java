package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.maitred.scheduler.kubernetes.KubernetesSettings.Api;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes clients of the API server. */
final class Clients {
  /** First pause before a list or a watch is tried again; it doubles up to 32 times as much. */
  private static final int RECONNECT_MILLIS = 500;

  private Clients() {}

  /**
   * May read files, and run a program that a kubeconfig file names; asks no server.
   *
   * @throws KubernetesClientException if there is no usable configuration
   */
  static KubernetesClient of(Api api) {
    var config = api.url().isBlank() ? found(api) : given(api);
    config.setConnectionTimeout((int) api.connectTimeout().toMillis());
    config.setRequestTimeout((int) api.requestTimeout().toMillis());
    config.setWatchReconnectInterval(RECONNECT_MILLIS);
    config.setRequestRetryBackoffLimit(0); // orders decide themselves what may be repeated
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static Config found(Api api) {
    var context = api.context().isBlank() ? null : api.context();
    if (api.kubeconfig().isBlank()) {
      return Config.autoConfigure(context);
    }
    var file = new File(api.kubeconfig());
    if (!file.isFile()) {
      throw new KubernetesClientException("There is no kubeconfig file " + file);
    }
    var config = Config.fromKubeconfig(context, file);
    if (context != null
        && config.getContexts().stream().noneMatch(each -> context.equals(each.getName()))) {
      throw new KubernetesClientException("There is no context " + context + " in " + file);
    }
    return config;
  }

  private static Config given(Api api) {
    var config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(api.url())
            .withTrustCerts(api.trustAll())
            .withDisableHostnameVerification(api.trustAll());
    if (!api.caFile().isBlank()) {
      config.withCaCertFile(api.caFile());
    }
    if (!api.tokenFile().isBlank()) {
      var file = Path.of(api.tokenFile());
      config.withOauthTokenProvider(() -> read(file).strip());
    }
    return config.build();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
