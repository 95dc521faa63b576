package io.maitred.scheduler.local.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an instance ended, or that it is about to be ended.
 *
 * @param message for people; empty if nothing is to be said
 * @param killAt when SIGKILL is due, null once the process has ended by itself
 * @param over true when no process of the instance is left
 */
public record Ending(
    Outcome outcome,
    String message,
    @Nullable Integer exitCode,
    Instant decidedAt,
    @Nullable Instant killAt,
    boolean over) {

  /** In which list of the report an ended instance appears. */
  public enum Outcome {
    /** Ended by itself with a code that is not 0, or by a rule of the scheduler. */
    FAILED,
    /** Ended on request. */
    KILLED,
    /** Ended by itself with code 0: in no list. */
    FINISHED
  }

  Ending ended() {
    return new Ending(outcome, message, exitCode, decidedAt, killAt, true);
  }
}
