package io.maitred.service.model;

import io.maitred.common.CborSerializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stored token: service parameters, user metadata and system metadata (contract waiter 4.1), as a
 * JSON tree of plain Java. A soft-deleted token has {@code deleted: true}.
 *
 * @param name the token's name; not part of the data and not of the hash
 * @param data everything stored, {@code previous} included
 */
public record TokenDocument(String name, Map<String, Object> data) implements CborSerializable {

  public TokenDocument {
    data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
  }

  public boolean deleted() {
    return Boolean.TRUE.equals(data.get("deleted"));
  }

  public @Nullable String owner() {
    return data.get("owner") instanceof String s ? s : null;
  }

  /** Epoch milliseconds of the last edit; 0 when unknown. */
  public long lastUpdateTime() {
    return data.get("last-update-time") instanceof Number n ? n.longValue() : 0;
  }

  /** The version before this one as the same kind of data; empty when there was none. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> previous() {
    return data.get("previous") instanceof Map<?, ?> m ? (Map<String, Object>) m : Map.of();
  }
}
