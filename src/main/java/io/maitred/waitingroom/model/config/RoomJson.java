package io.maitred.waitingroom.model.config;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is configured, as JSON trees with every field that a client gets to see (contract waiting
 * room 23, 24). Timestamps are UTC with milliseconds.
 */
public final class RoomJson {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private RoomJson() {}

  /**
   * A room, without its events and rules.
   *
   * @param now decides which event is the next one
   */
  public static Map<String, @Nullable Object> room(Room room, Instant now) {
    var config = room.config();
    var next = nextEvent(room, now);
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("id", room.id().value());
    json.put("created_on", time(room.createdOn()));
    json.put("modified_on", time(room.modifiedOn()));
    json.put("name", config.name());
    json.put("description", config.description());
    json.put("host", config.host());
    json.put("path", config.path());
    json.put("additional_routes", config.additionalRoutes().stream().map(RoomJson::route).toList());
    json.put("cookie_suffix", config.cookieSuffix());
    json.put("cookie_attributes", cookieAttributes(config.cookieAttributes()));
    json.put("total_active_users", config.totalActiveUsers());
    json.put("new_users_per_minute", config.newUsersPerMinute());
    json.put("session_duration", config.sessionDuration());
    json.put("disable_session_renewal", config.disableSessionRenewal());
    json.put("suspended", config.suspended());
    json.put("queue_all", config.queueAll());
    json.put("json_response_enabled", config.jsonResponseEnabled());
    json.put("queueing_method", config.queueingMethod().text());
    json.put("queueing_status_code", config.queueingStatusCode());
    json.put("custom_page_html", config.customPageHtml());
    json.put("default_template_language", config.defaultTemplateLanguage());
    json.put(
        "enabled_origin_commands",
        config.enabledOriginCommands().stream().map(OriginCommand::text).toList());
    json.put("turnstile_mode", config.turnstileMode().text());
    json.put("turnstile_action", config.turnstileAction().text());
    json.put("next_event_start_time", next == null ? null : time(next.start()));
    json.put("next_event_prequeue_start_time", next == null ? null : time(next.prequeueStart()));
    return json;
  }

  /** An event; what it inherits is null. */
  public static Map<String, @Nullable Object> event(RoomEvent event) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("id", event.id());
    json.put("created_on", time(event.createdOn()));
    json.put("modified_on", time(event.modifiedOn()));
    json.put("name", event.name());
    json.put("description", event.description());
    json.put("suspended", event.suspended());
    json.put("event_start_time", time(event.start()));
    json.put("event_end_time", time(event.end()));
    json.put("prequeue_start_time", time(event.prequeueStart()));
    json.put("shuffle_at_event_start", event.shuffleAtStart());
    json.put("total_active_users", event.totalActiveUsers());
    json.put("new_users_per_minute", event.newUsersPerMinute());
    json.put("session_duration", event.sessionDuration());
    json.put("disable_session_renewal", event.disableSessionRenewal());
    json.put(
        "queueing_method", event.queueingMethod() == null ? null : event.queueingMethod().text());
    json.put("custom_page_html", event.customPageHtml());
    json.put("turnstile_mode", event.turnstileMode() == null ? null : event.turnstileMode().text());
    json.put(
        "turnstile_action",
        event.turnstileAction() == null ? null : event.turnstileAction().text());
    return json;
  }

  /** An event with the room's values for what it inherits. */
  public static Map<String, @Nullable Object> eventDetails(RoomEvent event, RoomConfig room) {
    var json = event(event);
    json.putIfAbsent("total_active_users", room.totalActiveUsers());
    json.putIfAbsent("new_users_per_minute", room.newUsersPerMinute());
    json.putIfAbsent("session_duration", room.sessionDuration());
    json.putIfAbsent("disable_session_renewal", room.disableSessionRenewal());
    json.putIfAbsent("queueing_method", room.queueingMethod().text());
    json.putIfAbsent("custom_page_html", room.customPageHtml());
    json.putIfAbsent("turnstile_mode", room.turnstileMode().text());
    json.putIfAbsent("turnstile_action", room.turnstileAction().text());
    return json;
  }

  /** All rules of a room, in their order. */
  public static List<Map<String, @Nullable Object>> rules(Room room) {
    return room.rules().stream().map(RoomJson::rule).toList();
  }

  private static Map<String, @Nullable Object> rule(BypassRule rule) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("id", rule.id());
    json.put("version", Integer.toString(rule.version()));
    json.put("action", BypassRules.ACTION);
    json.put("expression", rule.expression());
    json.put("description", rule.description());
    json.put("enabled", rule.enabled());
    json.put("last_updated", time(rule.lastUpdated()));
    return json;
  }

  /** The settings of a zone. */
  public static Map<String, @Nullable Object> settings(ZoneSettings settings) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("search_engine_crawler_bypass", settings.searchEngineCrawlerBypass());
    return json;
  }

  /**
   * The event that is active, or else will be next; null for none. Suspended events do not count.
   */
  public static @Nullable RoomEvent nextEvent(Room room, Instant now) {
    RoomEvent next = null;
    for (var event : room.events()) {
      if (!event.suspended()
          && now.isBefore(event.end())
          && (next == null || event.start().isBefore(next.start()))) {
        next = event;
      }
    }
    return next;
  }

  /** A time in the form of RFC 3339; null stays null. */
  public static @Nullable String time(@Nullable Instant time) {
    return time == null ? null : TIME.format(time);
  }

  private static Map<String, @Nullable Object> route(RoomRoute route) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("host", route.host());
    json.put("path", route.path());
    return json;
  }

  private static Map<String, @Nullable Object> cookieAttributes(CookieAttributes attributes) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("samesite", attributes.samesite().text());
    json.put("secure", attributes.secure().text());
    return json;
  }
}
