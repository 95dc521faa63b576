package io.maitred.scheduler.kubernetes.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why Kubernetes cannot start any instance of a service, in words for its users. */
public final class StartProblem {
  private static final int MAX_LENGTH = 500;

  private static final Pattern QUOTA =
      Pattern.compile(
          "exceeded quota: (?<name>[^,]+), requested: (?<requested>.+), used: (?<used>.+), limited:"
              + " (?<limited>.+)");

  /** Waiting for these ends only when somebody changes something. */
  private static final Set<String> LASTING =
      Set.of(
          "ImagePullBackOff",
          "ErrImagePull",
          "ErrImageNeverPull",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  private StartProblem() {}

  /**
   * @param failedCreate what Kubernetes says of pods that it could not create, or null
   * @param pods of the service that are not being ended
   */
  public static Optional<String> of(@Nullable String failedCreate, List<PodState> pods) {
    if (pods.stream().anyMatch(PodState::running)) {
      return Optional.empty();
    }
    if (pods.isEmpty()) {
      return Optional.ofNullable(failedCreate).map(StartProblem::readable);
    }
    return pods.stream().map(PodState::container).allMatch(StartProblem::stuck)
        ? Optional.of(limited(PodRules.status(pods.get(0), false)))
        : Optional.empty();
  }

  private static boolean stuck(PodState.@Nullable Container container) {
    return container != null
        && container.waiting() != null
        && LASTING.contains(container.waiting().reason());
  }

  /** The message of the API server without what only its developers understand. */
  public static String readable(String message) {
    var quota = QUOTA.matcher(message);
    return limited(
        quota.find()
            ? "The quota %s of the namespace is used up: requested %s, used %s, limited to %s"
                .formatted(
                    quota.group("name"),
                    quota.group("requested"),
                    quota.group("used"),
                    quota.group("limited"))
            : message);
  }

  private static String limited(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
  }
}
