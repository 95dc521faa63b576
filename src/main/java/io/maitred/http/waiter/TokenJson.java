package io.maitred.http.waiter;

import io.maitred.http.JsonBody;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.model.TokenHash;
import io.maitred.service.model.TokenKeys;
import io.maitred.service.model.TokenTraits;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Tokens as clients see them (contract waiter 3.19, 4.5). */
final class TokenJson {
  private TokenJson() {}

  /** What its owner set: service parameters and user metadata. */
  static Map<String, Object> editable(TokenDocument token) {
    return TokenKeys.editable(token.data());
  }

  /** With the system metadata; {@code cluster} stands in where an old document has none. */
  static Map<String, Object> withMetadata(TokenDocument token, String cluster) {
    var data = withTimes(token.data());
    data.putIfAbsent(TokenKeys.CLUSTER, cluster);
    data.putIfAbsent(TokenKeys.ROOT, cluster);
    data.put(TokenKeys.DELETED, token.deleted());
    data.putIfAbsent(TokenKeys.PREVIOUS, Map.of());
    return data;
  }

  /** One element of {@code /tokens}. */
  static Map<String, Object> entry(TokenDocument token, boolean metadata) {
    var entry = new LinkedHashMap<String, Object>();
    if (metadata) {
      entry.put(TokenKeys.DELETED, token.deleted());
      if (!token.deleted()) {
        entry.put("etag", TokenHash.versionOf(token));
      }
      entry.put(TokenKeys.LAST_UPDATE_TIME, Instant.ofEpochMilli(token.lastUpdateTime()));
    }
    entry.put(TokenKeys.MAINTENANCE, TokenTraits.inMaintenance(token));
    entry.put(TokenKeys.OWNER, Objects.requireNonNullElse(token.owner(), ""));
    entry.put("reference-type->reference-name", Map.of());
    entry.put(TokenKeys.TOKEN, token.name());
    return entry;
  }

  private static Map<String, Object> withTimes(Map<?, ?> version) {
    var data = new TreeMap<String, Object>();
    version.forEach((key, value) -> data.put(String.valueOf(key), value));
    if (data.get(TokenKeys.LAST_UPDATE_TIME) instanceof Number millis) {
      data.put(TokenKeys.LAST_UPDATE_TIME, JsonBody.iso(Instant.ofEpochMilli(millis.longValue())));
    }
    if (data.get(TokenKeys.PREVIOUS) instanceof Map<?, ?> previous) {
      data.put(TokenKeys.PREVIOUS, withTimes(previous));
    }
    return data;
  }
}
