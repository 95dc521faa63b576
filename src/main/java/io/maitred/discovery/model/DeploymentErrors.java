package io.maitred.discovery.model;

import io.maitred.discovery.model.ServiceView.DeploymentError;
import io.maitred.service.model.Instance;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Why a service cannot start, read from its instances (contract waiter 9.4).
 *
 * @param minFailedInstances so many must have failed before they prove anything, at least 1
 * @param minHosts on so many distinct hosts, at least 1
 * @param messages text for each of {@link #KEYS}
 */
public record DeploymentErrors(int minFailedInstances, int minHosts, Map<String, String> messages) {
  private static final int UNAUTHORIZED = 401;

  /** Message keys, in the order in which the conditions are tried. */
  public static final List<String> KEYS =
      List.of(
          "not-enough-memory",
          "bad-startup-command",
          "tls-error",
          "cannot-connect",
          "health-check-timed-out",
          "bad-socket",
          "invalid-health-check-response",
          "health-check-requires-authentication");

  public DeploymentErrors {
    if (minFailedInstances < 1 || minHosts < 1) {
      throw new IllegalArgumentException(
          "minFailedInstances, minHosts: %d, %d (expected: at least 1)"
              .formatted(minFailedInstances, minHosts));
    }
    messages = Map.copyOf(messages);
    if (!messages.keySet().containsAll(KEYS)) {
      throw new IllegalArgumentException("messages: " + messages + " (expected: one for " + KEYS);
    }
  }

  /** The first condition of the table that holds; none while any instance is healthy. */
  public Optional<DeploymentError> decide(List<Instance> active, List<Instance> failed) {
    if (active.stream().anyMatch(Instance::healthy)) {
      return Optional.empty();
    }
    return key(active, failed).map(key -> new DeploymentError(key, message(key)));
  }

  private Optional<String> key(List<Instance> unhealthy, List<Instance> failed) {
    var reason = enoughFailed(failed) ? reason(failed) : Optional.<String>empty();
    if (reason.isPresent()) {
      return reason;
    }
    boolean firstIsUnauthorized =
        !unhealthy.isEmpty() && Objects.equals(unhealthy.get(0).healthCheckStatus(), UNAUTHORIZED);
    return firstIsUnauthorized
        ? Optional.of("health-check-requires-authentication")
        : Optional.empty();
  }

  private boolean enoughFailed(List<Instance> failed) {
    return failed.size() >= minFailedInstances
        && failed.stream().map(Instance::host).distinct().count() >= minHosts;
  }

  private static Optional<String> reason(List<Instance> failed) {
    if (all(failed, Instance.MEMORY_LIMIT_EXCEEDED)) {
      return Optional.of("not-enough-memory");
    }
    if (sameExitCode(failed)) {
      return Optional.of("bad-startup-command");
    }
    if (all(failed, Instance.SSL_EXCEPTION)) {
      return Optional.of("tls-error");
    }
    if (none(failed, Instance.HAS_CONNECTED)) {
      return Optional.of("cannot-connect");
    }
    if (none(failed, Instance.HAS_RESPONDED)) {
      return Optional.of(
          all(failed, Instance.TIMEOUT_EXCEPTION) ? "health-check-timed-out" : "bad-socket");
    }
    return all(failed, Instance.NEVER_PASSED_HEALTH_CHECKS)
        ? Optional.of("invalid-health-check-response")
        : Optional.empty();
  }

  private static boolean sameExitCode(List<Instance> failed) {
    var first = failed.get(0).exitCode();
    return first != null && failed.stream().allMatch(i -> first.equals(i.exitCode()));
  }

  private static boolean all(List<Instance> instances, String flag) {
    return instances.stream().allMatch(carries(flag));
  }

  private static boolean none(List<Instance> instances, String flag) {
    return instances.stream().noneMatch(carries(flag));
  }

  private static Predicate<Instance> carries(String flag) {
    return instance -> instance.has(flag);
  }

  private String message(String key) {
    return Objects.requireNonNull(messages.get(key), key);
  }
}
