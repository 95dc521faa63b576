package io.maitred.bench;

import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.QueueKey;
import io.maitred.waitingroom.model.RingKey;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.RoomWorkerState;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketId;
import io.maitred.waitingroom.model.Visit;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.TestRooms;
import io.maitred.waitingroom.ticket.Decoded;
import io.maitred.waitingroom.ticket.TicketCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a visit costs but for HTTP: opening the cookie, the decision, and sealing the new cookie.
 * Many users come one after the other; each comes again 10 s later.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class DecisionBench {
  private static final int USERS = 100_000;
  private static final Duration ROUND = Duration.ofSeconds(10);

  private final Room room = TestRooms.room(options -> options.session(30, true));
  private final Random random = new Random(1);
  private final TicketCodec codec =
      new TicketCodec(
          new KeyRing(List.of(new RingKey(1, Instant.EPOCH, new byte[RingKey.SECRET_BYTES]))),
          Duration.ofMinutes(1));
  private final String[] accepted = new String[USERS];
  private final String[] queued = new String[USERS];

  private RoomWorkerState worker = worker();
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private int next;

  /** Everybody has just been here: 20 s ago those who wait, 10 s ago the others. */
  @Setup(Level.Iteration)
  public void seal() {
    now = now.plus(Duration.ofHours(1));
    worker = worker();
    worker.apply(fullRoom(), now);
    for (int i = 0; i < USERS; i++) {
      accepted[i] = sealed(ticket(now.minus(ROUND), true));
      queued[i] = sealed(ticket(now.minus(ROUND.multipliedBy(2)), false));
    }
    next = 0;
  }

  private static RoomWorkerState worker() {
    return new RoomWorkerState(new WorkerId("worker"), "dublin", ShuffleRank.NONE);
  }

  /** No slot, and a queue of ten minutes. */
  private Allotment fullRoom() {
    long minute = RoomTime.minute(now);
    var buckets =
        java.util.stream.LongStream.range(minute - 10, minute)
            .mapToObj(m -> new Allotment.BucketState(QueueKey.ofMinute(m), 1000, 1000, 0))
            .toList();
    return new Allotment(
        now.toEpochMilli(),
        1,
        200,
        0,
        100,
        0,
        QueueKey.ofMinute(minute - 10),
        buckets,
        Ticket.NEVER,
        Allotment.Share.NONE,
        Allotment.Share.NONE,
        Allotment.Share.NONE,
        Allotment.Share.NONE,
        0,
        1,
        0,
        List.of(),
        List.of());
  }

  private Ticket ticket(Instant seen, boolean isAccepted) {
    long minute = RoomTime.minute(seen) - 3;
    return new Ticket(
        new TicketId(random.nextLong(), random.nextLong()),
        minute,
        seen,
        isAccepted ? seen.minusSeconds(60) : null,
        isAccepted ? "dublin" : "",
        RoomTime.minute(seen),
        isAccepted ? RoomTime.cell(seen) : Ticket.NEVER,
        isAccepted ? Ticket.NEVER : RoomTime.minute(seen),
        isAccepted ? Ticket.NEVER : QueueKey.ofMinute(minute),
        false);
  }

  private String sealed(Ticket ticket) {
    return Objects.requireNonNull(codec.encode(room.id(), ticket, now));
  }

  private int user() {
    int user = next++;
    if (next == USERS) {
      next = 0;
      now = now.plus(ROUND);
    }
    return user;
  }

  /** A user who is active: to the origin, the session is extended. */
  @Benchmark
  public String active() {
    return visit(accepted[user()]);
  }

  /** A user who waits and goes on waiting. */
  @Benchmark
  public String waiting() {
    return visit(queued[user()]);
  }

  /** The cookie alone: opened and sealed again. */
  @Benchmark
  public String cookieOnly() {
    return sealed(opened(accepted[user()]));
  }

  private String visit(String cookie) {
    var config = EffectiveConfig.of(room, now);
    var outcome = worker.visit(new Visit(opened(cookie), now), config, random);
    var ticket =
        outcome instanceof Outcome.ToOrigin origin
            ? origin.ticket()
            : ((Outcome.Queued) outcome).ticket();
    return sealed(Objects.requireNonNull(ticket));
  }

  private Ticket opened(String cookie) {
    return ((Decoded.Opened) codec.decode(room.id(), cookie, now)).ticket();
  }
}
