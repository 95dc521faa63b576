package io.maitred.http.waitingroom.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a call (contract waiting room 21.4, 21.5).
 *
 * @param code at least 1000
 * @param pointer JSON pointer to the value in the body that is at fault; null when there is none
 * @param documentation URL of a page that tells more; null for none
 */
record ApiError(
    int code, String message, @Nullable String pointer, @Nullable String documentation) {
  static final int INTERNAL = 1000;
  static final int NOT_FOUND = 1001;
  static final int INVALID = 1002;
  static final int TOO_MANY = 1015;
  static final int MALFORMED = 6003;
  static final int NO_METHOD = 7001;
  static final int NO_ROUTE = 7003;
  static final int AUTHENTICATION = 10000;
  static final int UNAVAILABLE = 10001;

  static ApiError of(int code, String message) {
    return new ApiError(code, message, null, null);
  }

  static ApiError at(String pointer, int code, String message) {
    return new ApiError(code, message, pointer, null);
  }

  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("code", code);
    json.put("message", message);
    if (documentation != null) {
      json.put("documentation_url", documentation);
    }
    if (pointer != null) {
      json.put("source", Map.of("pointer", pointer));
    }
    return json;
  }
}
