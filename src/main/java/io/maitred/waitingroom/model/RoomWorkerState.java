package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Outcome.Draw;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.Outcome.Queued;
import io.maitred.waitingroom.model.Outcome.Reason;
import io.maitred.waitingroom.model.Outcome.Rejected;
import io.maitred.waitingroom.model.Outcome.ToOrigin;
import io.maitred.waitingroom.model.TicketRules.Standing;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One room on one node: decides each visit from memory alone, and counts it (contract waiting room
 * 5, 11).
 *
 * <p>Mutable, for the decision must be cheap: its owner calls it from one thread at a time, with
 * times of the room clock. Reports are cut at epochs: the state as of an epoch is taken before the
 * first visit after it, so a report holds exactly the visits that were decided before.
 */
@SuppressWarnings("EnumOrdinal") // counts in arrays: no object for each on the hot path
public final class RoomWorkerState {
  /** Requests with a queued ticket that was used are let in this long; then it is void. */
  static final Duration SAME_ADMISSION = Duration.ofSeconds(5);

  /** A version older than this covers only as many users as it knew of. */
  static final Duration STALE = Duration.ofSeconds(15);

  /** Without an answer for this long, waiting times are unknown. */
  static final Duration UNKNOWN_WAIT = Duration.ofSeconds(60);

  /**
   * A worker that came when nothing was known treats versions as stale for so long: who waits must
   * check in before it can be told who is first.
   */
  private static final Duration RELEARNING = Duration.ofSeconds(60);

  /** A version that says nothing about the past is charged with what was given this long ago. */
  private static final Duration COLD_MEMORY = Duration.ofMinutes(2);

  /** A clock that was set back by more than so many epochs starts new ones. */
  private static final int SET_BACK_EPOCHS = 2;

  private static final long DEFAULT_EPOCH_MILLIS = 2_000;

  /** A time before all others, from which differences do not overflow. */
  private static final long LONG_AGO = Long.MIN_VALUE / 4;

  private final WorkerId id;
  private final ShuffleRank ranks;
  private final Duration refreshInterval;
  private final WorkerCells cells;
  private final WorkerBudget budget;
  private final RevokedTickets revoked = new RevokedTickets();
  private final long[] outcomes = new long[Reason.values().length];

  private WaitTimes waits = new WaitTimes(QueueView.EMPTY, 0, 0);
  private long epochMillis = DEFAULT_EPOCH_MILLIS;
  private int sessionMinutes = RoomTime.GRACE_MINUTES;
  private long admitted;
  private long sequence;

  // counts from before are lost: nothing was known of the room when this worker came
  private long knowsSince = LONG_AGO;
  private long bornAt = LONG_AGO;

  private long lastCut = LONG_AGO;
  private RoomCells cellsAtCut = RoomCells.NONE;
  private long admittedAtCut;

  private long answeredAt = LONG_AGO;
  private long reportedAt = LONG_AGO;
  private boolean slept;

  /**
   * @param dataCenter of this node: the home of those who are let in here
   */
  public RoomWorkerState(WorkerId id, String dataCenter, ShuffleRank ranks) {
    this(id, dataCenter, ranks, TicketRules.REFRESH_INTERVAL);
  }

  /**
   * @param refreshInterval how often a queue page asks again
   */
  public RoomWorkerState(
      WorkerId id, String dataCenter, ShuffleRank ranks, Duration refreshInterval) {
    this.id = id;
    this.refreshInterval = refreshInterval;
    this.ranks = ranks;
    this.cells = new WorkerCells(dataCenter);
    this.budget = new WorkerBudget();
  }

  /**
   * Decides a visit.
   *
   * @param random for new identities, and for the method {@code random}; fit for secrets
   * @return {@link Draw} when a counter must be asked; then nothing is counted until {@link
   *     #settle}
   */
  public Outcome visit(Visit visit, EffectiveConfig config, RandomGenerator random) {
    return counted(decide(visit, config, random, null, Drawn.NONE));
  }

  /** The answer of a counter. */
  public enum Drawn {
    GRANTED,
    REFUSED,

    /** No answer in time: the worker gives of its own slice. */
    NONE
  }

