package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.maitred.scheduler.Scheduler.LogEntry;
import io.maitred.scheduler.kubernetes.model.PodState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of an instance: the end of what its container has written, standard output and
 * errors together. Kubernetes keeps that of the container that runs and of the one before. Readers
 * have no access to the API server, so the text itself is the address.
 */
final class PodLogs {
  private static final int BAD_REQUEST = 400;

  private PodLogs() {}

  /**
   * @param incarnation number of the instance within its pod
   * @return nothing if Kubernetes does not have it any more
   */
  static List<LogEntry> of(ApiOrders orders, PodState pod, int incarnation, int bytes) {
    int running = pod.restarts();
    if (bytes == 0 || incarnation > running || incarnation < running - 1) {
      return List.of();
    }
    var text = read(orders, pod, bytes, incarnation < running);
    if (text == null) {
      return List.of();
    }
    var all = text.getBytes(StandardCharsets.UTF_8);
    var content = Arrays.copyOfRange(all, Math.max(all.length - bytes, 0), all.length);
    var url = "data:text/plain;charset=utf-8;base64," + Base64.getEncoder().encodeToString(content);
    return List.of(new LogEntry("output.txt", content.length, "file", null, url));
  }

  /** Null if there is none, as before the container has started. */
  private static @Nullable String read(
      ApiOrders orders, PodState pod, int bytes, boolean previous) {
    try {
      return orders.log(pod.namespace(), pod.name(), bytes, previous);
    } catch (KubernetesClientException e) {
      if (e.getCode() == BAD_REQUEST || ApiFailure.missing(e)) {
        return null;
      }
      throw e;
    }
  }
}
