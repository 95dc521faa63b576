package io.maitred.node;

import io.maitred.http.waitingroom.api.RoomStatus;
import io.maitred.waitingroom.RoomWorkers;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.store.RoomStore;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The figures of whole rooms, as this node's workers were told them last. */
record FiguresOfNode(RoomStore store, RoomWorkers workers, Clock clock)
    implements RoomStatus.Figures {
  private static final Now NOTHING = new Now(0, 0, 0);

  @Override
  public CompletionStage<Now> of(RoomId id) {
    var figures = workers.figures(id);
    var room = store.tables().room(id);
    if (figures == null || room == null) {
      return CompletableFuture.completedStage(NOTHING);
    }
    var effective = EffectiveConfig.of(room, clock.instant());
    // nobody knows how long nobody will be let in
    long wait = effective.isClosed() ? 0 : figures.longestWait(effective.method());
    return CompletableFuture.completedStage(new Now(figures.queued(), figures.active(), wait));
  }
}
