package io.maitred.router.model;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long one request may wait and be silent (contract waiter 6.3): what its headers say, else its
 * token, else the defaults that stand in the token's settings. A value that is not a positive whole
 * number is ignored; each is capped at an hour.
 *
 * @param queue longest wait for an instance
 * @param socket longest silence of the backend
 * @param streaming longest time in which a side takes no byte of a body
 */
public record Timeouts(Duration queue, Duration socket, Duration streaming) {
  private static final long CAP_MS = 3_600_000;

  /**
   * Reads them off a request.
   *
   * @param headers values by lower-case names
   * @param tokenSettings user metadata of the request's tokens over the token defaults
   */
  public static Timeouts of(Map<String, String> headers, Map<String, Object> tokenSettings) {
    return new Timeouts(
        pick(headers.get("x-waiter-queue-timeout"), tokenSettings.get("queue-timeout-ms"), 300_000),
        pick(headers.get("x-waiter-timeout"), tokenSettings.get("socket-timeout-ms"), 900_000),
        pick(
            headers.get("x-waiter-streaming-timeout"),
            tokenSettings.get("streaming-timeout-ms"),
            20_000));
  }

  private static Duration pick(@Nullable String header, @Nullable Object token, long otherwise) {
    long chosen = header == null ? -1 : parse(header);
    if (chosen <= 0) {
      chosen = token instanceof Number number ? number.longValue() : -1;
    }
    return Duration.ofMillis(Math.min(chosen > 0 ? chosen : otherwise, CAP_MS));
  }

  private static long parse(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
