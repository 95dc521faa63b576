package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What a worker needs of the aggregator of its data center. None of it may block. */
public interface DataCenterPort {
  /** A worker has started, or wants to know how the room is; answered when that is known. */
  void hello(RoomId room, WorkerId worker, ActorRef<RoomReporter.Command> reporter);

  /** What a worker counted; answered sooner or later, if it is not lost. */
  void report(RoomId room, WorkerReport report, ActorRef<RoomReporter.Command> reporter);

  /**
   * Asks a counter for a slot.
   *
   * @return fails when no answer comes within the time
   */
  CompletionStage<Boolean> draw(RoomId room, WorkerId worker, Outcome.Draw draw, Duration timeout);
}
