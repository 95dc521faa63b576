package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.kubernetes.model.StartProblem;
import java.util.Locale;

/** What a failed call of the API server means. */
final class ApiFailure {
  private static final int CONFLICT = 409;
  private static final int INVALID = 422;
  private static final int MISSING = 404;

  private ApiFailure() {}

  /** There was no answer: whether it was done is not known. */
  static boolean away(KubernetesClientException failure) {
    return failure.getCode() <= 0;
  }

  static boolean missing(KubernetesClientException failure) {
    return failure.getCode() == MISSING;
  }

  static boolean conflict(KubernetesClientException failure) {
    return failure.getCode() == CONFLICT;
  }

  /** Somebody else changed what was to be changed; a failed test of a patch is 422. */
  static boolean changedMeanwhile(KubernetesClientException failure) {
    return failure.getCode() == CONFLICT || failure.getCode() == INVALID;
  }

  /** The server could not do it now, and perhaps has. */
  static boolean broken(KubernetesClientException failure) {
    return failure.getCode() >= 500 || failure.getCode() == 429;
  }

  /**
   * @param what was to be done, as in "cannot ..."
   */
  static Result result(String what, KubernetesClientException failure) {
    if (away(failure)) {
      return new Result(503, "The Kubernetes API server cannot be reached: " + root(failure));
    }
    var status = failure.getStatus();
    var said =
        status == null || status.getMessage() == null ? failure.getMessage() : status.getMessage();
    return new Result(
        failure.getCode() == 429 || failure.getCode() == 503 ? 503 : 500,
        "Kubernetes cannot %s: %s".formatted(what, StartProblem.readable(String.valueOf(said))));
  }

  private static String root(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null
        ? cause
            .getClass()
            .getSimpleName()
            .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
            .toLowerCase(Locale.ROOT)
        : cause.getMessage();
  }
}
