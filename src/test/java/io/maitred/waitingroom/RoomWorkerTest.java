package io.maitred.waitingroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorRef;
import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.Outcome.Queued;
import io.maitred.waitingroom.model.Outcome.Reason;
import io.maitred.waitingroom.model.Outcome.ToOrigin;
import io.maitred.waitingroom.model.RoomCells;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketRules;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoomWorkerTest {
  private final TurnedClock clock = new TurnedClock();
  private final List<CompletableFuture<Boolean>> draws = new ArrayList<>();
  private final List<Outcome.Draw> drawn = new ArrayList<>();
  private final List<Duration> timeouts = new ArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RoomWorker worker =
      new RoomWorker(
          Rooms.ID,
          new WorkerId("worker"),
          "Dublin",
          ShuffleRank.NONE,
          TicketRules.REFRESH_INTERVAL,
          clock.clocks(),
          port(),
          new SecureRandom(),
          new RoomMeters(registry, Tags.of("room", "a")));

  private DataCenterPort port() {
    return new DataCenterPort() {
      @Override
      public void hello(RoomId room, WorkerId id, ActorRef<RoomReporter.Command> reporter) {}

      @Override
      public void report(
          RoomId room, WorkerReport report, ActorRef<RoomReporter.Command> reporter) {}

      @Override
      public CompletionStage<Boolean> draw(
          RoomId room, WorkerId id, Outcome.Draw draw, Duration timeout) {
        var answer = new CompletableFuture<Boolean>();
        draws.add(answer);
        drawn.add(draw);
        timeouts.add(timeout);
        return answer;
      }
    };
  }

  /** 5.2: each user is counted once, whatever the number of threads that carry the old cookie. */
  @Test
  void visits_sameOldTicketsOnManyThreads_countEachUserOnce() throws Exception {
    int users = 200;
    int threads = 8;
    apply(Rooms.cold(users));
    var tickets = new ArrayList<Ticket>();
    for (int i = 0; i < users; i++) {
      tickets.add(accepted(null));
    }
    clock.pass(Duration.ofMinutes(1));
    var barrier = new CyclicBarrier(threads);
    Callable<Void> all =
        () -> {
          barrier.await();
          for (var ticket : tickets) {
            accepted(ticket);
          }
          return null;
        };
    var pool = Executors.newFixedThreadPool(threads);
    try {
      for (var done : pool.invokeAll(Collections.nCopies(threads, all))) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
    clock.pass(Duration.ofSeconds(2));
    var cells = worker.report().cells();

    assertEquals(1, cells.active().size(), "all in the newest cell");
    assertEquals(users, cells.active().get(0).users());
    assertEquals(users, sum(cells.newUsers()));
    assertEquals(2L * users, sum(cells.traffic()), "one in each of two minutes");
  }

  /** 9.6: a budget on many threads is spent once. */
  @Test
  void newUsers_onManyThreads_enterWithinTheBudget() throws Exception {
    int threads = 8;
    apply(Rooms.cold(100));
    var barrier = new CyclicBarrier(threads);
    Callable<Integer> many =
        () -> {
          barrier.await();
          int entered = 0;
          for (int i = 0; i < 50; i++) {
            entered += visit(null) instanceof ToOrigin ? 1 : 0;
          }
          return entered;
        };
    var pool = Executors.newFixedThreadPool(threads);
    int entered = 0;
    try {
      for (var done : pool.invokeAll(Collections.nCopies(threads, many))) {
        entered += done.get();
      }
    } finally {
      pool.shutdownNow();
    }

    assertEquals(100, entered);
  }

  @Test
  void draw_granted_entersWhenTheAnswerComes() {
    apply(version(new Share(1, true)));
    var outcome = worker.visit(null, Rooms.room(1)).toCompletableFuture();
    assertFalse(outcome.isDone());
    draws.get(0).complete(true);

    assertInstanceOf(ToOrigin.class, outcome.join());
    assertEquals(List.of(Duration.ofMillis(50)), timeouts);
  }

  @Test
  void draw_refused_queues() {
    apply(version(new Share(1, true)));
    var outcome = worker.visit(null, Rooms.room(1)).toCompletableFuture();
    draws.get(0).complete(false);

    assertInstanceOf(Queued.class, outcome.join());
    assertInstanceOf(Queued.class, visit(null));
    assertEquals(1, draws.size(), "not asked again for that version");
  }

  /** 10.4: no answer in time: the divided budget. */
  @Test
  void draw_failed_fallsBackToTheSlice() {
    apply(version(new Share(1, true)));
    var first = worker.visit(null, Rooms.room(1)).toCompletableFuture();
    var second = worker.visit(null, Rooms.room(1)).toCompletableFuture();
    draws.forEach(draw -> draw.completeExceptionally(new IllegalStateException("too late")));

    assertInstanceOf(ToOrigin.class, first.join());
    assertInstanceOf(Queued.class, second.join());
    assertEquals(2, registry.get("maitred.room.draws").tag("kind", "none").counter().count());
  }

  @Test
  void draws_tooManyUnderWay_areDecidedWithout() {
    apply(version(new Share(10_000, true)));
    for (int i = 0; i < RoomWorker.MAX_DRAWS; i++) {
      worker.visit(null, Rooms.room(1));
    }

    assertInstanceOf(ToOrigin.class, visit(null), "of the slice");
    assertEquals(RoomWorker.MAX_DRAWS, draws.size());
    draws.get(0).complete(false);
    apply(version(clock.now().toEpochMilli() + 2_000, new Share(10_000, true)));
    assertFalse(worker.visit(null, Rooms.room(1)).toCompletableFuture().isDone());
  }

  @Test
  void activity_firstVisitThatCounts_isToldOnceUntilRest() {
    var told = new ArrayList<String>();
    worker.onActivity(() -> told.add("active"));
    visit(null);
    visit(null);
    assertEquals(1, told.size());
    apply(Rooms.cold(1));
    assertFalse(worker.mayRest());
    clock.pass(Duration.ofMinutes(16));
    worker.report();
    assertTrue(worker.mayRest());
    visit(null);
    assertEquals(2, told.size());
  }

  @Test
  void clock_answered_isTheRoomsTime() {
    worker.apply(answer(Rooms.cold(1), Duration.ofSeconds(-40)));
    clock.pass(Duration.ofSeconds(3));

    assertEquals(clock.now().minusSeconds(40), worker.now());
    assertEquals(Duration.ofSeconds(40), worker.figures().clockSkew());
  }

  @Test
  void revoke_twice_isCountedOnce() {
    apply(Rooms.cold(1));
    var ticket = accepted(null);
    worker.revoked(ticket);
    worker.revoked(ticket);

    assertEquals(1, registry.get("maitred.room.sessions.revoked").counter().count());
    var next = assertInstanceOf(Queued.class, visit(ticket));
    assertEquals(Reason.NO_SLOT, next.reason());
  }

  @Test
  void figures_showWhatTheLastAnswerSaid() {
    assertFalse(worker.figures().answered());
    long epoch = clock.now().toEpochMilli();
    apply(
        new Allotment(
            epoch,
            1,
            150,
            50,
            30,
            7,
            Ticket.NEVER,
            List.of(new Allotment.BucketState(100, 60, 60, 20)),
            Ticket.NEVER,
            Share.NONE,
            new Share(9, false),
            Share.NONE,
            Share.NONE,
            0,
            3,
            0,
            List.of(),
            List.of()));
    visit(null);
    var figures = worker.figures();

    assertTrue(figures.answered());
    assertEquals(60, figures.queued());
    assertEquals(150, figures.active());
    assertEquals(50, figures.rawSlots());
    assertEquals(7, figures.admittedThisMinute());
    assertEquals(2, figures.longestWait(QueueingMethod.FIFO));
    assertEquals(1L, figures.outcomes().get(Reason.NEW));
    assertEquals(new RoomFigures.Slots(9, 3, 1), figures.pools().get(Outcome.Pool.NEW_USERS));
    assertEquals(
        List.of(new RoomHistory.Point(epoch / 60_000, 60, 150, 7, 50, 30)), worker.history());
    assertEquals(0, figures.trafficHere(), "this minute is not over");
    clock.pass(Duration.ofMinutes(1));
    assertEquals(1, worker.figures().trafficHere());
  }

  @Test
  void history_moreThanADay_forgetsTheOldest() {
    var history = new RoomHistory();
    for (int minute = 0; minute < 2_000; minute++) {
      history.note(Rooms.allotment(minute * 60_000L + 2_000, 1, Share.NONE));
      history.note(Rooms.allotment(minute * 60_000L + 4_000, 1, Share.NONE));
    }
    history.note(Rooms.allotment(1_000, 1, Share.NONE));

    assertEquals(RoomHistory.MINUTES, history.points().size());
    assertEquals(560, history.points().get(0).minute());
  }

  private static long sum(List<RoomCells.PerMinute> minutes) {
    return minutes.stream().mapToLong(RoomCells.PerMinute::users).sum();
  }

  private Allotment version(Share newUsers) {
    return version(clock.now().toEpochMilli(), newUsers);
  }

  private static Allotment version(long epoch, Share newUsers) {
    return Rooms.allotment(epoch, 1, newUsers);
  }

  private void apply(Allotment allotment) {
    worker.apply(answer(allotment, Duration.ZERO));
  }

  private RoomReporter.Answer answer(Allotment allotment, Duration ahead) {
    return new RoomReporter.Answer(
        allotment, 0, clock.now().plus(ahead), Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  private Outcome visit(@Nullable Ticket ticket) {
    return worker.visit(ticket, Rooms.room(1)).toCompletableFuture().join();
  }

  private Ticket accepted(@Nullable Ticket ticket) {
    var issued = assertInstanceOf(ToOrigin.class, visit(ticket)).ticket();
    assertNotNull(issued);
    return issued;
  }
}
