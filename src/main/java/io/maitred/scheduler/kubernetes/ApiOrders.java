package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.maitred.scheduler.kubernetes.model.ReplicaChange;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the API server. All methods block, and throw {@link KubernetesClientException}
 * when it refuses or is away; failures of the server itself are tried again a few times.
 */
final class ApiOrders {
  private static final int RETRIES = 3;
  private static final int CHANGES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final PatchContext JSON_PATCH = PatchContext.of(PatchType.JSON);

  private final KubernetesClient client;

  ApiOrders(KubernetesClient client) {
    this.client = client;
  }

  ReplicaSet create(ReplicaSet set) {
    return retrying(() -> client.apps().replicaSets().resource(set).create());
  }

  @Nullable ReplicaSet find(String namespace, String name) {
    return retrying(() -> client.apps().replicaSets().inNamespace(namespace).withName(name).get());
  }

  /** Writes the description of a service anew; null if there is no such ReplicaSet. */
  @Nullable ReplicaSet describe(String namespace, String name, String description) {
    return retrying(
        () ->
            client
                .apps()
                .replicaSets()
                .inNamespace(namespace)
                .withName(name)
                .patch(JSON_PATCH, annotation(Labels.DESCRIPTION, description)));
  }

  /** Removes the ReplicaSet; its pods are ended in the background. */
  void deleteSet(String namespace, String name) {
    retrying(
        () ->
            client
                .apps()
                .replicaSets()
                .inNamespace(namespace)
                .withName(name)
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .delete());
  }

  /**
   * Changes the number of replicas.
   *
   * @param pods that exist at least
   * @return the ReplicaSet after it, or null if there is none
   */
  @Nullable ReplicaSet change(String namespace, String name, ReplicaChange change, int pods) {
    KubernetesClientException last = new KubernetesClientException("it changes all the time");
    boolean away = false;
    for (int attempt = 0; attempt < CHANGES; attempt++) {
      var set = find(namespace, name);
      if (set == null) {
        return null;
      }
      int before = set.getSpec().getReplicas();
      int existing = set.getStatus() == null ? 0 : orZero(set.getStatus().getReplicas());
      var next = change.next(before, Math.max(pods, existing));
      if (next.isEmpty()) {
        return set;
      }
      try {
        return client
            .apps()
            .replicaSets()
            .inNamespace(namespace)
            .withName(name)
            .patch(JSON_PATCH, replicas(before, next.getAsInt()));
      } catch (KubernetesClientException e) {
        last = e;
        boolean lost = ApiFailure.broken(e) || ApiFailure.away(e);
        if (lost) {
          change.lost(next.getAsInt());
        }
        if ((!lost && !ApiFailure.changedMeanwhile(e)) || (away && ApiFailure.away(e))) {
          throw e;
        }
        away = ApiFailure.away(e);
        pause(attempt);
      }
    }
    throw last;
  }

  private static int orZero(@Nullable Integer number) {
    return number == null ? 0 : number;
  }

  static String replicas(int before, int after) {
    return """
        [{"op":"test","path":"/spec/replicas","value":%d},\
        {"op":"replace","path":"/spec/replicas","value":%d}]"""
        .formatted(before, after);
  }

  /** Marks a pod; false if there is none. */
  boolean mark(String namespace, String pod, String annotation, String value) {
    try {
      return retrying(
              () ->
                  client
                      .pods()
                      .inNamespace(namespace)
                      .withName(pod)
                      .patch(JSON_PATCH, annotation(annotation, value)))
          != null;
    } catch (KubernetesClientException e) {
      if (ApiFailure.missing(e)) {
        return false;
      }
      throw e;
    }
  }

  private static String annotation(String name, String value) {
    var escaped = name.replace("~", "~0").replace("/", "~1");
    return "[{\"op\":\"add\",\"path\":\"/metadata/annotations/%s\",\"value\":%s}]"
        .formatted(escaped, StoredSpec.quoted(value));
  }

  /**
   * Ends a pod; one that is gone already is fine.
   *
   * @param grace null for the pod's own
   */
  void deletePod(String namespace, String name, @Nullable Duration grace) {
    retrying(
        () -> {
          var pod = client.pods().inNamespace(namespace).withName(name);
          return grace == null
              ? pod.delete()
              : pod.withGracePeriod(grace.plusMillis(999).toSeconds()).delete();
        });
  }

  /** The end of a container's log. */
  String log(String namespace, String pod, int bytes, boolean previous) {
    var container =
        client.pods().inNamespace(namespace).withName(pod).inContainer(Labels.CONTAINER);
    return previous
        ? container.terminated().tailingLines(Math.max(bytes / 100, 1)).getLog()
        : container.limitBytes(bytes).tailingLines(Math.max(bytes / 100, 1)).getLog();
  }

  private static <R> R retrying(Supplier<R> call) {
    for (int attempt = 0; ; attempt++) {
      try {
        return call.get();
      } catch (KubernetesClientException e) {
        if (!ApiFailure.broken(e) || attempt == RETRIES) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  private static void pause(int attempt) {
    LockSupport.parkNanos(FIRST_PAUSE.toNanos() << attempt);
  }
}
