package io.maitred.http.waitingroom.api;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/** New ids of rooms, events and rules: 32 lower-case hexadecimal digits. */
final class RandomIds implements Supplier<String> {
  private static final int BYTES = 16;

  private final SecureRandom random = new SecureRandom();

  @Override
  public String get() {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
