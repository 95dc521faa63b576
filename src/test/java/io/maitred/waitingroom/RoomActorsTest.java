package io.maitred.waitingroom;

import static io.maitred.waitingroom.RoomsOfTests.CELL;
import static io.maitred.waitingroom.RoomsOfTests.MINUTE;
import static io.maitred.waitingroom.RoomsOfTests.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.maitred.waitingroom.RoomPorts.Participants;
import io.maitred.waitingroom.model.AllocationRules;
import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.QueueKey;
import io.maitred.waitingroom.model.RoomCells;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.Room;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Aggregators of two data centers as real actors, in manual time; workers are probes. */
class RoomActorsTest {
  private static final RoomId ROOM = RoomsOfTests.ID;

  private final ActorTestKit kit =
      ActorTestKit.create(
          "room-actors",
          ManualTime.config()
              .withFallback(ConfigFactory.parseString("akka.actor.provider = local"))
              .withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(kit.system());
  private final Map<String, ActorRef<DataCenterRoom.Command>> dataCenters = new HashMap<>();
  private final Map<String, ActorRef<RoomKeeper.Command>> keepers = new HashMap<>();
  private final Set<String> cutOff = new HashSet<>();
  private final TreeSet<String> expected = new TreeSet<>(List.of("Dublin", "Nairobi"));
  private final TestProbe<ActorRef<?>> passivated = kit.createTestProbe();
  private final ActorRef<GlobalRoom.Command> toGlobal = kit.spawn(globalRelay());
  private volatile @Nullable ActorRef<GlobalRoom.Command> global;
  private final AtomicLong nanos = new AtomicLong();
  private volatile Room room = RoomsOfTests.room(200, 200);

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  // ---- cold start

  @Test
  void newRoom_everyWorkerGetsItsPartOfTheLimits() {
    startGlobal();
    var dublin = start("Dublin");
    var nairobi = start("Nairobi");
    assertEquals(50, slice(worker("d1", dublin).hello()));
    assertEquals(100, worker("n1", nairobi).hello().newUsers().slots());
    assertEquals(0, worker("n2", nairobi).hello().epoch());
  }

  @Test
  void aggregatorThatHeardNothing_answersNobody() {
    var dublin = start("Dublin");
    var worker = worker("d1", dublin);
    dublin.tell(new DataCenterRoom.Hello(worker.id, worker.probe.ref()));
    pass(400);
    worker.probe.expectNoMessage();
    startGlobal();
    pass(600);
    assertEquals(0, worker.answer().epoch());
  }

  // ---- reports

  @Test
  void s8_bothDataCenters_knowTheSum() {
    var world = fullWorld();
    assertEquals(201, world.d1.allotment().activeUsers());
    assertEquals(201, world.n1.allotment().activeUsers());
    assertEquals(-1, world.n1.allotment().rawSlots());
    assertEquals(0, world.n1.allotment().newUsers().slots());
    assertEquals(
        List.of(2L, 50L, 60L),
        world.d1.allotment().buckets().stream().map(Allotment.BucketState::waiting).toList());
  }

  @Test
  void d26_doubledAndLateReports_changeNothing() {
    var world = fullWorld();
    var epoch = world.d1.allotment().epoch();
    world.d1.send(world.d1.last());
    world.d1.send(world.d1.last());
    world.d1.send(
        new WorkerReport(
            world.d1.id, 1, START.toEpochMilli() - 8000, active("Dublin", 77), 0, List.of(), 0, 0));
    epochs(1, world.d1, world.n1);
    assertTrue(world.d1.allotment().epoch() > epoch);
    assertEquals(201, world.d1.allotment().activeUsers());
    assertEquals(201, world.n1.allotment().activeUsers());
  }

  @Test
  void lostReport_isHealedByTheNext() {
    var world = fullWorld();
    world.n1.cells = active("Nairobi", 160);
    world.n1.isMute = true;
    epochs(1, world.d1, world.n1);
    assertEquals(201, world.d1.allotment().activeUsers());
    world.n1.isMute = false;
    epochs(2, world.d1, world.n1);
    assertEquals(210, world.d1.allotment().activeUsers());
  }

  @Test
  void everyAnswer_saysWhenToReportAgain() {
    var world = fullWorld();
    var answer = world.d1.lastAnswer();
    assertTrue(answer.nextInterval().toMillis() >= 900 && answer.nextInterval().toMillis() <= 1100);
    assertEquals(Duration.ofSeconds(2), answer.epochLength());
    assertEquals(world.d1.sequence, answer.acknowledgedSequence());
  }

  // ---- restarts

  @Test
  void dataCenterRestarts_readsItsStateBeforeItAnswers() {
    var world = fullWorld();
    pass(5000);
    epochs(1, world.d1, world.n1);
    kit.stop(dataCenters.get("Dublin"));
    start("Dublin");
    epochs(3, world.d1, world.n1);
    assertEquals(201, world.d1.allotment().activeUsers());
    assertEquals(201, world.n1.allotment().activeUsers());
  }

  @Test
  void nodeOfAggregatorAndWorkerDies_otherNodesRememberWhatItCounted() {
    var world = fullWorld();
    var d2 = worker("d2", world.d1.aggregator);
    d2.hello();
    epochs(2, world.d1, world.n1, d2);
    d2.cells = active("Dublin", 30);
    epochs(4, world.d1, world.n1, d2);
    assertEquals(231, world.n1.allotment().activeUsers());
    // the global aggregator goes with it, so that only the keeper knows
    kit.stop(dataCenters.get("Dublin"));
    kit.stop(global());
    d2.probe.stop();
    startGlobal();
    start("Dublin");
    epochs(4, world.d1, world.n1);
    assertEquals(231, world.d1.allotment().activeUsers());
    assertEquals(231, world.n1.allotment().activeUsers());
  }

  @Test
  void d24_globalRestarts_nobodyForgetsTheOthers() {
    var world = fullWorld();
    kit.stop(global());
    startGlobal();
    world.n1.isMute = true;
    cutOff.add("Nairobi");
    epochs(1, world.d1);
    assertEquals(201, world.d1.allotment().activeUsers());
    assertEquals(0, world.d1.allotment().newUsers().slots());
  }

  // ---- a data center cut off

  @Test
  void cutOffDataCenter_isNotGivenMore() {
    var world = fullWorld();
    room = RoomsOfTests.room(1000, 1000);
    epochs(1, world.d1, world.n1);
    var last = world.n1.allotment();
    assertTrue(last.rawSlots() > 0);
    cutOff.add("Nairobi");
    epochs(6, world.d1, world.n1);
    assertTrue(world.n1.allotment().epoch() <= last.epoch() + 2000, "no new version");
    long share = last.newUsers().slots();
    assertTrue(world.d1.allotment().activeUsers() >= 201 + share, "its last share counts as spent");
    cutOff.clear();
    epochs(4, world.d1, world.n1);
    assertEquals(201, world.d1.allotment().activeUsers());
    assertEquals(world.d1.allotment().epoch(), world.n1.allotment().epoch());
  }

  // ---- workers come and go

  @Test
  void newWorker_countsFromTheNextVersion() {
    var world = fullWorld();
    var d2 = worker("d2", world.d1.aggregator);
    assertEquals(-1, d2.hello().rank());
    epochs(2, world.d1, world.n1, d2);
    assertEquals(1, d2.allotment().rank());
    assertEquals(2, d2.allotment().workers());
    assertEquals(201, d2.allotment().activeUsers());
  }

  @Test
  void deadWorker_leavesItsUsersAndItsSlots() {
    var world = fullWorld();
    var d2 = worker("d2", world.d1.aggregator);
    d2.hello();
    epochs(1, world.d1, world.n1, d2);
    d2.cells = active("Dublin", 30);
    epochs(2, world.d1, world.n1, d2);
    d2.probe.stop();
    epochs(2, world.d1, world.n1);
    assertEquals(231, world.d1.allotment().activeUsers());
    assertEquals(1, world.d1.allotment().workers());
  }

  @Test
  void silentWorker_isNotWaitedFor_andItsSliceCountsAsSpent() {
    var world = fullWorld();
    room = RoomsOfTests.room(1000, 1000);
    var d2 = worker("d2", world.d1.aggregator);
    d2.hello();
    epochs(3, world.d1, world.n1, d2);
    var slice = slice(d2.allotment());
    assertTrue(slice > 0);
    d2.isMute = true;
    epochs(6, world.d1, world.n1, d2);
    assertEquals(201 + slice, world.d1.allotment().activeUsers());
    d2.isMute = false;
    epochs(3, world.d1, world.n1, d2);
    assertEquals(201, world.d1.allotment().activeUsers());
  }

  // ---- draws

  @Test
  void draws_areGrantedUntilTheShareIsUsed() {
    var world = fullWorld();
    room = RoomsOfTests.room(203, 200);
    world.d1.cells = active("Dublin", 50);
    world.n1.cells = active("Nairobi", 151);
    var d2 = worker("d2", world.d1.aggregator);
    d2.hello();
    epochs(5, world.d1, world.n1, d2);
    var allotment = world.d1.allotment();
    assertEquals(2, allotment.rawSlots());
    assertEquals(new Allotment.Share(1, true), allotment.newUsers());
    assertTrue(draw(world.d1, allotment.epoch(), 0));
    assertFalse(draw(d2, allotment.epoch(), 0));
    assertFalse(draw(d2, allotment.epoch() - 600_000, 0));
  }

  // ---- silence

  @Test
  void firstVisit_wakesTheOtherDataCenter() {
    startGlobal();
    var d1 = worker("d1", start("Dublin"));
    var n1 = worker("n1", start("Nairobi"));
    d1.hello();
    n1.hello();
    d1.send(d1.report());
    n1.await(RoomReporter.Wake.class);
  }

  @Test
  void roomWhoseCellsHaveAged_isSilentAgain() {
    var world = fullWorld();
    world.d1.cells = RoomCells.NONE;
    world.n1.cells = RoomCells.NONE;
    for (int i = 0; i < 6; i++) {
      epochs(1, world.d1, world.n1);
      // a worker that is told so falls silent too
      world.d1.isMute |= world.d1.allotment().epoch() == 0;
      world.n1.isMute |= world.n1.allotment().epoch() == 0;
    }
    assertEquals(0, world.d1.allotment().epoch());
    assertEquals(0, world.n1.allotment().epoch());
    assertEquals(100, world.n1.allotment().newUsers().slots());
  }

  @Test
  void entityWithoutWorkersAndUsers_ends() {
    startGlobal();
    var dublin = start("Dublin");
    pass(1000);
    for (int minute = 0; minute < 18; minute++) {
      pass(60_000);
      settle();
    }
    var ended = passivated.receiveMessage();
    while (!ended.equals(dublin)) {
      ended = passivated.receiveMessage();
    }
  }

  // ---- configuration

  @Test
  void changedLimit_isToldWithoutANewEpoch() {
    var world = fullWorld();
    room = RoomsOfTests.room(300, 300);
    pass(600);
    world.d1.await(RoomReporter.Answer.class);
    assertEquals(99, world.d1.allotment().rawSlots());
    assertEquals(2, world.d1.allotment().configVersion());
  }

  // ---- the fixture

  private record World(Worker d1, Worker n1) {}

  /** S8: Dublin and Nairobi with one worker each, 201 active users of 200, 112 waiting. */
  private World fullWorld() {
    startGlobal();
    var d1 = worker("d1", start("Dublin"));
    var n1 = worker("n1", start("Nairobi"));
    d1.hello();
    n1.hello();
    d1.cells = cells("Dublin", 50, 0, 20, 40);
    n1.cells = cells("Nairobi", 151, 2, 30, 20);
    epochs(3, d1, n1);
    return new World(d1, n1);
  }

  private static RoomCells cells(String home, long active, long... waiting) {
    var queued = new ArrayList<RoomCells.Waiting>();
    for (int i = 0; i < waiting.length; i++) {
      if (waiting[i] > 0) {
        queued.add(new RoomCells.Waiting(QueueKey.ofMinute(MINUTE - 5 + i), MINUTE, waiting[i]));
      }
    }
    return new RoomCells(
        List.of(new RoomCells.Active(home, CELL, active)), queued, List.of(), List.of());
  }

  private static RoomCells active(String home, long users) {
    return cells(home, users);
  }

  private static long slice(Allotment allotment) {
    return io.maitred.waitingroom.model.WorkerSlices.slice(
        allotment.newUsers(),
        allotment.rank(),
        allotment.workers(),
        Math.floorDiv(allotment.epoch(), 60_000L));
  }

  private boolean draw(Worker worker, long epoch, long spent) {
    var granted = kit.<Boolean>createTestProbe();
    worker.aggregator.tell(
        new DataCenterRoom.Draw(worker.id, epoch, Outcome.Pool.NEW_USERS, spent, granted.ref()));
    return granted.receiveMessage();
  }

  /** Epochs pass; the workers report soon after each begins. */
  private void epochs(int count, Worker... workers) {
    for (int i = 0; i < count; i++) {
      long now = now().toEpochMilli();
      pass(2000 - now % 2000 + 50);
      for (var worker : workers) {
        if (!worker.isMute) {
          worker.send(worker.report());
        }
      }
      pass(500);
      settle(workers);
      pass(1000);
    }
  }

  /** All that was sent has been dealt with, as far as one can tell from outside. */
  private void settle(Worker... workers) {
    for (int i = 0; i < 5; i++) {
      for (var dataCenter : dataCenters.values()) {
        var probe = kit.<Boolean>createTestProbe();
        dataCenter.tell(
            new DataCenterRoom.Draw(
                new WorkerId("nobody"), 1, Outcome.Pool.NEW_USERS, 0, probe.ref()));
        if (probe.ref() != null && isUp(dataCenter)) {
          probe.receiveMessage();
        }
      }
      var up = global;
      if (up != null) {
        var probe = kit.<Boolean>createTestProbe();
        up.tell(new GlobalRoom.Draw(1, 0, probe.ref()));
        probe.receiveMessage();
      }
    }
    for (var worker : workers) {
      worker.drain();
    }
  }

  private boolean isUp(ActorRef<?> ref) {
    return dataCenters.containsValue(ref);
  }

  private void pass(long millis) {
    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
    time.timePasses(Duration.ofMillis(millis));
  }

  private Instant now() {
    return START.plusNanos(nanos.get());
  }

  private void startGlobal() {
    global = kit.spawn(GlobalRoom.create(ROOM, ports("Dublin"), settings()));
  }

  private ActorRef<GlobalRoom.Command> global() {
    var up = global;
    if (up == null) {
      throw new IllegalStateException("not started");
    }
    return up;
  }

  private ActorRef<DataCenterRoom.Command> start(String name) {
    keepers.computeIfAbsent(name, dc -> kit.spawn(RoomKeeper.create(dc, this::now)));
    var dataCenter = kit.spawn(DataCenterRoom.create(ROOM, ports(name), settings()));
    dataCenters.put(name, dataCenter);
    settle();
    return dataCenter;
  }

  private static RoomSettings settings() {
    return new RoomSettings(
        AllocationRules.DEFAULT,
        Optional.empty(),
        new TreeSet<>(),
        0,
        Duration.ofSeconds(5),
        Duration.ofMillis(500));
  }

  private RoomPorts ports(String name) {
    return new RoomPorts(
        name,
        id -> room,
        () -> new Participants(expected, 2),
        toGlobal,
        new RoomPorts.Keepers() {
          @Override
          public void keep(RoomId id, List<WorkerReport> backup) {
            keeper().tell(new RoomKeeper.Keep(id, backup));
          }

          @Override
          public void recover(RoomId id, ActorRef<RoomKeeper.Kept> replyTo) {
            keeper().tell(new RoomKeeper.Recover(id, replyTo));
          }

          private ActorRef<RoomKeeper.Command> keeper() {
            return keepers.getOrDefault(name, kit.system().deadLetters());
          }
        },
        (id, dataCenter) -> {
          var ref = dataCenters.get(dataCenter);
          if (ref != null && !cutOff.contains(dataCenter)) {
            ref.tell(DataCenterRoom.Wake.INSTANCE);
          }
        },
        ref -> passivated.ref().tell(ref),
        ref -> passivated.ref().tell(ref),
        this::now,
        nanos::get,
        new Random(1));
  }

  /** Stands for sharding: there is always somebody to send to, and a data center may be cut off. */
  private akka.actor.typed.Behavior<GlobalRoom.Command> globalRelay() {
    return akka.actor.typed.javadsl.Behaviors.receiveMessage(
        message -> {
          var to = global;
          boolean isCut =
              message instanceof GlobalRoom.Exchange exchange
                  && cutOff.contains(exchange.exchange().dataCenter());
          if (to != null && !isCut) {
            to.tell(message);
          }
          return akka.actor.typed.javadsl.Behaviors.same();
        });
  }

  private Worker worker(String name, ActorRef<DataCenterRoom.Command> aggregator) {
    return new Worker(name, aggregator);
  }

  private final class Worker {
    final WorkerId id;
    final TestProbe<RoomReporter.Command> probe;
    final ActorRef<DataCenterRoom.Command> aggregator;
    final String site;
    RoomCells cells = RoomCells.NONE;
    boolean isMute;
    long sequence;
    private @Nullable WorkerReport last;
    private RoomReporter.@Nullable Answer answer;

    Worker(String name, ActorRef<DataCenterRoom.Command> aggregator) {
      this.id = new WorkerId(name);
      this.aggregator = aggregator;
      this.site = name.startsWith("d") ? "Dublin" : "Nairobi";
      this.probe = kit.createTestProbe(name);
    }

    Allotment hello() {
      present().tell(new DataCenterRoom.Hello(id, probe.ref()));
      return answer();
    }

    /** The present incarnation, as sharding finds it. */
    private ActorRef<DataCenterRoom.Command> present() {
      return dataCenters.getOrDefault(site, aggregator);
    }

    WorkerReport report() {
      sequence++;
      last =
          new WorkerReport(
              id, sequence, now().toEpochMilli() / 2000 * 2000, cells, 0, List.of(), 0, 0);
      return last;
    }

    WorkerReport last() {
      var sent = last;
      return sent == null ? report() : sent;
    }

    /** To the present incarnation, as sharding does. */
    void send(WorkerReport report) {
      present().tell(new DataCenterRoom.Report(report, probe.ref()));
    }

    Allotment answer() {
      await(RoomReporter.Answer.class);
      return allotment();
    }

    <T> void await(Class<T> type) {
      while (true) {
        var message = probe.receiveMessage();
        note(message);
        if (type.isInstance(message)) {
          return;
        }
      }
    }

    /** Takes what has come. */
    void drain() {
      var marker = new RoomReporter.Changed(-1);
      probe.ref().tell(marker);
      for (var message = probe.receiveMessage();
          !message.equals(marker);
          message = probe.receiveMessage()) {
        note(message);
      }
    }

    private void note(RoomReporter.Command message) {
      if (message instanceof RoomReporter.Answer found) {
        answer = found;
      }
    }

    RoomReporter.Answer lastAnswer() {
      var found = answer;
      if (found == null) {
        throw new AssertionError(id + " was never answered");
      }
      return found;
    }

    Allotment allotment() {
      return lastAnswer().allotment();
    }
  }
}
