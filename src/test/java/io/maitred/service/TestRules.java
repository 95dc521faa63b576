package io.maitred.service;

import io.maitred.common.Refusal;
import io.maitred.service.model.TokenChange;
import io.maitred.service.model.TokenDecision;
import io.maitred.service.model.TokenDocument;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The simplest rules that use every kind of decision. */
final class TestRules {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private TestRules() {}

  static TokenDecision decide(@Nullable TokenDocument existing, TokenChange change) {
    if (change instanceof TokenChange.Edit edit) {
      var data = new HashMap<>(edit.body());
      data.put("owner", edit.caller());
      var next = new TokenDocument(edit.token(), data);
      return next.equals(existing)
          ? new TokenDecision.Unchanged(next)
          : new TokenDecision.Stored(next, existing == null);
    }
    if (existing == null) {
      return new TokenDecision.Refused(Refusal.of(404, "no such token"));
    }
    return new TokenDecision.Removed(change.token());
  }

  static TokenChange edit(String token, Map<String, Object> body) {
    return new TokenChange.Edit(token, body, null, false, "alice", "c", NOW);
  }

  static TokenChange edit(String token, String cmd) {
    return edit(token, Map.of("cmd", cmd));
  }

  static TokenChange remove(String token) {
    return new TokenChange.Delete(token, null, true, "alice", NOW);
  }

  static TokenDocument document(String token, String cmd) {
    return new TokenDocument(token, Map.of("cmd", cmd, "owner", "alice"));
  }
}
