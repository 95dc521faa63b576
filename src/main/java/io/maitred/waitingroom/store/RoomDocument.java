package io.maitred.waitingroom.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.maitred.store.DocumentFamily;
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.config.Zone;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in the database, for years: type names instead of class names, fields are only added.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(value = RoomDocument.OfZone.class, name = "zone"),
  @JsonSubTypes.Type(value = RoomDocument.Ring.class, name = "key-ring")
})
public sealed interface RoomDocument {
  /** All of them. */
  DocumentFamily<RoomDocument> FAMILY =
      new DocumentFamily<>(
          "room", "waiting-room-store", RoomDocument.class, RoomDocument::persistenceId);

  private static String persistenceId(RoomDocument document) {
    return document instanceof OfZone ofZone
        ? ZoneEntity.persistenceId(ofZone.zone().id()).id()
        : KeyRingEntity.PERSISTENCE_ID.id();
  }

  /**
   * A zone.
   *
   * @param recent ids of the last changes, newest last, so that a repeated change is not made twice
   */
  record OfZone(Zone zone, List<String> recent) implements RoomDocument {
    /** How many changes are remembered. */
    static final int RECENT = 16;

    public OfZone {
      recent = List.copyOf(recent);
    }

    static OfZone unknown(String id) {
      return new OfZone(Zone.empty(id), List.of());
    }

    OfZone changed(String changeId, Zone next) {
      var more = new ArrayList<>(recent);
      more.add(changeId);
      return new OfZone(next, more.subList(Math.max(0, more.size() - RECENT), more.size()));
    }
  }

  /** The keys of tickets. */
  record Ring(KeyRing ring) implements RoomDocument {
    static Ring empty() {
      return new Ring(KeyRing.EMPTY);
    }
  }
}