  /**
   * Decides a visit for which a counter was asked.
   *
   * @return possibly another {@link Draw}, of a later pool
   */
  public Outcome settle(
      Visit visit, EffectiveConfig config, Draw draw, Drawn drawn, RandomGenerator random) {
    if (drawn == Drawn.REFUSED) {
      budget.refuse(draw.pool(), draw.epoch());
    }
    return counted(decide(visit, config, random, draw.pool(), drawn));
  }

  /**
   * The origin ended a session.
   *
   * @param ticket as it was issued last
   * @return false if it was ended before, or is no session
   */
  public boolean revoke(Ticket ticket, Instant now) {
    roll(now);
    long until = RoomTime.minute(now) + sessionMinutes + 1;
    if (!ticket.isAccepted() || !revoked.add(ticket.id(), until)) {
      return false;
    }
    cells.revoke(ticket, now);
    return true;
  }

  /** The report of the newest epoch that has begun. */
  public WorkerReport cut(Instant now) {
    roll(now);
    reportedAt = now.toEpochMilli();
    return new WorkerReport(
        id,
        ++sequence,
        lastCut,
        cellsAtCut,
        admittedAtCut,
        revoked.own(RoomTime.minute(now)),
        0,
        0);
  }

  /**
   * Goes on with what the data center allots. A version older than the present one is ignored, but
   * shows that somebody answers.
   */
  public void apply(Allotment allotment, Instant now) {
    roll(now);
    answeredAt = now.toEpochMilli();
    slept = false;
    var present = budget.allotment();
    if (present != null && allotment.epoch() != 0 && allotment.epoch() < present.epoch()) {
      return;
    }
    if (present == null && allotment.epoch() == 0) {
      knowsSince = bornAt;
    }
    budget.apply(
        allotment,
        allotment.epoch() == 0 ? answeredAt - COLD_MEMORY.toMillis() : allotment.epoch());
    revoked.hear(allotment.revoked());
    waits =
        new WaitTimes(
            budget.queue(),
            allotment.admissionRate(),
            RoomTime.minute(Instant.ofEpochMilli(allotment.epoch())));
  }

  /** Cuts epochs of another length from now on, at least a millisecond. */
  public void cutEvery(Duration length) {
    epochMillis = Math.max(1, length.toMillis());
  }

  /** Length of an epoch. */
  public Duration epochLength() {
    return Duration.ofMillis(epochMillis);
  }

  /** Whether the room is active as far as this worker knows: then it reports, even when idle. */
  public boolean isActive() {
    var allotment = budget.allotment();
    return !cells.isEmpty() || (allotment != null && allotment.epoch() != 0);
  }

  /** What the data center allotted last; null before its first answer. */
  public @Nullable Allotment allotment() {
    return budget.allotment();
  }

  /** When the last answer came; null for never. */
  public @Nullable Instant answeredAt() {
    return answeredAt == LONG_AGO ? null : Instant.ofEpochMilli(answeredAt);
  }

  /** Visits decided with a reason since the start. */
  public long outcomes(Reason reason) {
    return outcomes[reason.ordinal()];
  }

  /** Slots that this worker may give of a pool without asking, since the version's epoch. */
  public long slice(Pool pool) {
    return budget.slice(pool);
  }

  /** Slots of a pool that this worker has given since the version's epoch. */
  public long spent(Pool pool) {
    return budget.spent(pool);
  }

  /** Distinct users that this worker saw in a minute; kept as long as its other cells. */
  public long traffic(long minute) {
    return cells.traffic(minute);
  }

  /** The wait of the newest bucket, in minutes; 0 when nobody waits or it is unknown. */
  public long longestWait(QueueingMethod method) {
    return waits.longest(method);
  }

  /** All users that wait, as the last version knows. */
  public long waiting() {
    return budget.queue().waiting();
  }

  private Outcome counted(Outcome outcome) {
    if (outcome instanceof ToOrigin origin) {
      outcomes[origin.reason().ordinal()]++;
    } else if (outcome instanceof Queued queued) {
      outcomes[queued.reason().ordinal()]++;
    }
    return outcome;
  }

