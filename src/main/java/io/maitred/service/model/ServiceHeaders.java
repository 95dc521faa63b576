package io.maitred.service.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a request say about its service (contract waiter 5.2).
 *
 * @param token the value of {@code x-waiter-token}; null when absent or blank
 * @param parameters service parameters, validated by nobody yet
 * @param params the values of {@code x-waiter-param-*} by the names of the environment variables
 */
record ServiceHeaders(
    @Nullable String token, Map<String, Object> parameters, Map<String, Object> params) {

  static final String PREFIX = "x-waiter-";
  private static final String ENV = "env-";
  private static final String PARAM = "param-";
  private static final String METADATA = "metadata-";

  /**
   * @param headers the values by lower-case names
   */
  static ServiceHeaders parse(Map<String, String> headers, JsonText json) {
    var parameters = new TreeMap<String, Object>();
    var params = new TreeMap<String, Object>();
    var env = new TreeMap<String, Object>();
    var metadata = new TreeMap<String, Object>();
    String token = null;
    for (var header : headers.entrySet()) {
      if (!header.getKey().startsWith(PREFIX)) {
        continue;
      }
      var name = header.getKey().substring(PREFIX.length());
      var value = header.getValue();
      if (name.equals("token")) {
        token = value.isBlank() ? null : value.strip();
      } else if (name.startsWith(ENV)) {
        env.put(name.substring(ENV.length()).toUpperCase(Locale.ROOT), value);
      } else if (name.startsWith(PARAM)) {
        params.put(name.substring(PARAM.length()).toUpperCase(Locale.ROOT), value);
      } else if (name.startsWith(METADATA)) {
        metadata.put(name.substring(METADATA.length()), value);
      } else {
        addParameter(parameters, name, value, json);
      }
    }
    addEntries(parameters, "env", env);
    addEntries(parameters, "metadata", metadata);
    return new ServiceHeaders(token, parameters, params);
  }

  /** Whether any header describes a service; naming a token does not count. */
  boolean describing() {
    return !parameters.isEmpty() || !params.isEmpty();
  }

  /** The names in the comma list of the token header. */
  List<String> tokens() {
    return token == null ? List.of() : words(token).toList();
  }

  /** Whether a header takes part in resolving a request to a service. */
  static boolean resolves(String name) {
    if (!name.startsWith(PREFIX)) {
      return false;
    }
    var rest = name.substring(PREFIX.length());
    return rest.equals("token")
        || rest.startsWith(ENV)
        || rest.startsWith(PARAM)
        || rest.startsWith(METADATA)
        || Parameters.isParameter(rest);
  }

  private static void addParameter(
      Map<String, Object> parameters, String name, String value, JsonText json) {
    var parameter = Parameters.find(name);
    if (parameter == null) {
      return;
    }
    if (name.equals("allowed-params")) {
      parameters.put(name, words(value).toList());
    } else if (parameter.header() == Parameters.Header.TEXT) {
      parameters.put(name, value);
    } else {
      parameters.put(name, json.parse(value));
    }
  }

  private static void addEntries(
      Map<String, Object> parameters, String name, Map<String, Object> entries) {
    if (!entries.isEmpty()) {
      DescriptionDefaults.mergeInto(parameters, Map.of(name, entries));
    }
  }

  private static Stream<String> words(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).filter(word -> !word.isEmpty());
  }
}
