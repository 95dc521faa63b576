package io.maitred.waitingroom.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many bytes a JSON tree takes in a message, about and never less. */
final class BodySize {
  private static final int NUMBER = 10;

  /** Long texts are written in pieces, with a few bytes each. */
  private static final int PIECE = 500;

  private BodySize() {}

  static long of(@Nullable Object tree) {
    long size = NUMBER;
    if (tree instanceof String text) {
      long bytes = utf8(text);
      size += bytes + bytes / PIECE;
    } else if (tree instanceof List<?> list) {
      for (var element : list) {
        size += of(element);
      }
    } else if (tree instanceof Map<?, ?> map) {
      for (var entry : map.entrySet()) {
        size += of(entry.getKey()) + of(entry.getValue());
      }
    }
    return size;
  }

  private static long utf8(String text) {
    long bytes = 0;
    for (int index = 0; index < text.length(); index++) {
      char c = text.charAt(index);
      // a pair of surrogates is four bytes
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
