package io.maitred.demo;

import java.util.Map;
import java.util.stream.Collectors;

/** Writes maps, strings and numbers as JSON. A library would double the time to start. */
final class DemoJson {
  private DemoJson() {}

  static String write(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> quoted(String.valueOf(e.getKey())) + ":" + write(e.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    return value instanceof Number ? value.toString() : quoted(String.valueOf(value));
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
              } else if (c < 0x20) {
                out.append("\\u%04x".formatted(c));
              } else {
                out.append((char) c);
              }
            });
    return out.append('"').toString();
  }
}
