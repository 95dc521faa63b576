package io.maitred.waitingroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.TicketRules;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.Room;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class RoomWorkersTest {
  private final Map<RoomId, Room> rooms = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final TestInbox<RoomReporter.Command> reporter = TestInbox.create();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RoomWorkers workers =
      new RoomWorkers(
          new RoomWorkers.Context(
              "node",
              "Dublin",
              rooms::get,
              ShuffleRank.NONE,
              TicketRules.REFRESH_INTERVAL,
              new NoDataCenter(),
              new Random(1)),
          (behavior, name) -> {
            assertTrue(names.add(name), name + " is not free");
            return reporter.getRef();
          },
          registry,
          new TurnedClock().clocks());

  @Test
  void room_comesChangesAndGoes_hasOneWorkerMeanwhile() {
    assertNull(workers.find(Rooms.ID));
    rooms.put(Rooms.ID, Rooms.room(1));
    workers.changed(Rooms.ID);
    var worker = workers.find(Rooms.ID);
    assertNotNull(worker);
    reporter.expectMessage(new RoomReporter.Changed(1));

    rooms.put(Rooms.ID, Rooms.room(2));
    workers.changed(Rooms.ID);
    assertSame(worker, workers.find(Rooms.ID));
    reporter.expectMessage(new RoomReporter.Changed(2));

    rooms.clear();
    workers.changed(Rooms.ID);
    assertNull(workers.find(Rooms.ID));
    assertNull(workers.figures(Rooms.ID));
    reporter.expectMessage(RoomReporter.Stop.INSTANCE);

    rooms.put(Rooms.ID, Rooms.room(3));
    workers.changed(Rooms.ID);
    assertNotSame(worker, workers.find(Rooms.ID));
  }

  @Test
  void metrics_roomGone_areGoneToo() {
    var gauges = new RoomGauges(registry);
    rooms.put(Rooms.ID, Rooms.room(1));
    workers.changed(Rooms.ID);
    var worker = workers.find(Rooms.ID);
    assertNotNull(worker);
    worker.visit(null, Rooms.room(1));
    worker.undecodable("forged");
    gauges.show(workers.shown());

    assertEquals(
        1,
        registry
            .get("maitred.room.visits")
            .tag("name", "shop")
            .tag("kind", "no_state")
            .counter()
            .count());
    assertEquals(
        200,
        registry
            .get("maitred.room.limit.total.active.users")
            .tag("room", Rooms.ID.value())
            .gauge()
            .value());
    rooms.clear();
    workers.changed(Rooms.ID);
    gauges.show(workers.shown());
    assertEquals(Set.of(), names());
  }

  private Set<String> names() {
    var all = new HashSet<String>();
    registry.forEachMeter(meter -> all.add(meter.getId().getName()));
    return all;
  }

  private static final class NoDataCenter implements DataCenterPort {
    @Override
    public void hello(RoomId room, WorkerId worker, ActorRef<RoomReporter.Command> reporter) {}

    @Override
    public void report(RoomId room, WorkerReport report, ActorRef<RoomReporter.Command> reporter) {}

    @Override
    public CompletionStage<Boolean> draw(
        RoomId room, WorkerId worker, Outcome.Draw draw, Duration timeout) {
      return CompletableFuture.completedStage(false);
    }
  }
}
