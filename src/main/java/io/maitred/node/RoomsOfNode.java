package io.maitred.node;

import io.maitred.http.waitingroom.api.StoredRooms;
import io.maitred.waitingroom.model.config.Zone;
import io.maitred.waitingroom.model.config.ZoneChange;
import io.maitred.waitingroom.model.config.ZoneDecision;
import io.maitred.waitingroom.store.RoomStore;
import java.util.Collection;
import java.util.concurrent.CompletionStage;

/** The zones that the API of waiting rooms shows and changes. */
record RoomsOfNode(RoomStore store) implements StoredRooms.Store {
  @Override
  public Zone zone(String id) {
    return store.tables().zone(id);
  }

  @Override
  public Collection<Zone> zones() {
    return store.tables().zones();
  }

  @Override
  public CompletionStage<ZoneDecision> change(String zone, ZoneChange change) {
    return store.change(zone, change);
  }
}
