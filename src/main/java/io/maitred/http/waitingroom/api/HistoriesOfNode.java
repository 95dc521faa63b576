package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.RoomHistory;
import io.maitred.waitingroom.RoomWorkers;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.store.RoomStore;
import java.util.List;
import java.util.Optional;

/** What this node's workers remember. */
record HistoriesOfNode(RoomStore store, RoomWorkers workers) implements HistoryRoutes.Histories {

  @Override
  public Optional<String> zone(RoomId id) {
    var room = store.tables().room(id);
    return room == null ? Optional.empty() : Optional.of(room.zone());
  }

  @Override
  public List<RoomHistory.Point> of(RoomId room) {
    var worker = workers.find(room);
    return worker == null ? List.of() : worker.history();
  }
}
