package io.maitred.waitingroom.model.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The {@code Secure} attribute of a room's cookie; {@code auto} depends on whether the zone is
 * always HTTPS.
 */
public enum SecureCookie {
  AUTO("auto"),
  ALWAYS("always"),
  NEVER("never");

  private final String text;

  SecureCookie(String text) {
    this.text = text;
  }

  /** The value as clients write it, lower case. */
  @JsonValue
  public String text() {
    return text;
  }

  /** The value that a client wrote, in any letter case. */
  public static Optional<SecureCookie> of(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    return Stream.of(values()).filter(value -> value.text.equals(lower)).findFirst();
  }

  /**
   * For stored documents.
   *
   * @throws IllegalArgumentException for any other text
   */
  @JsonCreator
  static SecureCookie stored(String text) {
    return of(text).orElseThrow(() -> new IllegalArgumentException("SecureCookie: " + text));
  }
}
