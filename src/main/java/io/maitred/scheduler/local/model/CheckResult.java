package io.maitred.scheduler.local.model;

import io.maitred.service.model.Instance;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one health check found (contract waiter 9.2).
 *
 * @param status HTTP status of the answer, null if there was none
 * @param flags what a failed check tells about the instance
 */
public record CheckResult(@Nullable Integer status, Set<String> flags) {

  public static final CheckResult REFUSED = new CheckResult(null, Set.of());
  public static final CheckResult HUNG_UP =
      new CheckResult(null, Set.of(Instance.HANGUP_EXCEPTION, Instance.HAS_CONNECTED));
  public static final CheckResult TIMED_OUT =
      new CheckResult(null, Set.of(Instance.TIMEOUT_EXCEPTION, Instance.HAS_CONNECTED));
  public static final CheckResult NO_TLS = new CheckResult(null, Set.of(Instance.SSL_EXCEPTION));

  public CheckResult {
    flags = Set.copyOf(flags);
  }

  public static CheckResult answered(int status) {
    return new CheckResult(status, Set.of(Instance.HAS_CONNECTED, Instance.HAS_RESPONDED));
  }

  /** Healthy means 2xx. */
  public boolean healthy() {
    return status != null && status >= 200 && status < 300;
  }
}
