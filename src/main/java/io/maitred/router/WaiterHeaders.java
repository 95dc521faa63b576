package io.maitred.router;

import akka.http.javadsl.model.HttpRequest;
import java.util.Map;
import java.util.TreeMap;

/**
 * The headers of a request that are for the router, by lower-case names; the last of a name wins.
 */
final class WaiterHeaders {
  private static final String PREFIX = "x-waiter-";

  private WaiterHeaders() {}

  static Map<String, String> of(HttpRequest request) {
    Map<String, String> found = Map.of();
    for (var header : request.getHeaders()) {
      if (header.lowercaseName().startsWith(PREFIX)) {
        if (found.isEmpty()) {
          found = new TreeMap<>();
        }
        found.put(header.lowercaseName(), header.value());
      }
    }
    return found;
  }
}
