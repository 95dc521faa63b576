package io.maitred.common;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Identity of a service: prefix, optional name, hash of its core description. Contains no dot. */
public record ServiceId(@JsonValue String value) implements Comparable<ServiceId> {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ServiceId {
    if (value.isBlank()) {
      throw new IllegalArgumentException("ServiceId: blank (expected: a non-blank string)");
    }
  }

  @Override
  public int compareTo(ServiceId other) {
    return value.compareTo(other.value);
  }

  /** The bare id, as it appears in URLs, JSON and logs. */
  @Override
  public String toString() {
    return value;
  }
}
