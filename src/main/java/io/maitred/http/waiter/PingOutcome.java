package io.maitred.http.waiter;

import io.maitred.http.waiter.Pings.Redirect;
import io.maitred.http.waiter.Pings.Target;
import io.maitred.service.model.Instance;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a ping ended.
 *
 * @param result a word of contract waiter 3.18
 * @param target the service; null when it could not be found out
 * @param redirect set when the client is sent elsewhere
 */
record PingOutcome(
    String result,
    @Nullable Integer status,
    @Nullable Map<String, String> headers,
    @Nullable String body,
    @Nullable Instance instance,
    @Nullable Target target,
    @Nullable Redirect redirect) {

  static final String INTERNAL_ERROR = "ping-internal-error";
  private static final String TIMED_OUT = "timed-out";

  static PingOutcome timedOut(@Nullable Target target) {
    return new PingOutcome(TIMED_OUT, null, null, null, null, target, null);
  }

  boolean isTimedOut() {
    return result.equals(TIMED_OUT);
  }

  static PingOutcome internalError(@Nullable Target target) {
    return new PingOutcome(INTERNAL_ERROR, null, null, null, null, target, null);
  }

  static PingOutcome redirected(Redirect redirect) {
    return new PingOutcome("waiter-response", redirect.status(), null, null, null, null, redirect);
  }
}
