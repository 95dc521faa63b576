package io.maitred.waitingroom.store;

import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.Zone;
import io.maitred.waitingroom.model.config.ZoneSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that this node knows of zones, rooms and ticket keys, in memory. A look-up is one read
 * without a lock; each zone and room is immutable. Changes come in any order and more than once;
 * the higher revision wins, always.
 */
public final class RoomTables {

  private record Entry(long revision, Zone zone) {}

  private record RingEntry(long revision, KeyRing ring) {}

  /**
   * @param rooms that are new, different or gone
   */
  record Changes(boolean news, Set<RoomId> rooms) {
    static final Changes NONE = new Changes(false, Set.of());
  }

  private final ConcurrentHashMap<String, Entry> zones = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<RoomId, Room> rooms = new ConcurrentHashMap<>();
  private volatile RingEntry ring = new RingEntry(0, KeyRing.EMPTY);

  RoomTables() {}

  /** The room of this id; null when there is none. */
  public @Nullable Room room(RoomId id) {
    return rooms.get(id);
  }

  /** All rooms, in no order; a copy. */
  public Collection<Room> rooms() {
    return List.copyOf(rooms.values());
  }

  /** The zone; an empty one when nothing was configured in it yet. */
  public Zone zone(String id) {
    var entry = zones.get(id);
    return entry == null ? Zone.empty(id) : entry.zone();
  }

  /** All zones in which something was configured, in no order; a copy. */
  public Collection<Zone> zones() {
    return zones.values().stream().map(Entry::zone).toList();
  }

  /** The settings of a zone. */
  public ZoneSettings settings(String zone) {
    return zone(zone).settings();
  }

  /** The ticket keys; empty before the first one was made. */
  public KeyRing keyRing() {
    return ring.ring();
  }

  /** Revision of a zone that the tables hold, 0 when they hold none. */
  long zoneRevision(String zone) {
    var entry = zones.get(zone);
    return entry == null ? 0 : entry.revision();
  }

  long ringRevision() {
    return ring.revision();
  }

  /** Takes the document over if it is newer than the present one. */
  synchronized Changes apply(RoomDocument document, long revision) {
    if (document instanceof RoomDocument.OfZone ofZone) {
      return applyZone(ofZone.zone(), revision);
    }
    if (revision <= ring.revision()) {
      return Changes.NONE;
    }
    ring = new RingEntry(revision, ((RoomDocument.Ring) document).ring());
    return new Changes(true, Set.of());
  }

  private Changes applyZone(Zone zone, long revision) {
    if (revision <= zoneRevision(zone.id())) {
      return Changes.NONE;
    }
    Map<RoomId, Room> gone = new HashMap<>();
    zone(zone.id()).rooms().forEach(room -> gone.put(room.id(), room));
    var changed = new HashSet<RoomId>();
    var next = new ArrayList<Room>(zone.rooms().size());
    for (var room : zone.rooms()) {
      var before = gone.remove(room.id());
      // the same version is the same room: what others hold of it stays the one object
      boolean same = before != null && before.version() == room.version();
      next.add(same ? before : room);
      if (!same) {
        changed.add(room.id());
      }
    }
    zones.put(zone.id(), new Entry(revision, new Zone(zone.id(), zone.settings(), next)));
    next.forEach(room -> rooms.put(room.id(), room));
    gone.keySet().forEach(rooms::remove);
    changed.addAll(gone.keySet());
    return new Changes(true, changed);
  }
}
