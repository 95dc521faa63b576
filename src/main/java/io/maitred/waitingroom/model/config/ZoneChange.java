package io.maitred.waitingroom.model.config;

import io.maitred.waitingroom.model.RoomId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants changed in a zone. Bodies are JSON trees as the client sent them.
 *
 * @param room null for the zone's settings
 * @param part id of the event or rule; empty when the whole room is meant
 * @param newIds for each rule of {@link Kind#REPLACE_RULES} its id; else empty
 * @param body null for deletions
 * @param now when the client asked
 */
public record ZoneChange(
    Kind kind,
    @Nullable RoomId room,
    String part,
    List<String> newIds,
    @Nullable Object body,
    Instant now) {

  /** What is done to what. */
  public enum Kind {
    CREATE_ROOM,
    REPLACE_ROOM,
    PATCH_ROOM,
    DELETE_ROOM,
    CREATE_EVENT,
    REPLACE_EVENT,
    PATCH_EVENT,
    DELETE_EVENT,
    APPEND_RULE,
    REPLACE_RULES,
    PATCH_RULE,
    DELETE_RULE,
    REPLACE_SETTINGS,
    PATCH_SETTINGS
  }

  /**
   * @throws IllegalArgumentException when rules would be left without an id
   */
  public ZoneChange {
    newIds = List.copyOf(newIds);
    if (kind == Kind.REPLACE_RULES
        && body instanceof List<?> rules
        && newIds.size() < Math.min(rules.size(), ConfigLimits.RULES)) {
      throw new IllegalArgumentException(
          "newIds: " + newIds.size() + " (expected: one for each of " + rules.size() + " rules)");
    }
  }

  /** A change of a whole room. */
  public static ZoneChange ofRoom(Kind kind, RoomId room, @Nullable Object body, Instant now) {
    return new ZoneChange(kind, room, "", List.of(), body, now);
  }

  /**
   * A change of one event or one rule.
   *
   * @param part its id, also when it is new
   */
  public static ZoneChange ofPart(
      Kind kind, RoomId room, String part, @Nullable Object body, Instant now) {
    return new ZoneChange(kind, room, part, List.of(), body, now);
  }

  /**
   * All rules of a room anew.
   *
   * @param newIds as many ids as the body has elements, when it is a list; more than {@link
   *     ConfigLimits#RULES} are never needed
   */
  public static ZoneChange ofRules(
      RoomId room, List<String> newIds, @Nullable Object body, Instant now) {
    return new ZoneChange(Kind.REPLACE_RULES, room, "", newIds, body, now);
  }

  /** A change of the zone's settings. */
  public static ZoneChange ofSettings(Kind kind, @Nullable Object body, Instant now) {
    return new ZoneChange(kind, null, "", List.of(), body, now);
  }
}
