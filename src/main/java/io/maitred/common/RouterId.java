package io.maitred.common;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Identity of a node in its role as router; fresh at every start, without {@code /} and {@code .}.
 */
public record RouterId(@JsonValue String value) implements Comparable<RouterId> {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RouterId {
    if (value.isBlank()) {
      throw new IllegalArgumentException("RouterId: blank (expected: a non-blank string)");
    }
  }

  @Override
  public int compareTo(RouterId other) {
    return value.compareTo(other.value);
  }

  /** The bare id, as it appears in URLs, JSON and logs. */
  @Override
  public String toString() {
    return value;
  }
}
