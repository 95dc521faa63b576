package io.maitred.waitingroom.expression;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Undoes percent-encoding, as UTF-8; a plus becomes a blank, what is no code stays.
 *
 * @param isWide whether {@code %uXXXX} is a code too
 * @param isRepeated whether what was encoded several times is decoded as often
 */
record UrlDecoder(boolean isWide, boolean isRepeated) {
  /** Decoding a text of n characters is repeated only while it changes, and no more than so. */
  private static final int MAX_ROUNDS = 16;

  String decode(String text) {
    var result = once(text);
    for (int round = 1; isRepeated && round < MAX_ROUNDS && result.indexOf('%') >= 0; round++) {
      result = once(result);
    }
    return result;
  }

  private String once(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      int code = c == '%' ? hex(text, i + 1, 2) : -1;
      int wide = c == '%' && isWide && text.startsWith("u", i + 1) ? hex(text, i + 2, 4) : -1;
      if (code >= 0) {
        bytes.write(code);
        i += 3;
      } else if (wide >= 0) {
        bytes.writeBytes(Character.toString(wide).getBytes(StandardCharsets.UTF_8));
        i += 6;
      } else {
        int point = c == '+' ? ' ' : text.codePointAt(i);
        bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(point);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The number that the hexadecimal digits make; -1 if they are none. */
  private static int hex(String text, int from, int digits) {
    if (from + digits > text.length()) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < from + digits; i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number * 16 + digit;
    }
    return number;
  }
}
