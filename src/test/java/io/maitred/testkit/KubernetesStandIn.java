package io.maitred.testkit;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Plays Kubernetes: the client library's mock API server keeps the objects, and a small controller
 * does what the ReplicaSet controller and a kubelet would do. The command of a pod runs as a
 * process of this machine, on ports of its own: the pod's annotation says which.
 */
public final class KubernetesStandIn implements AutoCloseable {
  public static final String NAMESPACE = "maitred";

  static {
    Http.allowAllHeaders(); // Java's client asks once, and this one may be the first
  }

  /** Kept, so that its level stays: it logs every request. */
  private static final Logger SERVER_LOG = Logger.getLogger(MockWebServer.class.getName());

  private static final String PORT = "waiter/service-port";
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration BACK_OFF = Duration.ofMillis(150);

  private final Map<ServerRequest, Queue<ServerResponse>> expected = new HashMap<>();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          expected,
          new KubernetesMixedDispatcher(expected),
          false);
  private final KubernetesClient client;
  private final Relay relay;
  private final Path folder;
  private final Random random = new Random(7);
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "kubernetes-stand-in");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable String quota;
  private volatile @Nullable Throwable defect;

  /** The process of a pod. */
  private static final class Running {
    @Nullable Process process;
    int restarts;
    Instant startedAt = Instant.EPOCH;
    @Nullable Instant startAgain;
    @Nullable Instant killAt;
    @Nullable ContainerState last;
    @Nullable String endReason;
  }

  /** Begins to work. */
  public KubernetesStandIn() {
    SERVER_LOG.setLevel(Level.WARNING);
    server.init();
    client = server.createClient();
    relay = new Relay(server.getPort());
    try {
      folder = Files.createTempDirectory("maitred-pods-").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var unused = loop.scheduleWithFixedDelay(this::pass, 0, 30, TimeUnit.MILLISECONDS);
  }

  /** Of the API server, through {@link #relay}. */
  public String url() {
    return "http://127.0.0.1:" + relay.port() + "/";
  }

  /** Between the API server and those who use its {@link #url}. */
  public Relay relay() {
    return relay;
  }

  /** For what the API server answers instead of what it would. */
  public KubernetesMockServer server() {
    return server;
  }

  /** Directly to the API server. */
  public KubernetesClient client() {
    return client;
  }

  /** From now on no pod can be created, for this reason; null ends that. */
  public void quota(@Nullable String message) {
    quota = message;
  }

  public List<Pod> pods() {
    return client.pods().inNamespace(NAMESPACE).list().getItems();
  }

  public List<ReplicaSet> sets() {
    return client.apps().replicaSets().inNamespace(NAMESPACE).list().getItems();
  }

  /** How many processes of pods run. */
  public long processes() {
    return running.values().stream()
        .filter(each -> each.process != null && each.process.isAlive())
        .count();
  }

  /** Ends the container of a pod as the kubelet would, for example because of its memory. */
  public void endContainer(String pod, String reason) {
    var one = Objects.requireNonNull(running.get(pod), pod);
    one.endReason = reason;
    kill(one);
  }

  private void pass() {
    try {
      var pods = pods();
      var sets = sets();
      for (var set : sets) {
        replicate(set, pods.stream().filter(pod -> owner(pod).equals(uid(set))).toList());
      }
      for (var pod : pods) {
        if (sets.stream().noneMatch(set -> uid(set).equals(owner(pod))) && !deleting(pod)) {
          delete(pod);
        }
        live(pod);
      }
    } catch (KubernetesClientException e) {
      // somebody else was faster: the next pass sees it
    } catch (RuntimeException | IOException e) {
      defect = e;
    }
  }

  private static String uid(ReplicaSet set) {
    return set.getMetadata().getUid();
  }

  private static String owner(Pod pod) {
    return pod.getMetadata().getOwnerReferences().get(0).getUid();
  }

  private static boolean deleting(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  private void delete(Pod pod) {
    client.pods().inNamespace(NAMESPACE).withName(pod.getMetadata().getName()).delete();
  }

  /** The ReplicaSet controller: pods that are being ended do not count. */
  private void replicate(ReplicaSet set, List<Pod> all) {
    var present = new ArrayList<>(all.stream().filter(pod -> !deleting(pod)).toList());
    int wanted = set.getSpec().getReplicas();
    var refused = present.size() < wanted ? quota : null;
    for (int i = present.size(); i < wanted && refused == null; i++) {
      create(set);
    }
    present.sort(
        Comparator.comparing(KubernetesStandIn::ready)
            .thenComparing(KubernetesStandIn::cost)
            .thenComparing(Comparator.comparing(KubernetesStandIn::createdAt).reversed()));
    for (int i = 0; i < present.size() - wanted; i++) {
      delete(present.get(i));
    }
    var status = new ReplicaSetStatusBuilder();
    status
        .withReplicas(present.size())
        .withReadyReplicas((int) present.stream().filter(KubernetesStandIn::ready).count())
        .withObservedGeneration(set.getMetadata().getGeneration());
    if (refused != null) {
      status
          .addNewCondition()
          .withType("ReplicaFailure")
          .withStatus("True")
          .withReason("FailedCreate")
          .withMessage(refused)
          .endCondition();
    }
    if (!status.build().equals(set.getStatus())) {
      client
          .apps()
          .replicaSets()
          .inNamespace(NAMESPACE)
          .withName(set.getMetadata().getName())
          .edit(old -> new ReplicaSetBuilder(old).withStatus(status.build()).build());
    }
  }

  private static boolean ready(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses().stream().anyMatch(each -> each.getReady());
  }

  private static int cost(Pod pod) {
    return Integer.parseInt(
        pod.getMetadata()
            .getAnnotations()
            .getOrDefault("controller.kubernetes.io/pod-deletion-cost", "0"));
  }

  private static String createdAt(Pod pod) {
    return pod.getMetadata().getCreationTimestamp();
  }

  private void create(ReplicaSet set) {
    var template = set.getSpec().getTemplate();
    var name = set.getMetadata().getName() + "-" + Integer.toString(random.nextInt(1 << 25), 36);
    int count = Integer.parseInt(template.getMetadata().getAnnotations().get("waiter/port-count"));
    var pod =
        new PodBuilder()
            .withNewMetadataLike(template.getMetadata())
            .withName(name)
            .withNamespace(NAMESPACE)
            .addToAnnotations(PORT, FreePorts.block(count).get(0).toString())
            .withFinalizers("test/process") // so that a deleted pod is there until its process ends
            .addNewOwnerReference()
            .withApiVersion("apps/v1")
            .withKind("ReplicaSet")
            .withName(set.getMetadata().getName())
            .withUid(uid(set))
            .withController(true)
            .endOwnerReference()
            .endMetadata()
            .withSpec(template.getSpec())
            .build();
    client.pods().inNamespace(NAMESPACE).resource(pod).create();
  }

  /** The kubelet. */
  private void live(Pod pod) throws IOException {
    var name = pod.getMetadata().getName();
    var image = pod.getSpec().getContainers().get(0).getImage();
    var one = running.computeIfAbsent(name, key -> new Running());
    if (deleting(pod)) {
      end(pod, one);
      return;
    }
    if (image.contains("missing")) {
      var waiting =
          new ContainerStateBuilder()
              .withNewWaiting("Back-off pulling image " + image, "ImagePullBackOff")
              .build();
      show(pod, one, waiting, "Pending");
      return;
    }
    if (one.process == null) {
      if (one.startAgain == null || one.startAgain.isBefore(Instant.now())) {
        start(pod, one);
      }
    } else if (!one.process.isAlive()) {
      ended(one, one.process.exitValue());
    }
    show(pod, one, state(one), "Running");
  }

  private static ContainerState state(Running one) {
    var state = new ContainerStateBuilder();
    return one.process == null
        ? state.withNewWaiting("back-off restarting", "CrashLoopBackOff").build()
        : state.withNewRunning(one.startedAt.toString()).build();
  }

  private void start(Pod pod, Running one) throws IOException {
    var container = pod.getSpec().getContainers().get(0);
    int port = Integer.parseInt(pod.getMetadata().getAnnotations().get(PORT));
    var command = new ArrayList<>(container.getCommand());
    var builder = new ProcessBuilder(command);
    var home = Files.createDirectories(folder.resolve(pod.getMetadata().getName()));
    builder.directory(home.toFile()).redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(home.resolve("output." + one.restarts).toFile()));
    container.getEnv().forEach(each -> builder.environment().put(each.getName(), each.getValue()));
    builder.environment().put("HOME", home.resolve("latest").toString());
    builder.environment().put("PORT", String.valueOf(port));
    for (int i = 0; builder.environment().containsKey("PORT" + i); i++) {
      builder.environment().put("PORT" + i, String.valueOf(port + i));
    }
    if (one.startAgain != null) {
      one.restarts++;
    }
    one.startedAt = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    one.process = builder.start();
  }

  private static void ended(Running one, int exitCode) {
    var reason = one.endReason;
    one.last =
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(reason == null ? exitCode : 137)
            .withReason(reason != null ? reason : exitCode == 0 ? "Completed" : "Error")
            .withStartedAt(one.startedAt.toString())
            .endTerminated()
            .build();
    one.endReason = null;
    one.process = null;
    one.startAgain = Instant.now().plus(BACK_OFF.multipliedBy(one.restarts + 1L));
  }

  private void show(Pod pod, Running one, ContainerState state, String phase) {
    boolean ready = state.getRunning() != null && probe(pod);
    PodStatus status =
        new PodStatusBuilder()
            .withPhase(phase)
            .withPodIP("127.0.0.1")
            .withContainerStatuses(
                new ContainerStatusBuilder()
                    .withName("waiter-app")
                    .withReady(ready)
                    .withRestartCount(one.restarts)
                    .withState(state)
                    .withLastState(one.last == null ? new ContainerState() : one.last)
                    .build())
            .build();
    if (!status.equals(pod.getStatus())) {
      client
          .pods()
          .inNamespace(NAMESPACE)
          .withName(pod.getMetadata().getName())
          .edit(old -> new PodBuilder(old).withStatus(status).build());
    }
  }

  /** As its readiness probe says, on the port that it really has. */
  private static boolean probe(Pod pod) {
    var container = pod.getSpec().getContainers().get(0);
    var probe = container.getReadinessProbe().getHttpGet();
    int port = Integer.parseInt(pod.getMetadata().getAnnotations().get(PORT));
    try {
      var headers = new HashMap<String, String>();
      probe.getHttpHeaders().forEach(each -> headers.put(each.getName(), each.getValue()));
      int offset = probe.getPort().getIntVal() - container.getPorts().get(0).getContainerPort();
      int status = Http.local(port + offset).get(probe.getPath(), headers).status();
      return status >= 200 && status < 300;
    } catch (RuntimeException | AssertionError e) {
      return false; // nobody listens yet
    }
  }

  private void end(Pod pod, Running one) {
    if (one.process != null && one.process.isAlive()) {
      if (one.killAt == null) {
        one.killAt = Instant.now().plus(GRACE);
        one.process.descendants().forEach(ProcessHandle::destroy);
        one.process.destroy();
      } else if (one.killAt.isBefore(Instant.now())) {
        kill(one);
      }
      return;
    }
    running.remove(pod.getMetadata().getName());
    client
        .pods()
        .inNamespace(NAMESPACE)
        .withName(pod.getMetadata().getName())
        .edit(old -> new PodBuilder(old).editMetadata().withFinalizers().endMetadata().build());
  }

  private static void kill(Running one) {
    if (one.process != null) {
      one.process.descendants().forEach(ProcessHandle::destroyForcibly);
      one.process.destroyForcibly();
    }
  }

  /** Ends every process, and then itself. */
  @Override
  public void close() {
    loop.shutdownNow();
    try {
      loop.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.values().forEach(KubernetesStandIn::kill);
    relay.close();
    client.close();
    server.destroy();
    if (defect != null) {
      throw new AssertionError("the stand-in itself failed", defect);
    }
  }
}
