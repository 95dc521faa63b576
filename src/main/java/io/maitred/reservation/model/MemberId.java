package io.maitred.reservation.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One run of a node as a member of the cluster: its address and the uid of that run, so a node that
 * restarts at the same address is another member.
 */
public record MemberId(@JsonValue String value) implements Comparable<MemberId> {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public MemberId {
    if (value.isBlank()) {
      throw new IllegalArgumentException("MemberId: blank (expected: a non-blank string)");
    }
  }

  @Override
  public int compareTo(MemberId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
