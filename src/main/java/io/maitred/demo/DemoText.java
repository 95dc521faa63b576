package io.maitred.demo;

import java.nio.charset.StandardCharsets;

/** Text to fill bodies with. */
final class DemoText {
  static final int DEFAULT_SIZE = 100_000;

  private static final byte[] LOREM =
      ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut"
              + " labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation"
              + " ullamco laboris nisi ut aliquip ex ea commodo consequat.\n")
          .getBytes(StandardCharsets.US_ASCII);

  private DemoText() {}

  /** Exactly so many bytes. */
  static byte[] lorem(int size) {
    var text = new byte[size];
    for (int at = 0; at < size; at += LOREM.length) {
      System.arraycopy(LOREM, 0, text, at, Math.min(LOREM.length, size - at));
    }
    return text;
  }
}
