package io.maitred.common;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Identity of an instance: {@code <service id>.<unique>}. */
public record InstanceId(@JsonValue String value) implements Comparable<InstanceId> {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public InstanceId {
    if (value.isBlank()) {
      throw new IllegalArgumentException("InstanceId: blank (expected: a non-blank string)");
    }
  }

  @Override
  public int compareTo(InstanceId other) {
    return value.compareTo(other.value);
  }

  /** The bare id, as it appears in URLs, JSON and logs. */
  @Override
  public String toString() {
    return value;
  }
}
