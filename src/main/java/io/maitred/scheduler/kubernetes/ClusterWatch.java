package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.maitred.scheduler.StateThread;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The ReplicaSets and pods of a cluster, as last seen. Confined to the adapter's thread. */
final class ClusterWatch implements AutoCloseable {
  /** Objects that are listed at a time. */
  private static final long PAGE = 500;

  private final ResourceWatch<ReplicaSet> sets;
  private final ResourceWatch<Pod> pods;

  /**
   * @param namespace null for all
   * @param label value of {@link Labels#CLUSTER}
   * @param changed told the key of what has changed, on any thread
   * @param listed something was listed; on the adapter's thread
   */
  ClusterWatch(
      KubernetesClient client,
      @Nullable String namespace,
      String label,
      StateThread thread,
      Duration patience,
      Consumer<String> changed,
      Runnable listed) {
    var allSets = client.apps().replicaSets();
    var allPods = client.pods();
    this.sets =
        new ResourceWatch<>(
            "ReplicaSets",
            () ->
                (namespace == null ? allSets.inAnyNamespace() : allSets.inNamespace(namespace))
                    .withLabel(Labels.CLUSTER, label)
                    .withLimit(PAGE)
                    .runnableInformer(0),
            set -> key(set, set.getMetadata().getName()),
            thread,
            patience,
            changed,
            listed);
    this.pods =
        new ResourceWatch<>(
            "pods",
            () ->
                (namespace == null ? allPods.inAnyNamespace() : allPods.inNamespace(namespace))
                    .withLabel(Labels.CLUSTER, label)
                    .withLimit(PAGE)
                    .runnableInformer(0),
            pod -> key(pod, app(pod)),
            thread,
            patience,
            changed,
            listed);
  }

  /** Of a ReplicaSet, and of its pods. */
  static String key(HasMetadata object, String app) {
    return object.getMetadata().getNamespace() + "/" + app;
  }

  private static String app(Pod pod) {
    var labels = pod.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault(Labels.APP, "");
  }

  void start() {
    sets.start();
    pods.start();
  }

  /** Whether everything was seen once. */
  boolean known() {
    return sets.known() && pods.known();
  }

  /** To be called again and again; whether the API server tells of changes now. */
  boolean look(Instant now) {
    boolean setsWatched = sets.look(now);
    return pods.look(now) && setsWatched;
  }

  @Nullable ReplicaSet set(String key) {
    return sets.at(key).stream()
        .filter(set -> set.getMetadata().getDeletionTimestamp() == null)
        .findFirst()
        .orElse(null);
  }

  List<String> setKeys() {
    return sets.all().stream().map(set -> key(set, set.getMetadata().getName())).toList();
  }

  List<Pod> pods(String key) {
    return pods.at(key);
  }

  @Override
  public void close() {
    sets.close();
    pods.close();
  }
}
