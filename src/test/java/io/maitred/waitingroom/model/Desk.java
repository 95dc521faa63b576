package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.RoomEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One worker of a room under test, with a clock and a configuration that tests set. */
final class Desk {
  static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");

  final RoomWorkerState state;
  final Random random = new Random(7);
  Instant now = at("10:00:00");
  EffectiveConfig config = config(200, 200, 5);

  Desk() {
    this("Dublin");
  }

  Desk(String dataCenter) {
    state = new RoomWorkerState(new WorkerId("worker"), dataCenter, lots());
  }

  /** A time of the day of the tests. */
  static Instant at(String time) {
    return Instant.parse("2021-05-26T" + time + "Z");
  }

  static long minute(String time) {
    return RoomTime.minute(at(time + ":00"));
  }

  static long key(String time) {
    return QueueKey.ofMinute(minute(time));
  }

  /** Lots that are easy to tell: the last byte of the ticket's id. */
  static ShuffleRank lots() {
    return (event, ticket) -> (int) ticket.low() & 0xff;
  }

  static EffectiveConfig config(int total, int perMinute, int sessionMinutes) {
    return new EffectiveConfig(
        ROOM,
        1,
        false,
        false,
        null,
        false,
        total,
        perMinute,
        sessionMinutes,
        true,
        QueueingMethod.FIFO,
        true,
        "");
  }

  Desk with(QueueingMethod method) {
    config = with(config, false, config.queueAll(), config.renew(), method, null, false);
    return this;
  }

  Desk queueAll(boolean on) {
    config = with(config, false, on, config.renew(), config.method(), null, false);
    return this;
  }

  Desk suspended(boolean on) {
    config = with(config, on, false, config.renew(), config.method(), null, false);
    return this;
  }

  Desk withoutRenewal() {
    config = with(config, false, false, false, config.method(), null, false);
    return this;
  }

  Desk event(@Nullable RoomEvent event, boolean prequeueing) {
    config = with(config, false, false, config.renew(), config.method(), event, prequeueing);
    return this;
  }

  private static EffectiveConfig with(
      EffectiveConfig old,
      boolean suspended,
      boolean queueAll,
      boolean renew,
      QueueingMethod method,
      @Nullable RoomEvent event,
      boolean prequeueing) {
    return new EffectiveConfig(
        old.room(),
        old.version() + 1,
        suspended,
        queueAll,
        event,
        prequeueing,
        old.totalActiveUsers(),
        old.newUsersPerMinute(),
        old.sessionMinutes(),
        renew,
        method,
        old.revoke(),
        "");
  }

  /** Goes to a time, reporting at each epoch on the way. */
  Desk time(String time) {
    var then = at(time);
    for (; now.isBefore(then); now = now.plus(state.epochLength())) {
      state.cut(now);
    }
    now = then;
    return this;
  }

  /** Goes to a time without reporting. */
  Desk sleepUntil(String time) {
    now = at(time);
    return this;
  }

  Desk apply(Version version) {
    state.apply(version.build(), now);
    return this;
  }

  Outcome visit(@Nullable Ticket ticket) {
    return state.visit(new Visit(ticket, now), config, random);
  }

  Outcome settle(@Nullable Ticket ticket, Outcome draw, RoomWorkerState.Drawn drawn) {
    return state.settle(
        new Visit(ticket, now), config, assertInstanceOf(Outcome.Draw.class, draw), drawn, random);
  }

  /** A visit that must get a place in the queue, for a reason. */
  Ticket queued(@Nullable Ticket ticket, Outcome.Reason reason) {
    var queued = assertInstanceOf(Outcome.Queued.class, visit(ticket));
    assertEquals(reason, queued.reason());
    return ticketOf(queued.ticket());
  }

  /** A visit that must get to the origin, for a reason. */
  Ticket entered(@Nullable Ticket ticket, Outcome.Reason reason) {
    var origin = assertInstanceOf(Outcome.ToOrigin.class, visit(ticket));
    assertEquals(reason, origin.reason());
    return ticketOf(origin.ticket());
  }

  /** Lets new users come, and tells how many of them are let in. */
  int arrivals(int users) {
    int entered = 0;
    for (int i = 0; i < users; i++) {
      entered += visit(null) instanceof Outcome.ToOrigin ? 1 : 0;
    }
    return entered;
  }

  /** What this worker reports a moment later. */
  RoomCells cells() {
    return state.cut(now.plus(state.epochLength())).cells();
  }

  static Ticket ticketOf(@Nullable Ticket ticket) {
    assertNotNull(ticket);
    return ticket;
  }

  static long active(RoomCells cells) {
    return cells.active().stream().mapToLong(RoomCells.Active::users).sum();
  }

  static long waiting(RoomCells cells) {
    return cells.waiting().stream().mapToLong(RoomCells.Waiting::users).sum();
  }

  static long newUsers(RoomCells cells) {
    return cells.newUsers().stream().mapToLong(RoomCells.PerMinute::users).sum();
  }

  static long traffic(RoomCells cells) {
    return cells.traffic().stream().mapToLong(RoomCells.PerMinute::users).sum();
  }

  /** An allotment in the making; nothing is allotted unless said. */
  static final class Version {
    private final long epoch;
    private final List<Allotment.BucketState> buckets = new ArrayList<>();
    private long raw;
    private double rate;
    private long coveredBelow = Ticket.NEVER;
    private long partialKey = Ticket.NEVER;
    private Allotment.Share partial = Allotment.Share.NONE;
    private Allotment.Share newUsers = Allotment.Share.NONE;
    private Allotment.Share anywhere = Allotment.Share.NONE;
    private Allotment.Share random = Allotment.Share.NONE;
    private long waitingHere;
    private int workers = 1;
    private int rank;
    private List<RevokedTicket> revoked = List.of();

    private Version(long epoch) {
      this.epoch = epoch;
    }

    /** The state as of a time. */
    static Version of(String time) {
      return new Version(at(time).toEpochMilli());
    }

    /** No state: a room that nobody visits. */
    static Version cold() {
      return new Version(0);
    }

    Version raw(long slots) {
      raw = slots;
      return this;
    }

    Version rate(double usersPerMinute) {
      rate = usersPerMinute;
      return this;
    }

    Version bucket(long key, long waiting, long eligible) {
      buckets.add(new Allotment.BucketState(key, waiting, waiting, eligible));
      return this;
    }

    Version coveredBelow(long key) {
      coveredBelow = key;
      return this;
    }

    Version partial(long key, Allotment.Share share) {
      partialKey = key;
      partial = share;
      return this;
    }

    Version newUsers(long slots) {
      return newUsers(new Allotment.Share(slots, false));
    }

    Version newUsers(Allotment.Share share) {
      newUsers = share;
      return this;
    }

    Version anywhere(Allotment.Share share) {
      anywhere = share;
      return this;
    }

    Version random(long slots, long here) {
      random = new Allotment.Share(slots, false);
      waitingHere = here;
      return this;
    }

    Version worker(int ownRank, int of) {
      rank = ownRank;
      workers = of;
      return this;
    }

    Version revoked(TicketId id) {
      revoked = List.of(new RevokedTicket(id, Long.MAX_VALUE));
      return this;
    }

    Allotment build() {
      return new Allotment(
          epoch,
          1,
          0,
          raw,
          rate,
          0,
          coveredBelow,
          buckets,
          partialKey,
          partial,
          newUsers,
          anywhere,
          random,
          waitingHere,
          workers,
          rank,
          revoked,
          List.of());
    }
  }
}
