package io.maitred.scheduler.health.model;

import io.maitred.service.model.Instance;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one health check found (contract waiter 9.2).
 *
 * @param status HTTP status of the answer, null if there was none
 * @param flags what a failed check tells about the instance
 * @param reason what happened, for people
 */
public record CheckResult(@Nullable Integer status, Set<String> flags, String reason) {
  private static final int MAX_REASON = 200;

  public static final CheckResult REFUSED =
      new CheckResult(null, Set.of(), "The connection was refused");
  public static final CheckResult UNKNOWN_HOST =
      new CheckResult(null, Set.of(), "The host name cannot be resolved");
  public static final CheckResult HUNG_UP =
      new CheckResult(
          null,
          Set.of(Instance.HANGUP_EXCEPTION, Instance.HAS_CONNECTED),
          "The connection was closed without an answer");
  public static final CheckResult TIMED_OUT =
      new CheckResult(
          null,
          Set.of(Instance.TIMEOUT_EXCEPTION, Instance.HAS_CONNECTED),
          "No answer came in time");

  public CheckResult {
    flags = Set.copyOf(flags);
  }

  public static CheckResult answered(int status) {
    return new CheckResult(
        status,
        Set.of(Instance.HAS_CONNECTED, Instance.HAS_RESPONDED),
        "The health check was answered with status " + status);
  }

  /**
   * @param why the words of the TLS library
   */
  public static CheckResult noTls(@Nullable String why) {
    var reason = "TLS failed" + (why == null ? "" : ": " + why);
    return new CheckResult(
        null,
        Set.of(Instance.SSL_EXCEPTION),
        reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON));
  }

  /** Healthy means 2xx. */
  public boolean healthy() {
    return status != null && status >= 200 && status < 300;
  }
}