  /**
   * The steps of contract waiting room 11.
   *
   * @param asked the pool whose counter was asked; null at first
   */
  private Outcome decide(
      Visit visit,
      EffectiveConfig config,
      RandomGenerator random,
      @Nullable Pool asked,
      Drawn drawn) {
    if (config.suspended()) {
      return new ToOrigin(null, Reason.SUSPENDED);
    }
    sessionMinutes = config.sessionMinutes();
    var now = visit.at();
    roll(now);
    var ticket = known(visit.ticket());
    var standing = standing(ticket, config, now);
    if (ticket != null && standing == Standing.ACCEPTED) {
      return new ToOrigin(cells.seeActive(ticket, now, config.renew()), Reason.ACTIVE);
    }
    if (ticket != null && standing == Standing.QUEUED) {
      long entered = cells.admittedAt(ticket.id());
      return entered == Ticket.NEVER
          ? decideQueued(ticket, config, now, random, asked, drawn)
          : new ToOrigin(cells.again(ticket, entered, now), Reason.ACTIVE);
    }
    return decideNew(config, now, random, asked, drawn);
  }

  /**
   * The ticket without what it says of counts that are lost, as after the end of all nodes: its
   * user would be taken out of a cell in which nobody knows of it, and be counted nowhere.
   */
  private @Nullable Ticket known(@Nullable Ticket ticket) {
    return ticket == null || ticket.lastCheckIn().toEpochMilli() >= knowsSince
        ? ticket
        : new Ticket(
            ticket.id(),
            ticket.bucketMinute(),
            ticket.lastCheckIn(),
            ticket.acceptedAt(),
            ticket.home(),
            Ticket.NEVER,
            Ticket.NEVER,
            Ticket.NEVER,
            Ticket.NEVER,
            ticket.infinite());
  }

  private Standing standing(@Nullable Ticket ticket, EffectiveConfig config, Instant now) {
    if (ticket == null || revoked.contains(ticket.id())) {
      return Standing.NONE;
    }
    var standing = TicketRules.standing(ticket, config, now);
    if (standing == Standing.QUEUED) {
      long entered = cells.admittedAt(ticket.id());
      if (entered != Ticket.NEVER && now.toEpochMilli() - entered > SAME_ADMISSION.toMillis()) {
        return Standing.NONE;
      }
    } else if (standing == Standing.NONE
        && ticket.waitingMinute() >= RoomTime.minute(now) - RoomTime.GRACE_MINUTES - 1
        && !ticket.lastCheckIn().isAfter(now)) {
      // its owner came back too late, but is still counted under the old place
      cells.leave(ticket, now);
    }
    return standing;
  }

  private Outcome decideNew(
      EffectiveConfig config,
      Instant now,
      RandomGenerator random,
      @Nullable Pool asked,
      Drawn drawn) {
    if (config.isClosed()) {
      return place(config, now, random, closedReason(config));
    }
    if (config.method() == QueueingMethod.PASSTHROUGH) {
      return admitNew(Pool.NEW_USERS, Reason.PASSTHROUGH, now, random);
    }
    if (config.method() == QueueingMethod.REJECT) {
      return new Rejected(now);
    }
    var found = search(Pool.NEW_USERS, asked, drawn);
    if (found == null) {
      return place(config, now, random, refusal());
    }
    return found.draw ? draw(found.pool) : admitNew(found.pool, Reason.NEW, now, random);
  }

