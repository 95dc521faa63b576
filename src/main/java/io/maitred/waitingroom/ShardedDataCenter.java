package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The aggregators of this node's data center, through sharding. */
record ShardedDataCenter(RoomAggregators aggregators) implements DataCenterPort {

  @Override
  public void hello(RoomId room, WorkerId worker, ActorRef<DataCenterRoom.Reply> reporter) {
    aggregators.dataCenterRoom(room).tell(new DataCenterRoom.Hello(worker, reporter));
  }

  @Override
  public void report(RoomId room, WorkerReport report, ActorRef<DataCenterRoom.Reply> reporter) {
    aggregators.dataCenterRoom(room).tell(new DataCenterRoom.Report(report, reporter));
  }

  @Override
  public CompletionStage<Boolean> draw(
      RoomId room, WorkerId worker, Outcome.Draw draw, Duration timeout) {
    return aggregators
        .dataCenterRoom(room)
        .ask(
            replyTo ->
                new DataCenterRoom.Draw(worker, draw.epoch(), draw.pool(), draw.spent(), replyTo),
            timeout);
  }
}
