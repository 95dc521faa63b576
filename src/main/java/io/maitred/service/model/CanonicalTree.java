package io.maitred.service.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One text for each JSON tree, whatever the order of its keys: equal trees have equal texts,
 * different trees different ones. Strings carry their length, so that no two trees run together.
 * {@code 1} and {@code 1.0} differ; Integer and Long of one value do not, since storing may change
 * one into the other.
 */
final class CanonicalTree {
  private CanonicalTree() {}

  static String text(@Nullable Object tree) {
    var out = new StringBuilder(256);
    write(tree, out);
    return out.toString();
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    return text(a).equals(text(b));
  }

  /** MD5 of the canonical text, 32 hex digits. */
  static String md5(@Nullable Object tree) {
    try {
      var digest = MessageDigest.getInstance("MD5").digest(text(tree).getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  private static void write(@Nullable Object tree, StringBuilder out) {
    if (tree == null) {
      out.append('n');
    } else if (tree instanceof CharSequence || tree instanceof Character) {
      var text = tree.toString();
      out.append('s').append(text.length()).append(':').append(text);
    } else if (tree instanceof Boolean b) {
      out.append(b ? 't' : 'f');
    } else if (tree instanceof Double || tree instanceof Float) {
      out.append('d').append(((Number) tree).doubleValue()).append(';');
    } else if (tree instanceof Number number) {
      out.append('i').append(number).append(';');
    } else if (tree instanceof Map<?, ?> map) {
      writeMap(map, out);
    } else if (tree instanceof Iterable<?> list) {
      out.append('[');
      list.forEach(element -> write(element, out));
      out.append(']');
    } else {
      throw new IllegalArgumentException(
          tree.getClass() + " (expected: a JSON tree of plain Java)");
    }
  }

  private static void writeMap(Map<?, ?> map, StringBuilder out) {
    var sorted = new TreeMap<String, Object>();
    map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
    out.append('{');
    sorted.forEach(
        (key, value) -> {
          write(key, out);
          write(value, out);
        });
    out.append('}');
  }
}
