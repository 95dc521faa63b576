package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.kubernetes.model.KubernetesNames;
import io.maitred.service.model.ServiceDescription;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ReplicaSet of a service (contract waiter 9.7). */
final class Manifests {
  private static final String VOLUME = "user-home";
  private static final String ONE_MACHINE = "kubernetes.io/hostname";

  private final KubernetesSettings settings;
  private final String cluster;
  private final String clusterLabel;
  private final String serviceIdPrefix;

  Manifests(
      KubernetesSettings settings, String cluster, String clusterLabel, String serviceIdPrefix) {
    this.settings = settings;
    this.cluster = cluster;
    this.clusterLabel = clusterLabel;
    this.serviceIdPrefix = serviceIdPrefix;
  }

  String app(ServiceSpec spec) {
    return KubernetesNames.app(spec.id(), serviceIdPrefix, settings.maxNameLength());
  }

  String namespace(ServiceDescription effective) {
    var own = effective.string("namespace");
    return own == null ? settings.namespace() : own;
  }

  /**
   * @param now the revision of its pods
   */
  ReplicaSet replicaSet(ServiceSpec spec, Instant now) {
    var effective = spec.effective();
    var labels = labels(spec);
    var annotations = annotations(spec, now);
    var forPods = new TreeMap<>(annotations);
    int port = KubernetesNames.port(spec.id(), settings.podBasePort());
    forPods.put(Labels.PORT_COUNT, String.valueOf(effective.integer("ports")));
    forPods.put(Labels.PORT_PROTOCOL, protocols(effective));
    forPods.put(Labels.SERVICE_PORT, String.valueOf(port));
    annotations.put(Labels.DESCRIPTION, StoredSpec.write(effective));
    return new ReplicaSetBuilder()
        .withNewMetadata()
        .withName(app(spec))
        .withNamespace(namespace(effective))
        .withLabels(labels)
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withReplicas(effective.integer("min-instances"))
        .withNewSelector()
        .addToMatchLabels(Labels.APP, labels.get(Labels.APP))
        .addToMatchLabels(Labels.USER, labels.get(Labels.USER))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .withAnnotations(forPods)
        .endMetadata()
        .withSpec(pod(spec, port))
        .endTemplate()
        .endSpec()
        .build();
  }

  private Map<String, String> labels(ServiceSpec spec) {
    var labels = new TreeMap<String, String>();
    labels.put(Labels.APP, app(spec));
    labels.put(Labels.CLUSTER, clusterLabel);
    labels.put(Labels.FILESERVER, "disabled");
    labels.put(Labels.RAVEN, "disabled");
    labels.put(Labels.SERVICE_HASH, KubernetesNames.hash(spec.id()));
    labels.put(Labels.USER, KubernetesNames.label(user(spec)));
    return labels;
  }

  private static Map<String, String> annotations(ServiceSpec spec, Instant now) {
    var annotations = new TreeMap<String, String>();
    annotations.put(Labels.SERVICE_ID, spec.id().value());
    annotations.put(Labels.REVISION, now.toString());
    annotations.put(Labels.REVISION_VERSION, "0");
    annotations.put(Labels.RUN_AS_USER_SOURCE, "unknown");
    if (spec.effective().map("env").get("WAITER_CONFIG_TOKEN") instanceof String token
        && !token.contains(",")) {
      annotations.put(Labels.TOKEN, token);
    }
    return annotations;
  }

  private static String user(ServiceSpec spec) {
    return String.valueOf(spec.effective().string("run-as-user"));
  }

  private static String protocols(ServiceDescription effective) {
    var backend = String.valueOf(effective.string("backend-proto"));
    int checked = effective.integer("health-check-port-index");
    var port0 = "\"service-port\":\"%s\"".formatted(backend);
    return checked == 0
        ? "{" + port0 + "}"
        : "{%s,\"p%d\":\"%s\"}".formatted(port0, checked, protocol(effective, "health-check-"));
  }

  private PodSpec pod(ServiceSpec spec, int port) {
    var effective = spec.effective();
    var user = user(spec);
    int own = effective.integer("termination-grace-period-secs");
    var pod =
        new PodSpecBuilder()
            .withAutomountServiceAccountToken(user.equals(effective.string("namespace")))
            .withTerminationGracePeriodSeconds(
                (long) Math.max(own, settings.podSigkillDelaySeconds()))
            .addNewVolume()
            .withName(VOLUME)
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .withContainers(container(spec, port));
    var userId = settings.userIds().get(user);
    if (userId != null) {
      pod.withNewSecurityContext()
          .withRunAsUser(userId)
          .withRunAsNonRoot(userId != 0)
          .withFsGroup(userId)
          .endSecurityContext();
    }
    if (settings.podAntiAffinity()) {
      pod.withAffinity(apart(app(spec)));
    }
    return pod.build();
  }

