package io.maitred.http.waitingroom;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The cookies of one name in a request, which may have several {@code cookie} headers. */
final class CookieHeaders {
  /** More than the nested rooms of a site; what comes later is not looked at. */
  static final int MAX_VALUES = 16;

  private CookieHeaders() {}

  /** The values of the cookie, in the order of the request, at most {@link #MAX_VALUES}. */
  static List<String> values(HttpRequest request, String name) {
    List<String> values = List.of();
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("cookie") && header.value().contains(name)) {
        values = values.isEmpty() ? new ArrayList<>(2) : values;
        collect(header.value(), name, values);
      }
    }
    return values;
  }

  private static void collect(String header, String name, List<String> values) {
    for (int at = 0; at < header.length() && values.size() < MAX_VALUES; ) {
      int semicolon = header.indexOf(';', at);
      int end = semicolon < 0 ? header.length() : semicolon;
      int equals = header.indexOf('=', at);
      if (equals >= 0 && equals < end && isName(header, at, equals, name)) {
        values.add(header.substring(equals + 1, end).trim());
      }
      at = end + 1;
    }
  }

  private static boolean isName(String header, int from, int to, String name) {
    int start = from;
    while (start < to && header.charAt(start) <= ' ') {
      start++;
    }
    int end = to;
    while (end > start && header.charAt(end - 1) <= ' ') {
      end--;
    }
    return end - start == name.length() && header.startsWith(name, start);
  }

  /** The request without that cookie; its other cookies stay as they are. */
  static HttpRequest without(HttpRequest request, String name) {
    boolean changed = false;
    var headers = new ArrayList<HttpHeader>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("cookie") && header.value().contains(name)) {
        var kept = without(header.value(), name);
        changed = true;
        if (!kept.isEmpty()) {
          headers.add(RawHeader.create(header.name(), kept));
        }
      } else {
        headers.add(header);
      }
    }
    return changed ? request.withHeaders(headers) : request;
  }

  private static String without(String header, String name) {
    var kept = new StringJoiner("; ");
    for (var part : header.split(";", -1)) {
      var pair = part.trim();
      int equals = pair.indexOf('=');
      if (!pair.isEmpty() && !(equals >= 0 && isName(pair, 0, equals, name))) {
        kept.add(pair);
      }
    }
    return kept.toString();
  }
}
