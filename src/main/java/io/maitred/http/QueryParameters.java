package io.maitred.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoded query of a request. A name may come several times; a malformed escape stands for
 * itself.
 *
 * @param values name to values, in the order of the query
 */
public record QueryParameters(Map<String, List<String>> values) {

  public QueryParameters {
    var copy = new LinkedHashMap<String, List<String>>();
    values.forEach((name, list) -> copy.put(name, List.copyOf(list)));
    values = Collections.unmodifiableMap(copy);
  }

  /**
   * @param query without {@code ?}; null for none
   */
  public static QueryParameters parse(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return new QueryParameters(Map.of());
    }
    var found = new LinkedHashMap<String, List<String>>();
    for (var pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        var name = decode(equals < 0 ? pair : pair.substring(0, equals));
        var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        found.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
      }
    }
    return new QueryParameters(found);
  }

  /** The first value of the parameter, null when it is absent. */
  public @Nullable String first(String name) {
    var all = values.get(name);
    return all == null ? null : all.get(0);
  }

  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** Whether any value of the parameter is exactly this one: {@code include=a&include=b}. */
  public boolean contains(String name, String value) {
    return all(name).contains(value);
  }

  /** A flag is set by {@code true} in any case, and by nothing else. */
  public boolean flag(String name) {
    return "true".equalsIgnoreCase(first(name));
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    var out = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int octet = c == '%' && i + 2 < text.length() ? octet(text, i + 1) : -1;
      if (octet >= 0) {
        out.write(octet);
        i += 2;
      } else {
        var plain = c == '+' ? " " : String.valueOf(c);
        out.writeBytes(plain.getBytes(StandardCharsets.UTF_8));
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static int octet(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }
}
