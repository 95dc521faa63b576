package io.maitred.router.model;

import java.time.Duration;

/**
 * How long an error is held back, so that clients that repeat refused requests at once do so less
 * often (contract waiter 6.4): {@code min(max, step * floor(errors per minute / stepSize))}.
 *
 * @param max longest delay
 * @param step delay for each full {@code stepSize} of errors
 * @param stepSize errors per minute; at least 1
 */
public record ErrorDelay(Duration max, Duration step, int stepSize) {
  public ErrorDelay {
    if (stepSize < 1) {
      throw new IllegalArgumentException("stepSize: " + stepSize + " (expected: >= 1)");
    }
  }

  /** The delay at this rate. */
  public Duration at(long errorsPerMinute) {
    long steps = errorsPerMinute / stepSize;
    long stepMs = step.toMillis();
    // compared by division: the product may not fit
    return stepMs == 0 || steps <= max.toMillis() / stepMs ? step.multipliedBy(steps) : max;
  }
}
