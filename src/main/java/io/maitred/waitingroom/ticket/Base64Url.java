package io.maitred.waitingroom.ticket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Base64 with the alphabet of URLs, without padding, between parts of arrays and texts, so that
 * nothing is copied. Strict: each sequence of bytes has one text only.
 */
final class Base64Url {
  private static final byte[] ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUES = values();

  private Base64Url() {}

  private static byte[] values() {
    var values = new byte[128];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      values[ALPHABET[i]] = (byte) i;
    }
    return values;
  }

  /** Characters for a number of bytes. */
  static int length(int bytes) {
    return (bytes * 4 + 2) / 3;
  }

  /**
   * @param room for the text, at least {@link #length} bytes
   */
  @SuppressWarnings("deprecation") // the text is ASCII, so that no charset needs to be asked
  static String encode(byte[] from, int length, byte[] room) {
    int out = 0;
    int in = 0;
    for (; in + 2 < length; in += 3) {
      int three = ((from[in] & 0xff) << 16) | ((from[in + 1] & 0xff) << 8) | (from[in + 2] & 0xff);
      room[out++] = ALPHABET[three >>> 18];
      room[out++] = ALPHABET[(three >>> 12) & 63];
      room[out++] = ALPHABET[(three >>> 6) & 63];
      room[out++] = ALPHABET[three & 63];
    }
    if (in < length) {
      int rest = ((from[in] & 0xff) << 16) | (in + 1 < length ? (from[in + 1] & 0xff) << 8 : 0);
      room[out++] = ALPHABET[rest >>> 18];
      room[out++] = ALPHABET[(rest >>> 12) & 63];
      if (in + 1 < length) {
        room[out++] = ALPHABET[(rest >>> 6) & 63];
      }
    }
    return new String(room, 0, 0, out);
  }

  /**
   * @return the number of bytes; -1 when the text is not one that {@link #encode} makes, or takes
   *     more bytes than there are
   */
  static int decode(String text, byte[] to) {
    int length = text.length();
    if (length % 4 == 1 || length / 4 * 3 + Math.max(0, length % 4 - 1) > to.length) {
      return -1;
    }
    int bits = 0;
    int held = 0;
    int out = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      int value = c < 128 ? VALUES[c] : -1;
      if (value < 0) {
        return -1;
      }
      bits = (bits << 6) | value;
      held += 6;
      if (held >= 8) {
        held -= 8;
        to[out++] = (byte) (bits >>> held);
      }
    }
    // bits beyond the last byte mean nothing, so they must be none
    return (bits & ((1 << held) - 1)) == 0 ? out : -1;
  }
}