  private Outcome decideQueued(
      Ticket ticket,
      EffectiveConfig config,
      Instant now,
      RandomGenerator random,
      @Nullable Pool asked,
      Drawn drawn) {
    boolean closed = config.isClosed();
    if (!closed && config.method() == QueueingMethod.PASSTHROUGH) {
      return admit(ticket, Pool.NEW_USERS, keyOf(ticket, config), Reason.PASSTHROUGH, now);
    }
    if (!closed && config.method() == QueueingMethod.REJECT) {
      return new Rejected(now);
    }
    if (TicketRules.isTooEarly(ticket, now, refreshInterval)) {
      // its key was found at the last check-in; a lot need not be drawn again
      long key = ticket.waitingKey() == Ticket.NEVER ? keyOf(ticket, config) : ticket.waitingKey();
      var reason = ticket.infinite() ? Reason.INFINITE : Reason.TOO_EARLY;
      return new Queued(null, ticket.lastCheckIn(), estimate(key, config, now), reason);
    }
    long key = keyOf(ticket, config);
    if (ticket.infinite()) {
      return new Queued(seen(ticket, now), now, estimate(key, config, now), Reason.INFINITE);
    }
    if (closed) {
      return wait(ticket, key, config, now, closedReason(config));
    }
    if (config.method() == QueueingMethod.FIFO && budget.isCovered(key, isStale(now))) {
      return admit(ticket, null, key, Reason.FULL_BUCKET, now);
    }
    var first = asked == null ? firstPool(key, config.method(), random) : asked;
    var found = first == null ? null : search(first, asked, drawn);
    if (found == null) {
      return wait(ticket, key, config, now, refusal());
    }
    if (found.draw) {
      return draw(found.pool);
    }
    var reason = config.method() == QueueingMethod.RANDOM ? Reason.RANDOM : Reason.PARTIAL_BUCKET;
    return admit(ticket, found.pool, key, reason, now);
  }

  /** Where a queued user may find a slot; null for nowhere. */
  private @Nullable Pool firstPool(long key, QueueingMethod method, RandomGenerator random) {
    var allotment = budget.allotment();
    if (allotment == null) {
      return null;
    }
    if (method == QueueingMethod.RANDOM) {
      return isLucky(allotment, random) ? Pool.RANDOM : null;
    }
    if (budget.isPartial(key)) {
      return Pool.PARTIAL_BUCKET;
    }
    // covered, but the version is too old to let in more than it knew of
    boolean covered = allotment.epoch() != 0 && key < allotment.coveredBelow();
    return covered ? null : Pool.NEW_USERS;
  }

  /** The draw of contract 13.2: p = slots / waiting, 1 when there is a slot for everybody. */
  private static boolean isLucky(Allotment allotment, RandomGenerator random) {
    long slots = allotment.random().slots();
    boolean enough =
        allotment.newUsers().slots() > 0
            || allotment.anywhere().slots() > 0
            || (slots > 0 && slots >= allotment.waitingHere());
    return enough || (slots > 0 && random.nextDouble() < (double) slots / allotment.waitingHere());
  }

  /** A slot that may be given, or a counter that must be asked for it. */
  private record Found(Pool pool, boolean draw) {
    private static final Found[] GIVEN = all(false);
    private static final Found[] DRAWN = all(true);

    private static Found[] all(boolean draw) {
      var pools = Pool.values();
      var all = new Found[pools.length];
      for (var pool : pools) {
        all[pool.ordinal()] = new Found(pool, draw);
      }
      return all;
    }
  }

  /**
   * Goes through the pools.
   *
   * @param asked a pool that was asked already: {@code first}, or null
   */
  private @Nullable Found search(Pool first, @Nullable Pool asked, Drawn drawn) {
    var pool = asked == null ? first : asked;
    if (asked != null) {
      if (drawn == Drawn.GRANTED || (drawn == Drawn.NONE && !slept && budget.hasSlice(asked))) {
        return Found.GIVEN[asked.ordinal()];
      }
      pool = next(asked);
    }
    for (; pool != null && !slept; pool = next(pool)) {
      if (budget.mayDraw(pool)) {
        return Found.DRAWN[pool.ordinal()];
      }
      if (budget.has(pool)) {
        return Found.GIVEN[pool.ordinal()];
      }
    }
    return null;
  }

  /**
   * Slots for new users exist only when everybody who waits has one; so a queued user whose bucket
   * the version does not know yet may take them too.
   */
  private static @Nullable Pool next(Pool pool) {
    return switch (pool) {
      case PARTIAL_BUCKET, RANDOM -> Pool.NEW_USERS;
      case NEW_USERS -> Pool.ANYWHERE;
      case ANYWHERE -> null;
    };
  }

  private Draw draw(Pool pool) {
    var allotment = budget.allotment();
    return new Draw(allotment == null ? 0 : allotment.epoch(), pool, budget.spent(pool));
  }

