package io.maitred.waitingroom.model.config;

import io.maitred.waitingroom.model.RoomId;
import java.time.Instant;
import java.util.List;

/**
 * A waiting room as it is stored, with its events and bypass rules.
 *
 * @param zone 32 lower-case hexadecimal digits
 * @param version one more for each change of anything in it; from 1
 * @param modifiedOn last change of {@code config}
 * @param events at most 5, in the order of their creation
 * @param rules at most 100, in the order of their positions
 */
public record Room(
    RoomId id,
    String zone,
    long version,
    Instant createdOn,
    Instant modifiedOn,
    RoomConfig config,
    List<RoomEvent> events,
    List<BypassRule> rules) {

  public Room {
    events = List.copyOf(events);
    rules = List.copyOf(rules);
  }
}
