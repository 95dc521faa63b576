package io.maitred.waitingroom;

import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.Outcome.Draw;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.RoomClock;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.RoomWorkerState;
import io.maitred.waitingroom.model.RoomWorkerState.Drawn;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.Visit;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One room on this node, for any thread: decides visits under a short lock, from memory. Only a
 * slot that is drawn from the data center's counter costs a message, and only for users who are not
 * accepted yet (contract waiting room 10.4, 11.3).
 */
public final class RoomWorker {
  /** How long a draw from the data center's counter may take. */
  static final Duration DRAW_TIMEOUT = Duration.ofMillis(50);

  /** How long a draw from the whole world's counter may take. */
  static final Duration ANYWHERE_TIMEOUT = Duration.ofMillis(250);

  /** Draws under way at one time; more are decided as if there was no answer. */
  static final int MAX_DRAWS = 512;

  private final RoomId room;
  private final WorkerId id;
  private final RoomWorkerState state;
  private final RoomClocks clocks;
  private final DataCenterPort dataCenter;
  private final RandomGenerator random;
  private final RoomMeters meters;
  private final RoomHistory history = new RoomHistory();
  private final Object lock = new Object();
  private final AtomicInteger draws = new AtomicInteger();

  private volatile RoomClock clock;
  private volatile Duration interval = Duration.ZERO;
  private volatile Runnable activity = () -> {};
  private boolean isAwake;

  /**
   * @param home name of this node's data center
   * @param random for identities of tickets: fit for secrets, and for any thread
   */
  RoomWorker(
      RoomId room,
      WorkerId id,
      String home,
      ShuffleRank ranks,
      Duration refreshInterval,
      RoomClocks clocks,
      DataCenterPort dataCenter,
      RandomGenerator random,
      RoomMeters meters) {
    this.room = room;
    this.id = id;
    this.state = new RoomWorkerState(id, home, ranks, refreshInterval);
    this.clocks = clocks;
    this.dataCenter = dataCenter;
    this.random = random;
    this.meters = meters;
    this.clock = RoomClock.own(clocks.wall(), clocks.nanos());
  }

  public RoomId room() {
    return room;
  }

  WorkerId id() {
    return id;
  }

  /** The room clock (contract waiting room 9.7). */
  public Instant now() {
    return clock.now(clocks.nanos());
  }

  /**
   * Decides a visit, and counts it.
   *
   * @param ticket what the user's cookie holds; null for none
   * @param present the room as it is configured now
   * @return completed already unless a counter must be asked; never fails, never a {@link Draw}
   */
  public CompletionStage<Outcome> visit(@Nullable Ticket ticket, Room present) {
    var now = now();
    var visit = new Visit(ticket, now);
    var config = EffectiveConfig.of(present, now);
    Outcome outcome;
    boolean wakes;
    synchronized (lock) {
      outcome = state.visit(visit, config, random);
      wakes = wakes();
    }
    if (wakes) {
      activity.run();
    }
    return outcome instanceof Draw draw
        ? drawn(draw, visit, config)
        : CompletableFuture.completedStage(decided(visit, outcome));
  }

  /**
   * The origin ended a session; may be told more than once.
   *
   * @param ticket as it was issued last
   */
  public void revoked(Ticket ticket) {
    var now = now();
    boolean ended;
    synchronized (lock) {
      ended = state.revoke(ticket, now);
    }
    if (ended) {
      meters.revoked(ticket, now);
    }
  }

  /** A cookie held no ticket of this room; counted only. */
  public void undecodable(String kind) {
    meters.undecodable(kind);
  }

  /** What is known and was done, for status and metrics. */
  public RoomFigures figures() {
    var now = now();
    var skew = clock.skew(clocks.wall(), clocks.nanos());
    synchronized (lock) {
      return RoomFigures.of(room, state, now, skew, interval);
    }
  }

  /** One point per minute of the last day in which the room was active, oldest first. */
  public List<RoomHistory.Point> history() {
    return history.points();
  }

  // ---- for its reporter

  /** Whom to tell that the room is active here, once after each rest. */
  void onActivity(Runnable listener) {
    activity = listener;
  }

  /** Goes on with what the data center says. */
  void apply(RoomReporter.Answer answer) {
    clock = clock.hear(answer.roomTime(), clocks.nanos());
    interval = answer.nextInterval();
    var now = now();
    synchronized (lock) {
      state.cutEvery(answer.epochLength());
      state.apply(answer.allotment(), now);
      isAwake = true;
    }
    if (answer.allotment().epoch() != 0) {
      history.note(answer.allotment());
    }
  }

  /** The report of the newest epoch. */
  WorkerReport report() {
    var now = now();
    synchronized (lock) {
      return state.cut(now);
    }
  }

  /** The newest epoch that has begun. */
  long newestEpoch() {
    return RoomTime.epoch(now(), epochLength().toMillis());
  }

  Duration epochLength() {
    synchronized (lock) {
      return state.epochLength();
    }
  }

  /** The reporter goes on by itself: it need not be told of visits. */
  void stayAwake() {
    synchronized (lock) {
      isAwake = true;
    }
  }

  /** Whether nothing is going on; then the next visit that counts is told. */
  boolean mayRest() {
    synchronized (lock) {
      isAwake = state.isActive();
      return !isAwake;
    }
  }

  // ---- inside

  private boolean wakes() {
    if (isAwake || !state.isActive()) {
      return false;
    }
    isAwake = true;
    return true;
  }

  private CompletionStage<Outcome> drawn(Draw draw, Visit visit, EffectiveConfig config) {
    if (draws.incrementAndGet() > MAX_DRAWS) {
      draws.decrementAndGet();
      return settled(draw, Drawn.NONE, visit, config);
    }
    var timeout = draw.pool() == Pool.ANYWHERE ? ANYWHERE_TIMEOUT : DRAW_TIMEOUT;
    return dataCenter
        .draw(room, id, draw, timeout)
        .handle((granted, failure) -> answer(granted, failure))
        .thenCompose(
            answer -> {
              draws.decrementAndGet();
              return settled(draw, answer, visit, config);
            });
  }

  private static Drawn answer(@Nullable Boolean granted, @Nullable Throwable failure) {
    if (failure != null || granted == null) {
      return Drawn.NONE;
    }
    return granted ? Drawn.GRANTED : Drawn.REFUSED;
  }

  private CompletionStage<Outcome> settled(
      Draw draw, Drawn answer, Visit visit, EffectiveConfig config) {
    meters.drawn(answer);
    Outcome outcome;
    boolean wakes;
    synchronized (lock) {
      outcome = state.settle(visit, config, draw, answer, random);
      wakes = wakes();
    }
    if (wakes) {
      activity.run();
    }
    // each further draw is of a later pool, so this ends
    return outcome instanceof Draw next
        ? drawn(next, visit, config)
        : CompletableFuture.completedStage(decided(visit, outcome));
  }

  private Outcome decided(Visit visit, Outcome outcome) {
    meters.decided(visit, outcome);
    return outcome;
  }
}
