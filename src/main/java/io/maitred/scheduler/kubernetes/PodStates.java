package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.maitred.scheduler.kubernetes.model.PodState;
import io.maitred.scheduler.kubernetes.model.PodState.Container;
import io.maitred.scheduler.kubernetes.model.PodState.Ended;
import io.maitred.scheduler.kubernetes.model.PodState.Waiting;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads from a pod what matters of it. */
final class PodStates {
  private PodStates() {}

  static PodState of(Pod pod) {
    var metadata = pod.getMetadata();
    Map<String, String> annotations =
        metadata.getAnnotations() == null ? Map.of() : metadata.getAnnotations();
    var status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    return new PodState(
        metadata.getName(),
        metadata.getNamespace(),
        metadata.getUid(),
        owner(pod),
        pod.getSpec() == null ? null : pod.getSpec().getNodeName(),
        blankAsNull(status.getPodIP()),
        number(annotations.get(Labels.SERVICE_PORT), 0),
        number(annotations.get(Labels.PORT_COUNT), 1),
        Objects.requireNonNullElse(status.getPhase(), "Pending"),
        status.getReason() == null
            ? null
            : status.getReason() + (status.getMessage() == null ? "" : ": " + status.getMessage()),
        unschedulable(status),
        Objects.requireNonNullElse(time(metadata.getCreationTimestamp()), Instant.EPOCH),
        metadata.getDeletionTimestamp() != null,
        "true".equals(annotations.get(Labels.EXPIRED)),
        annotations.get(Labels.REVISION),
        looping(status.getInitContainerStatuses()),
        container(status.getContainerStatuses()));
  }

  static @Nullable String owner(Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(OwnerReference::getUid)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String unschedulable(PodStatus status) {
    return status.getConditions().stream()
        .filter(each -> "PodScheduled".equals(each.getType()) && "False".equals(each.getStatus()))
        .filter(each -> "Unschedulable".equals(each.getReason()))
        .map(each -> String.valueOf(each.getMessage()))
        .findFirst()
        .orElse(null);
  }

  private static List<String> looping(List<ContainerStatus> init) {
    return init.stream()
        .filter(
            each ->
                each.getState() != null
                    && each.getState().getWaiting() != null
                    && "CrashLoopBackOff".equals(each.getState().getWaiting().getReason()))
        .map(ContainerStatus::getName)
        .toList();
  }

  private static @Nullable Container container(List<ContainerStatus> all) {
    return all.stream()
        .filter(each -> Labels.CONTAINER.equals(each.getName()))
        .findFirst()
        .map(PodStates::container)
        .orElse(null);
  }

  private static Container container(ContainerStatus status) {
    var state = status.getState() == null ? new ContainerState() : status.getState();
    var last = status.getLastState();
    var waiting = state.getWaiting();
    return new Container(
        Boolean.TRUE.equals(status.getReady()),
        status.getRestartCount() == null ? 0 : status.getRestartCount(),
        state.getRunning() == null
            ? null
            : Objects.requireNonNullElse(time(state.getRunning().getStartedAt()), Instant.EPOCH),
        waiting == null
            ? null
            : new Waiting(
                Objects.requireNonNullElse(waiting.getReason(), "ContainerCreating"),
                waiting.getMessage()),
        ended(state.getTerminated()),
        last == null ? null : ended(last.getTerminated()));
  }

  private static @Nullable Ended ended(@Nullable ContainerStateTerminated end) {
    return end == null
        ? null
        : new Ended(
            end.getExitCode() == null ? 0 : end.getExitCode(),
            Objects.requireNonNullElse(end.getReason(), "Error"),
            end.getMessage(),
            time(end.getStartedAt()));
  }

  private static int number(@Nullable String text, int otherwise) {
    return text != null && text.matches("\\d{1,5}") ? Integer.parseInt(text) : otherwise;
  }

  private static @Nullable String blankAsNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  private static @Nullable Instant time(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null; // a time that nobody can read is as good as none
    }
  }
}
