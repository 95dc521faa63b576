package io.maitred.waitingroom;

import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.Outcome.Reason;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.RoomWorkerState;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a node knows of a room, and what it did there (contract waiting room 24.6, 28). Counts of
 * users are those of the whole room, as of the last answer: zeros for a room in which nothing
 * happens.
 *
 * @param answered whether this node knows anything yet
 * @param epoch the state version, in milliseconds; 0 for none
 * @param queued users that wait
 * @param active users at the origin
 * @param admittedThisMinute users let in during the epoch's minute
 * @param rawSlots U_raw, possibly negative
 * @param admissionRate R, users per minute; 0 when unknown
 * @param longestWait minutes that the newest bucket will wait in the order of arrival; 0 when
 *     nobody waits or it is unknown
 * @param longestRandomWait the same when users are drawn at random
 * @param buckets everybody who waits, oldest first
 * @param stateAge time since the epoch; zero without one
 * @param trafficHere users that this node saw during the last whole minute
 * @param clockSkew by how much this node's clock is ahead of the room's
 * @param reportInterval between two reports of this node
 * @param workers live workers of this data center
 * @param outcomes visits to this node by reason, since its worker started
 * @param pools slots, since the epoch
 */
public record RoomFigures(
    RoomId room,
    boolean answered,
    long epoch,
    long queued,
    long active,
    long admittedThisMinute,
    long rawSlots,
    double admissionRate,
    long longestWait,
    long longestRandomWait,
    List<Allotment.BucketState> buckets,
    Duration stateAge,
    long trafficHere,
    Duration clockSkew,
    Duration reportInterval,
    int workers,
    Map<Reason, Long> outcomes,
    Map<Pool, Slots> pools) {

  /**
   * Slots of one kind.
   *
   * @param share of this data center
   * @param slice of this node, when they are divided
   * @param spent by this node
   */
  public record Slots(long share, long slice, long spent) {}

  public RoomFigures {
    buckets = List.copyOf(buckets);
    outcomes = Map.copyOf(outcomes);
    pools = Map.copyOf(pools);
  }

  /** The wait of the newest bucket, in minutes. */
  public long longestWait(QueueingMethod method) {
    return method == QueueingMethod.RANDOM ? longestRandomWait : longestWait;
  }

  static RoomFigures of(
      RoomId room, RoomWorkerState state, Instant now, Duration skew, Duration interval) {
    var outcomes = new EnumMap<Reason, Long>(Reason.class);
    for (var reason : Reason.values()) {
      outcomes.put(reason, state.outcomes(reason));
    }
    long trafficHere = state.traffic(RoomTime.minute(now) - 1);
    var allotment = state.allotment();
    if (allotment == null) {
      return new RoomFigures(
          room,
          false,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          List.of(),
          Duration.ZERO,
          trafficHere,
          skew,
          interval,
          0,
          outcomes,
          Map.of());
    }
    return new RoomFigures(
        room,
        true,
        allotment.epoch(),
        state.waiting(),
        allotment.activeUsers(),
        allotment.admittedThisMinute(),
        allotment.rawSlots(),
        allotment.admissionRate(),
        state.longestWait(QueueingMethod.FIFO),
        state.longestWait(QueueingMethod.RANDOM),
        allotment.buckets(),
        age(allotment, now),
        trafficHere,
        skew,
        interval,
        allotment.workers(),
        outcomes,
        pools(state, allotment));
  }

  private static Duration age(Allotment allotment, Instant now) {
    return allotment.epoch() == 0
        ? Duration.ZERO
        : Duration.between(Instant.ofEpochMilli(allotment.epoch()), now);
  }

  private static Map<Pool, Slots> pools(RoomWorkerState state, Allotment allotment) {
    var pools = new EnumMap<Pool, Slots>(Pool.class);
    for (var pool : Pool.values()) {
      pools.put(
          pool, new Slots(allotment.share(pool).slots(), state.slice(pool), state.spent(pool)));
    }
    return pools;
  }
}