  private Container container(ServiceSpec spec, int port) {
    var effective = spec.effective();
    var command = new ArrayList<>(settings.containerInitCommands());
    command.add(String.valueOf(effective.string("cmd")));
    var image = effective.string("image");
    var memory = new Quantity(plain(effective.decimal("mem")) + "Mi");
    var container =
        new ContainerBuilder()
            .withName(Labels.CONTAINER)
            .withImage(settings.resolvedImage(image == null ? settings.image() : image))
            .withImagePullPolicy("IfNotPresent")
            .withCommand(command)
            .withWorkingDir("/home/" + user(spec))
            .addNewVolumeMount()
            .withName(VOLUME)
            .withMountPath("/home/" + user(spec))
            .endVolumeMount()
            .addNewPort()
            .withContainerPort(port)
            .endPort()
            .withNewResources()
            .addToRequests("cpu", new Quantity(plain(effective.decimal("cpus"))))
            .addToRequests("memory", memory)
            .addToLimits("memory", memory)
            .endResources()
            .withReadinessProbe(probe(spec, port, "health-check-").withFailureThreshold(1).build());
    environment(spec, port)
        .forEach((name, value) -> container.addToEnv(new EnvVar(name, value, null)));
    if (effective.integer("grace-period-secs") > 0) {
      container.withLivenessProbe(liveness(spec, port));
    }
    return container.build();
  }

  private static Probe liveness(ServiceSpec spec, int port) {
    var effective = spec.effective();
    return probe(spec, port, "liveness-check-")
        .withInitialDelaySeconds(effective.integer("grace-period-secs"))
        .withFailureThreshold(effective.integer("liveness-check-max-consecutive-failures") + 1)
        .build();
  }

  private static ProbeBuilder probe(ServiceSpec spec, int port, String kind) {
    var effective = spec.effective();
    var path = String.valueOf(effective.string(kind + "url"));
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(path.startsWith("/") ? path : "/" + path)
        .withNewPort(port + effective.integer(kind + "port-index"))
        .withScheme(secure(protocol(effective, kind)) ? "HTTPS" : "HTTP")
        .withHttpHeaders(headers(spec, kind))
        .endHttpGet()
        .withPeriodSeconds(effective.integer(kind + "interval-secs"))
        .withTimeoutSeconds(1);
  }

  private static List<HTTPHeader> headers(ServiceSpec spec, String kind) {
    var headers = new ArrayList<HTTPHeader>();
    headers.add(new HTTPHeader("x-waiter-request-type", "health-check"));
    if ("standard".equals(spec.effective().string(kind + "authentication"))) {
      var credentials = ("waiter:" + spec.password()).getBytes(StandardCharsets.UTF_8);
      headers.add(
          new HTTPHeader(
              "authorization", "Basic " + Base64.getEncoder().encodeToString(credentials)));
      headers.add(new HTTPHeader("x-waiter-auth-principal", user(spec)));
      headers.add(new HTTPHeader("x-waiter-authenticated-principal", user(spec)));
    }
    return headers;
  }

  static boolean secure(String protocol) {
    return protocol.equals("https") || protocol.equals("h2");
  }

  static String protocol(ServiceDescription effective, String kind) {
    var own = effective.string(kind + "proto");
    return own == null ? String.valueOf(effective.string("backend-proto")) : own;
  }

  private Map<String, String> environment(ServiceSpec spec, int port) {
    var effective = spec.effective();
    var user = user(spec);
    var home = "/home/" + user + "/latest";
    var all = new TreeMap<String, String>();
    effective
        .map("env")
        .forEach(
            (name, value) ->
                all.put(
                    name.equals("WAITER_CONFIG_TOKEN") ? "WAITER_TOKEN" : name,
                    String.valueOf(value)));
    all.put("HOME", home);
    all.put("LOGNAME", user);
    all.put("USER", user);
    all.put("MESOS_DIRECTORY", home);
    all.put("MESOS_SANDBOX", home);
    all.put("WAITER_SANDBOX", home);
    all.put("WAITER_CLUSTER", cluster);
    all.put("WAITER_CONCURRENCY_LEVEL", String.valueOf(effective.get("concurrency-level")));
    all.put("WAITER_CPUS", String.valueOf(effective.get("cpus")));
    all.put("WAITER_GRACE_SECS", String.valueOf(effective.get("grace-period-secs")));
    all.put("WAITER_MEM_MB", String.valueOf(effective.get("mem")));
    all.put("WAITER_METRIC_GROUP", String.valueOf(effective.get("metric-group")));
    all.put("WAITER_PASSWORD", spec.password());
    all.put("WAITER_SERVICE_ID", spec.id().value());
    all.put("WAITER_USERNAME", "waiter");
    all.put("PORT", String.valueOf(port));
    for (int i = 0; i < effective.integer("ports"); i++) {
      all.put("PORT" + i, String.valueOf(port + i));
    }
    return all;
  }

  /** Pods of one service on different machines, if there are enough. */
  private static Affinity apart(String app) {
    return new AffinityBuilder()
        .withNewPodAntiAffinity()
        .addNewPreferredDuringSchedulingIgnoredDuringExecution()
        .withWeight(100)
        .withNewPodAffinityTerm()
        .withTopologyKey(ONE_MACHINE)
        .withNewLabelSelector()
        .addToMatchLabels(Labels.APP, app)
        .endLabelSelector()
        .endPodAffinityTerm()
        .endPreferredDuringSchedulingIgnoredDuringExecution()
        .endPodAntiAffinity()
        .build();
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }
}
