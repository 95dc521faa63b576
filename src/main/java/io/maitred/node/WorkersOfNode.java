package io.maitred.node;

import io.maitred.http.waitingroom.GatePorts;
import io.maitred.waitingroom.RoomWorker;
import io.maitred.waitingroom.RoomWorkers;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.config.Room;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The workers of this node, as the gate asks them. */
record WorkersOfNode(RoomWorkers workers) implements GatePorts.Workers {
  @Override
  public GatePorts.@Nullable Worker find(RoomId room) {
    var worker = workers.find(room);
    return worker == null ? null : new Asked(worker);
  }

  private record Asked(RoomWorker worker) implements GatePorts.Worker {
    @Override
    public CompletionStage<Outcome> visit(@Nullable Ticket ticket, Room room) {
      return worker.visit(ticket, room);
    }

    @Override
    public void revoked(Ticket ticket) {
      worker.revoked(ticket);
    }

    @Override
    public void undecodable(String kind) {
      worker.undecodable(kind);
    }

    @Override
    public Instant now() {
      return worker.now();
    }
  }
}
