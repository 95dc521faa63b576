package io.maitred.waitingroom.expression;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Takes apart what requests carry as one text. */
final class UriParts {
  private UriParts() {}

  static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  static String query(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? "" : uri.substring(query + 1);
  }

  /** What follows the last dot of the last segment, in lower case; empty if there is none. */
  static String extension(String path) {
    var name = path.substring(path.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** {@code name=value} pairs; blanks around a pair do not count, empty pairs are left out. */
  static Map<String, List<String>> pairs(String text, String separator) {
    var result = new LinkedHashMap<String, List<String>>();
    for (int from = 0; from <= text.length(); ) {
      int found = text.indexOf(separator, from);
      int to = found < 0 ? text.length() : found;
      var pair = text.substring(from, to).strip();
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        var name = equals < 0 ? pair : pair.substring(0, equals);
        var value = equals < 0 ? "" : pair.substring(equals + 1);
        result.computeIfAbsent(name, ignored -> new ArrayList<>(1)).add(value);
      }
      from = to + separator.length();
    }
    return result;
  }
}
