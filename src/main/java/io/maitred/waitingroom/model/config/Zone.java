package io.maitred.waitingroom.model.config;

import io.maitred.waitingroom.model.RoomId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A zone with everything that is configured in it. Names and routes of its rooms are unique.
 *
 * @param id 32 lower-case hexadecimal digits
 * @param rooms in the order of their creation, then of their ids
 */
public record Zone(String id, ZoneSettings settings, List<Room> rooms) {
  private static final Comparator<Room> ORDER =
      Comparator.comparing(Room::createdOn).thenComparing(Room::id);

  public Zone {
    rooms = List.copyOf(rooms);
  }

  /** A zone in which nothing was configured yet. */
  public static Zone empty(String id) {
    return new Zone(id, ZoneSettings.DEFAULT, List.of());
  }

  /** The room of this id; null when the zone has none. */
  public @Nullable Room room(RoomId room) {
    for (var candidate : rooms) {
      if (candidate.id().equals(room)) {
        return candidate;
      }
    }
    return null;
  }

  /** With a room that is new, or takes the place of the one with its id. */
  Zone with(Room room) {
    var next = new ArrayList<>(without(room.id()).rooms);
    next.add(room);
    next.sort(ORDER);
    return new Zone(id, settings, next);
  }

  Zone without(RoomId room) {
    return new Zone(id, settings, rooms.stream().filter(r -> !r.id().equals(room)).toList());
  }

  Zone withSettings(ZoneSettings next) {
    return new Zone(id, next, rooms);
  }

  /** Characters of all texts, about the bytes that the zone takes when it is stored. */
  long size() {
    long size = 0;
    for (var room : rooms) {
      var config = room.config();
      size += config.customPageHtml().length() + config.description().length();
      for (var event : room.events()) {
        var page = event.customPageHtml();
        size += (page == null ? 0 : page.length()) + event.description().length();
      }
      for (var rule : room.rules()) {
        size += rule.expression().length() + rule.description().length();
      }
    }
    return size;
  }
}
