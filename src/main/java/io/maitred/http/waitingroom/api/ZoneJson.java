package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.config.Account;
import io.maitred.waitingroom.model.config.KnownZone;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Zones and accounts as clients expect them; what means nothing here has its plainest value. */
final class ZoneJson {
  /** Configuration has no date. */
  private static final Instant CREATED = Instant.EPOCH;

  private ZoneJson() {}

  static Map<String, Object> of(KnownZone zone) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", zone.id());
    json.put("name", zone.name());
    json.put("status", "active");
    json.put("paused", false);
    json.put("type", "full");
    json.put("development_mode", 0);
    json.put("name_servers", List.of());
    json.put("created_on", CREATED);
    json.put("modified_on", CREATED);
    json.put("activated_on", CREATED);
    json.put("account", Map.of("id", zone.account().id(), "name", zone.account().name()));
    json.put("owner", owner(zone.account()));
    json.put("permissions", List.of("#waitingroom:edit", "#waitingroom:read"));
    json.put("meta", Map.of("hosts", zone.hosts()));
    return json;
  }

  static Map<String, Object> of(Account account) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", account.id());
    json.put("name", account.name());
    json.put("type", "standard");
    json.put("settings", Map.of("enforce_twofactor", false));
    json.put("created_on", CREATED);
    return json;
  }

  private static Map<String, @Nullable Object> owner(Account account) {
    var owner = new LinkedHashMap<String, @Nullable Object>();
    owner.put("id", account.id());
    owner.put("name", account.name());
    owner.put("type", "organization");
    owner.put("email", null);
    return owner;
  }
}
