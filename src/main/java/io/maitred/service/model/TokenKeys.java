package io.maitred.service.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which keys a token may have, and who may set them (contract waiter 4.1). */
public final class TokenKeys {
  public static final String TOKEN = "token";
  public static final String OWNER = "owner";
  public static final String EDITOR = "editor";
  public static final String CLUSTER = "cluster";
  public static final String ROOT = "root";
  public static final String DELETED = "deleted";
  public static final String PREVIOUS = "previous";
  public static final String LAST_UPDATE_TIME = "last-update-time";
  public static final String LAST_UPDATE_USER = "last-update-user";
  public static final String MAINTENANCE = "maintenance";

  /** Set by a token's owner, beside the service parameters. */
  public static final Set<String> USER_METADATA =
      Set.of(
          "cors-rules",
          EDITOR,
          "fallback-period-secs",
          "https-redirect",
          MAINTENANCE,
          OWNER,
          "queue-timeout-ms",
          "service-mapping",
          "socket-timeout-ms",
          "stale-timeout-mins",
          "streaming-timeout-ms");

  /** Kept by Maitred; only administrators may set them. */
  public static final Set<String> SYSTEM_METADATA =
      Set.of(CLUSTER, DELETED, LAST_UPDATE_TIME, LAST_UPDATE_USER, PREVIOUS, ROOT);

  /** The system metadata that no ordinary edit may name, in the order of the check. */
  static final List<String> PROTECTED = List.of(LAST_UPDATE_TIME, LAST_UPDATE_USER, ROOT, PREVIOUS);

  private static final Set<String> ALL =
      Stream.of(Parameters.names(), USER_METADATA, SYSTEM_METADATA)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private TokenKeys() {}

  /** Any key that a stored token may have. */
  public static boolean known(String key) {
    return ALL.contains(key);
  }

  /** A service parameter or user metadata. */
  public static boolean editable(String key) {
    return Parameters.isParameter(key) || USER_METADATA.contains(key);
  }

  /** The service parameters among the data of a token. */
  public static Map<String, Object> parameters(Map<String, Object> data) {
    return select(data, Parameters::isParameter);
  }

  /** The service parameters and user metadata among the data of a token. */
  public static Map<String, Object> editable(Map<String, Object> data) {
    return select(data, TokenKeys::editable);
  }

  static Map<String, Object> select(Map<String, Object> data, Predicate<String> keys) {
    var selected = new TreeMap<String, Object>();
    data.forEach(
        (key, value) -> {
          if (keys.test(key)) {
            selected.put(key, value);
          }
        });
    return selected;
  }
}