  private Outcome admitNew(Pool pool, Reason reason, Instant now, RandomGenerator random) {
    admitted++;
    budget.admitted(pool, AdmissionLog.NO_KEY);
    return new ToOrigin(cells.admit(TicketId.random(random), RoomTime.minute(now), now), reason);
  }

  private Outcome admit(Ticket ticket, @Nullable Pool pool, long key, Reason reason, Instant now) {
    admitted++;
    budget.admitted(pool, key);
    return new ToOrigin(cells.admit(ticket, now), reason);
  }

  /** A newcomer gets a place in line, unless the line is too long. */
  private Outcome place(
      EffectiveConfig config, Instant now, RandomGenerator random, Reason reason) {
    if (knowsWaits(config, now) && waits.isFull(config.method())) {
      cells.seeNobody(now);
      return new Queued(null, now, WaitEstimate.unknown(true), Reason.QUEUE_FULL);
    }
    long minute = RoomTime.minute(now);
    var ticket =
        new Ticket(
            TicketId.random(random),
            minute,
            now,
            null,
            "",
            Ticket.NEVER,
            Ticket.NEVER,
            Ticket.NEVER,
            Ticket.NEVER,
            false);
    return wait(ticket, keyOf(ticket, config), config, now, reason);
  }

  private Outcome wait(
      Ticket ticket, long key, EffectiveConfig config, Instant now, Reason reason) {
    return new Queued(cells.seeWaiting(ticket, key, now), now, estimate(key, config, now), reason);
  }

  /** A user that is not counted, but whose ticket must not end. */
  private static Ticket seen(Ticket ticket, Instant now) {
    return new Ticket(
        ticket.id(),
        ticket.bucketMinute(),
        now,
        null,
        "",
        ticket.trafficMinute(),
        Ticket.NEVER,
        ticket.waitingMinute(),
        ticket.waitingKey(),
        ticket.infinite());
  }

  private WaitEstimate estimate(long key, EffectiveConfig config, Instant now) {
    return knowsWaits(config, now) ? waits.of(key, config.method()) : WaitEstimate.unknown(false);
  }

  private boolean knowsWaits(EffectiveConfig config, Instant now) {
    var allotment = budget.allotment();
    return !config.isClosed()
        && allotment != null
        && allotment.epoch() != 0
        && now.toEpochMilli() - answeredAt <= UNKNOWN_WAIT.toMillis();
  }

  private long keyOf(Ticket ticket, EffectiveConfig config) {
    return TicketRules.queueKey(ticket.bucketMinute(), ticket.id(), config, ranks);
  }

  private static Reason closedReason(EffectiveConfig config) {
    return config.queueAll() ? Reason.QUEUE_ALL : Reason.PREQUEUE;
  }

  private Reason refusal() {
    var allotment = budget.allotment();
    if (allotment == null || slept) {
      return Reason.NO_STATE;
    }
    return allotment.rawSlots() > 0
            && allotment.newUsers().slots() == 0
            && !budget.queue().isEmpty()
        ? Reason.OTHERS_FIRST
        : Reason.NO_SLOT;
  }

  private boolean isStale(Instant now) {
    var allotment = budget.allotment();
    long time = now.toEpochMilli();
    return time - knowsSince < RELEARNING.toMillis()
        || (allotment != null && time - allotment.epoch() > STALE.toMillis());
  }

  /** Notices that time has passed: cuts a report when an epoch has begun. */
  private void roll(Instant now) {
    long time = now.toEpochMilli();
    bornAt = bornAt == LONG_AGO ? time : bornAt;
    var allotment = budget.allotment();
    if (allotment != null
        && allotment.epoch() != 0
        && time - answeredAt > STALE.toMillis()
        && time - reportedAt > STALE.toMillis()) {
      // not the answers failed, but this worker did not ask: others may have used the slots
      slept = true;
    }
    long epoch = RoomTime.epoch(now, epochMillis);
    if (epoch > lastCut || epoch < lastCut - SET_BACK_EPOCHS * epochMillis) {
      lastCut = epoch;
      var retention = new Retention(sessionMinutes);
      cells.age(now, retention);
      cellsAtCut = cells.cells(Instant.ofEpochMilli(epoch), retention);
      admittedAtCut = admitted;
      budget.cut(epoch);
    }
  }
}
