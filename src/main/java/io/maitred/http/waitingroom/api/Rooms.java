package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.config.KnownZone;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the API needs of rooms: the store in production, a stub in tests. Documents are trees of
 * plain Java, as they are in JSON. What does not exist, or is not valid, fails with {@link
 * ApiException}; what is written is durable when it is answered, and seen by every later call to
 * this node.
 */
interface Rooms {

  /** What absent fields of a change mean. */
  enum Edit {
    /** Their defaults. */
    REPLACE,
    /** What they were. */
    PATCH
  }

  /** The rooms of these zones, oldest first. */
  List<Map<String, Object>> rooms(Predicate<String> zoneIds);

  CompletionStage<Map<String, Object>> room(KnownZone zone, String room);

  CompletionStage<Map<String, Object>> createRoom(
      KnownZone zone, Map<String, @Nullable Object> body);

  CompletionStage<Map<String, Object>> changeRoom(
      KnownZone zone, String room, Edit edit, Map<String, @Nullable Object> body);

  CompletionStage<Void> deleteRoom(KnownZone zone, String room);

  /** What goes on in the room (contract waiting room 24.6). */
  CompletionStage<Map<String, Object>> status(KnownZone zone, String room);

  /** The events of a room, oldest first. */
  CompletionStage<List<Map<String, Object>>> events(KnownZone zone, String room);

  CompletionStage<Map<String, Object>> event(KnownZone zone, String room, String event);

  /** The event with what it inherits from its room. */
  CompletionStage<Map<String, Object>> eventDetails(KnownZone zone, String room, String event);

  CompletionStage<Map<String, Object>> createEvent(
      KnownZone zone, String room, Map<String, @Nullable Object> body);

  CompletionStage<Map<String, Object>> changeEvent(
      KnownZone zone, String room, String event, Edit edit, Map<String, @Nullable Object> body);

  CompletionStage<Void> deleteEvent(KnownZone zone, String room, String event);

  /** The rules of a room, in the order of their positions; so for all changes of rules. */
  CompletionStage<List<Map<String, Object>>> rules(KnownZone zone, String room);

  CompletionStage<List<Map<String, Object>>> appendRule(
      KnownZone zone, String room, Map<String, @Nullable Object> body);

  CompletionStage<List<Map<String, Object>>> replaceRules(
      KnownZone zone, String room, List<?> body);

  CompletionStage<List<Map<String, Object>>> changeRule(
      KnownZone zone, String room, String rule, Map<String, @Nullable Object> body);

  CompletionStage<List<Map<String, Object>>> deleteRule(KnownZone zone, String room, String rule);

  CompletionStage<Map<String, Object>> settings(KnownZone zone);

  CompletionStage<Map<String, Object>> changeSettings(
      KnownZone zone, Edit edit, Map<String, @Nullable Object> body);
}
