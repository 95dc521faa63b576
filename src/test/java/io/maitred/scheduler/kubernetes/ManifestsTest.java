package io.maitred.scheduler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.maitred.common.InvalidSettingException;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.ServiceDescription;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestsTest {
  private static final Instant NOW = Instant.parse("2026-01-31T10:20:30Z");
  private static final String HASH = "e8b625cc83c411e8974c38d5474b213d";
  private static final String ID = "waiter-service-web-" + HASH;
  private static final KubernetesSettings SETTINGS =
      KubernetesFixture.settings(
          Map.of(
              "image-aliases", Map.of("python", "registry.example/python:3.12"),
              "container-init-commands", List.of("/bin/init"),
              "all-namespaces", true,
              "user-ids", Map.of("alice", 2001)));

  private static ServiceSpec spec(Map<String, Object> more) {
    var all = new TreeMap<String, Object>();
    all.putAll(
        Map.of(
            "cmd",
            "run it",
            "cpus",
            0.5,
            "mem",
            512,
            "run-as-user",
            "alice",
            "version",
            "1",
            "ports",
            2,
            "concurrency-level",
            3,
            "metric-group",
            "other",
            "backend-proto",
            "http",
            "grace-period-secs",
            30));
    all.putAll(Map.of("min-instances", 2, "max-instances", 9, "termination-grace-period-secs", 0));
    for (var kind : List.of("health-check-", "liveness-check-")) {
      all.put(kind + "port-index", 0);
      all.put(kind + "url", "/status");
      all.put(kind + "authentication", "disabled");
      all.put(kind + "interval-secs", 10);
      all.put(kind + "max-consecutive-failures", 5);
    }
    all.putAll(more);
    return new ServiceSpec(new ServiceId(ID), new ServiceDescription(all), "secret");
  }

  private static ReplicaSet made(Map<String, Object> more) {
    return new Manifests(SETTINGS, "My Cluster", "my-cluster", "waiter-service-")
        .replicaSet(spec(more), NOW);
  }

  @Test
  void names_labelsAndAnnotations() {
    var set =
        made(Map.of("env", Map.of("WAITER_CONFIG_TOKEN", "tok"), "health-check-port-index", 0));
    assertEquals("web-" + HASH, set.getMetadata().getName());
    assertEquals("maitred", set.getMetadata().getNamespace());
    var labels =
        Map.of(
            "app", "web-" + HASH,
            "waiter/cluster", "my-cluster",
            "waiter/fileserver", "disabled",
            "waiter/raven", "disabled",
            "waiter/service-hash", HASH,
            "waiter/user", "alice");
    assertEquals(labels, set.getMetadata().getLabels());
    assertEquals(labels, set.getSpec().getTemplate().getMetadata().getLabels());
    assertEquals(
        Map.of("app", "web-" + HASH, "waiter/user", "alice"),
        set.getSpec().getSelector().getMatchLabels());
    assertEquals(2, set.getSpec().getReplicas());
    var annotations = new TreeMap<>(set.getMetadata().getAnnotations());
    annotations.remove("maitred/service-description");
    var expected =
        new TreeMap<>(
            Map.of(
                "waiter/service-id", ID,
                "waiter/revision-timestamp", "2026-01-31T10:20:30Z",
                "waiter/revision-version", "0",
                "waiter/run-as-user-source", "unknown",
                "waiter/token", "tok"));
    assertEquals(expected, annotations);
    int port =
        set.getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .get(0)
            .getPorts()
            .get(0)
            .getContainerPort();
    expected.put("waiter/port-count", "2");
    expected.put("waiter/port-onto-protocol", "{\"service-port\":\"http\"}");
    expected.put("waiter/service-port", String.valueOf(port));
    assertEquals(expected, set.getSpec().getTemplate().getMetadata().getAnnotations());
  }

  @Test
  void container_isAsTheContractSays() {
    var set = made(Map.of("image", "python", "env", Map.of("A", "b", "WAITER_CONFIG_TOKEN", "t")));
    var pod = set.getSpec().getTemplate().getSpec();
    var container = pod.getContainers().get(0);
    int port = container.getPorts().get(0).getContainerPort();
    assertEquals("waiter-app", container.getName());
    assertEquals("registry.example/python:3.12", container.getImage());
    assertEquals("IfNotPresent", container.getImagePullPolicy());
    assertEquals(List.of("/bin/init", "run it"), container.getCommand());
    assertEquals("/home/alice", container.getWorkingDir());
    assertEquals(new Quantity("0.5"), container.getResources().getRequests().get("cpu"));
    assertEquals(new Quantity("512Mi"), container.getResources().getRequests().get("memory"));
    assertEquals(new Quantity("512Mi"), container.getResources().getLimits().get("memory"));
    assertNull(container.getResources().getLimits().get("cpu"));
    assertEquals(3L, pod.getTerminationGracePeriodSeconds());
    assertFalse(pod.getAutomountServiceAccountToken());
    assertEquals(2001L, pod.getSecurityContext().getRunAsUser());
    var env =
        container.getEnv().stream().collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    var expected = new TreeMap<String, String>();
    for (var name : List.of("HOME", "MESOS_DIRECTORY", "MESOS_SANDBOX", "WAITER_SANDBOX")) {
      expected.put(name, "/home/alice/latest");
    }
    expected.putAll(
        Map.of(
            "A",
            "b",
            "LOGNAME",
            "alice",
            "USER",
            "alice",
            "PORT",
            "" + port,
            "PORT0",
            "" + port,
            "PORT1",
            "" + (port + 1),
            "WAITER_TOKEN",
            "t",
            "WAITER_CLUSTER",
            "My Cluster",
            "WAITER_CONCURRENCY_LEVEL",
            "3",
            "WAITER_CPUS",
            "0.5"));
    expected.putAll(
        Map.of(
            "WAITER_GRACE_SECS",
            "30",
            "WAITER_MEM_MB",
            "512",
            "WAITER_METRIC_GROUP",
            "other",
            "WAITER_PASSWORD",
            "secret",
            "WAITER_SERVICE_ID",
            ID,
            "WAITER_USERNAME",
            "waiter"));
    assertEquals(expected, new TreeMap<>(env));
  }

  @Test
  void probes_askTheRightPort_withCredentialsIfWanted() {
    var set =
        made(
            Map.of(
                "health-check-authentication", "standard",
                "health-check-proto", "https",
                "health-check-port-index", 1,
                "health-check-url", "ok",
                "liveness-check-url", "/alive",
                "termination-grace-period-secs", 60));
    var container = set.getSpec().getTemplate().getSpec().getContainers().get(0);
    int port = container.getPorts().get(0).getContainerPort();
    var ready = container.getReadinessProbe();
    assertEquals("/ok", ready.getHttpGet().getPath());
    assertEquals("HTTPS", ready.getHttpGet().getScheme());
    assertEquals(port + 1, ready.getHttpGet().getPort().getIntVal());
    assertEquals(10, ready.getPeriodSeconds());
    assertEquals(1, ready.getTimeoutSeconds());
    assertEquals(1, ready.getFailureThreshold());
    var headers =
        ready.getHttpGet().getHttpHeaders().stream()
            .collect(Collectors.toMap(h -> h.getName(), h -> h.getValue()));
    assertEquals("health-check", headers.get("x-waiter-request-type"));
    assertEquals("Basic d2FpdGVyOnNlY3JldA==", headers.get("authorization"));
    var alive = container.getLivenessProbe();
    assertEquals("/alive", alive.getHttpGet().getPath());
    assertEquals("HTTP", alive.getHttpGet().getScheme());
    assertEquals(port, alive.getHttpGet().getPort().getIntVal());
    assertEquals(30, alive.getInitialDelaySeconds());
    assertEquals(6, alive.getFailureThreshold());
    assertEquals(1, alive.getHttpGet().getHttpHeaders().size(), "no credentials");
    assertEquals(60L, set.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds());
    assertEquals(
        "{\"service-port\":\"http\",\"p1\":\"https\"}",
        set.getSpec()
            .getTemplate()
            .getMetadata()
            .getAnnotations()
            .get("waiter/port-onto-protocol"));
    var patient = made(Map.of("grace-period-secs", 0));
    assertNull(patient.getSpec().getTemplate().getSpec().getContainers().get(0).getLivenessProbe());
  }

  @Test
  void ownNamespace_getsTheServiceAccount() {
    var set = made(Map.of("namespace", "alice"));
    assertEquals("alice", set.getMetadata().getNamespace());
    assertTrue(set.getSpec().getTemplate().getSpec().getAutomountServiceAccountToken());
  }

  @Test
  void spec_comesBackFromTheReplicaSet() {
    var spec = spec(Map.of("env", Map.of("A", "b"), "scale-factor", 1.0, "mem", 1024L));
    var set = new Manifests(SETTINGS, "c", "c", "waiter-service-").replicaSet(spec, NOW);
    var read = StoredSpec.read(set).orElseThrow();
    assertEquals(spec.id(), read.id());
    assertEquals("secret", read.password());
    assertEquals(1.0, read.effective().get("scale-factor"), "a number keeps its kind");
    set.getMetadata().getAnnotations().remove("maitred/service-description");
    assertTrue(StoredSpec.read(set).isEmpty(), "not of our making");
    set.getMetadata().getAnnotations().put("maitred/service-description", "{");
    assertTrue(StoredSpec.read(set).isEmpty(), "unreadable");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      nullValues = "-",
      delimiter = '|',
      textBlock =
          """
          case             | parameter     | value  | refusal
          as it is         | version       | 2      | -
          docker           | cmd-type      | docker | The Kubernetes scheduler does not support cmd-type docker
          user             | run-as-user   | a/b    | The Kubernetes scheduler cannot run as user a/b
          namespace        | namespace     | bob    | namespace must be the user to run as, alice: bob
          not allowed      | namespace     | alice  | The Kubernetes scheduler may use the namespace maitred only: alice
          """)
  void admission(String name, String parameter, String value, String refusal) {
    var settings = KubernetesFixture.settings(Map.of());
    assertEquals(refusal, Admission.refusal(spec(Map.of(parameter, value)).effective(), settings));
  }

  @Test
  void admission_numbersAndImages() {
    var settings = KubernetesFixture.settings(Map.of());
    assertEquals(
        "min-instances (5) in the default namespace must be at most 4",
        Admission.refusal(spec(Map.of("min-instances", 5)).effective(), settings));
    assertNull(
        Admission.refusal(
            spec(Map.of("min-instances", 5, "namespace", "alice")).effective(), SETTINGS));
    assertEquals(
        "The Kubernetes scheduler needs an image: the service names none, and there is no default",
        Admission.refusal(
            spec(Map.of()).effective(), KubernetesFixture.settings(Map.of("image", ""))));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          setting,          value
          api.token-file,   /some/file
          cluster-label,    a b
          max-name-length,  99
          user-ids.alice,   root
          namespace,        ''
          """)
  void settings_wrongValues_areNamed(String path, String value) {
    var config =
        ConfigFactory.parseMap(Map.of("maitred.scheduler.kubernetes." + path, value))
            .withFallback(ConfigFactory.load());
    var failure =
        assertThrows(InvalidSettingException.class, () -> KubernetesSettings.from(config));
    assertTrue(
        String.valueOf(failure.getMessage()).contains("maitred.scheduler.kubernetes." + path),
        failure.getMessage());
  }

  @Test
  void shippedSettings_areValid() {
    var shipped = KubernetesSettings.from(ConfigFactory.load());
    assertEquals("", shipped.image());
    assertEquals(3, shipped.containerInitCommands().size());
  }

  @Test
  void examples_areValid() throws IOException {
    var config =
        ConfigFactory.parseFile(new File("conf/examples/kubernetes.conf"))
            .withFallback(ConfigFactory.load());
    assertEquals("python:3.12-slim", KubernetesSettings.from(config).resolvedImage("python"));
    var rights = new HashSet<List<PolicyRule>>();
    for (var file : List.of("rights.yaml", "rights-all-namespaces.yaml")) {
      var text = Files.readString(Path.of("conf/examples/kubernetes", file));
      for (var document : text.split("(?m)^---$", -1)) {
        HasMetadata object = new KubernetesSerialization().unmarshal(document);
        if (object instanceof Role role) {
          rights.add(role.getRules());
        } else if (object instanceof ClusterRole role) {
          rights.add(role.getRules());
        }
      }
    }
    assertEquals(1, rights.size(), "the same rights in one namespace and in all");
    var rules = rights.iterator().next();
    assertEquals(
        List.of("get", "list", "watch", "create", "patch", "delete"), rules.get(0).getVerbs());
    assertEquals(List.of("get", "list", "watch", "patch", "delete"), rules.get(1).getVerbs());
    assertEquals(3, rules.size());
  }
}
