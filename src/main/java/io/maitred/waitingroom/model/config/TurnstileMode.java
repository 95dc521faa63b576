package io.maitred.waitingroom.model.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which bot challenge a queue page shows. Stored and returned only: there is no challenge service
 * here.
 */
public enum TurnstileMode {
  OFF("off"),
  INVISIBLE("invisible"),
  VISIBLE_NON_INTERACTIVE("visible_non_interactive"),
  VISIBLE_MANAGED("visible_managed");

  private final String text;

  TurnstileMode(String text) {
    this.text = text;
  }

  /** The value as clients write it, lower case. */
  @JsonValue
  public String text() {
    return text;
  }

  /** The value that a client wrote, in any letter case. */
  public static Optional<TurnstileMode> of(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    return Stream.of(values()).filter(value -> value.text.equals(lower)).findFirst();
  }

  /**
   * For stored documents.
   *
   * @throws IllegalArgumentException for any other text
   */
  @JsonCreator
  static TurnstileMode stored(String text) {
    return of(text).orElseThrow(() -> new IllegalArgumentException("TurnstileMode: " + text));
  }
}
