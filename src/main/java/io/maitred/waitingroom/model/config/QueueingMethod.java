package io.maitred.waitingroom.model.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How users that wait are let in (contract waiting room 11, 13, 15). */
public enum QueueingMethod {
  FIFO("fifo"),
  RANDOM("random"),
  PASSTHROUGH("passthrough"),
  REJECT("reject");

  private final String text;

  QueueingMethod(String text) {
    this.text = text;
  }

  /** The value as clients write it, lower case. */
  @JsonValue
  public String text() {
    return text;
  }

  /** The value that a client wrote, in any letter case. */
  public static Optional<QueueingMethod> of(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    return Stream.of(values()).filter(value -> value.text.equals(lower)).findFirst();
  }

  /**
   * For stored documents.
   *
   * @throws IllegalArgumentException for any other text
   */
  @JsonCreator
  static QueueingMethod stored(String text) {
    return of(text).orElseThrow(() -> new IllegalArgumentException("QueueingMethod: " + text));
  }
}
