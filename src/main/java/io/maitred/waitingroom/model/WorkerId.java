package io.maitred.waitingroom.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identity of one incarnation of a room's worker: a node that starts again has a new one, because
 * it knows nothing of what it counted before.
 */
public record WorkerId(@JsonValue String value) implements Comparable<WorkerId> {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public WorkerId {
    if (value.isBlank()) {
      throw new IllegalArgumentException("WorkerId: blank (expected: a non-blank string)");
    }
  }

  @Override
  public int compareTo(WorkerId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
