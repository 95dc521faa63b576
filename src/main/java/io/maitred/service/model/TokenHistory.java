package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The next version of a token's document, with the versions before it inside. */
final class TokenHistory {
  private TokenHistory() {}

  /** Who owns the token after the edit. */
  static String ownerOf(@Nullable TokenDocument existing, TokenChange.Edit edit) {
    if (edit.body().get(TokenKeys.OWNER) instanceof String given) {
      return given;
    }
    var kept = existing == null ? null : existing.owner();
    return kept == null ? edit.caller() : kept;
  }

  /** Whether the history that an administrator gives can be stored. */
  static Optional<Refusal> check(Map<String, Object> body) {
    if (body.containsKey(TokenKeys.PREVIOUS)
        && !(body.get(TokenKeys.PREVIOUS) instanceof Map<?, ?>)) {
      return Optional.of(Refusal.of(400, "Token previous must be a map"));
    }
    return body.containsKey(TokenKeys.LAST_UPDATE_TIME)
            && millis(body.get(TokenKeys.LAST_UPDATE_TIME)) == null
        ? Optional.of(
            Refusal.of(400, "Invalid last-update-time: " + body.get(TokenKeys.LAST_UPDATE_TIME)))
        : Optional.empty();
  }

  static TokenDocument edited(
      @Nullable TokenDocument existing, TokenChange.Edit edit, TokenRules.Settings settings) {
    var data = new TreeMap<String, Object>();
    data.put(TokenKeys.CLUSTER, edit.cluster());
    data.put(TokenKeys.LAST_UPDATE_TIME, edit.now().toEpochMilli());
    data.put(TokenKeys.LAST_UPDATE_USER, edit.caller());
    data.put(
        TokenKeys.ROOT,
        existing == null
            ? settings.clusterName()
            : existing.data().getOrDefault(TokenKeys.ROOT, settings.clusterName()));
    data.put(
        TokenKeys.PREVIOUS,
        existing == null || existing.deleted() ? Map.<String, Object>of() : existing.data());
    data.putAll(edit.body());
    data.remove(TokenKeys.TOKEN);
    data.put(TokenKeys.OWNER, ownerOf(existing, edit));
    return new TokenDocument(edit.token(), normalised(data, settings.historyLength()));
  }

  static TokenDocument softDeleted(
      TokenDocument existing, TokenChange.Delete delete, int historyLength) {
    var data = new TreeMap<>(existing.data());
    data.put(TokenKeys.DELETED, true);
    data.put(TokenKeys.LAST_UPDATE_TIME, delete.now().toEpochMilli());
    data.put(TokenKeys.LAST_UPDATE_USER, delete.caller());
    data.put(TokenKeys.PREVIOUS, existing.data());
    return new TokenDocument(existing.name(), normalised(data, historyLength));
  }

  /** Times as epoch milliseconds, and no more than {@code depth} versions inside each other. */
  private static Map<String, Object> normalised(Map<?, ?> version, int depth) {
    var data = new TreeMap<String, Object>();
    version.forEach((key, value) -> data.put(String.valueOf(key), value));
    var time = millis(data.get(TokenKeys.LAST_UPDATE_TIME));
    if (time != null) {
      data.put(TokenKeys.LAST_UPDATE_TIME, time);
    }
    if (depth == 0) {
      data.remove(TokenKeys.PREVIOUS);
    } else if (data.get(TokenKeys.PREVIOUS) instanceof Map<?, ?> previous && !previous.isEmpty()) {
      data.put(TokenKeys.PREVIOUS, normalised(previous, depth - 1));
    }
    return data;
  }

  private static @Nullable Long millis(@Nullable Object time) {
    if (time instanceof Integer || time instanceof Long) {
      return ((Number) time).longValue();
    }
    if (!(time instanceof String text)) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}
