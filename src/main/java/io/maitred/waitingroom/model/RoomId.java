package io.maitred.waitingroom.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** Identity of a waiting room: 32 lower-case hexadecimal digits. */
public record RoomId(@JsonValue String value) implements Comparable<RoomId> {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

  /**
   * @throws IllegalArgumentException for any other form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RoomId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "RoomId: " + value + " (expected: 32 lower-case hexadecimal digits)");
    }
  }

  /** Whether a text has the form of an id. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(RoomId other) {
    return value.compareTo(other.value);
  }

  /** The bare id, as it appears in URLs, JSON and logs. */
  @Override
  public String toString() {
    return value;
  }
}
