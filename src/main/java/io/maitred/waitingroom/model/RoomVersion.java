package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of a room as of an epoch, and who may let in how many since (contract waiting room 7 to
 * 9).
 *
 * @param cells of each data center, from which everything else follows
 * @param rawSlots U_raw
 */
public record RoomVersion(
    Map<String, RoomCells> cells,
    EffectiveConfig config,
    RoomState state,
    long rawSlots,
    EligibleSlots eligible,
    RoomShares shares) {
  /** Below minus this part of T, a promise of being next is taken back (8.8). */
  private static final int TOO_MANY_PERCENT = 5;

  /** Divides what is eligible. */
  interface Division {
    RoomShares divide(RoomState state, EligibleSlots eligible, EffectiveConfig config);
  }

  public RoomVersion {
    cells = Map.copyOf(cells);
  }

  /**
   * Computes a version.
   *
   * @param previous the one before, whose covered buckets stay covered; null for none
   */
  static RoomVersion of(
      long epoch,
      Map<String, RoomCells> cells,
      @Nullable RoomVersion previous,
      EffectiveConfig config,
      AllocationRules rules,
      Division division) {
    var state = RoomState.of(epoch, cells, config);
    long ceiling =
        rules.paceNewUsers()
            ? UserSlots.paced(config.newUsersPerMinute(), state.second())
            : config.newUsersPerMinute();
    long raw =
        UserSlots.raw(
            config.totalActiveUsers(), state.activeUsers(), ceiling, state.admittedThisMinute());
    if (config.isClosed()) {
      return new RoomVersion(
          cells, config, state, raw, EligibleSlots.closed(state), RoomShares.NONE);
    }
    var eligible = EligibleSlots.walk(state, raw, held(previous, config, raw));
    return new RoomVersion(
        cells, config, state, raw, eligible, division.divide(state, eligible, config));
  }

  /** Which bound the covered buckets must not fall behind. */
  private static long held(@Nullable RoomVersion previous, EffectiveConfig config, long raw) {
    if (previous == null
        || config.method() == QueueingMethod.RANDOM
        || previous.config().method() == QueueingMethod.RANDOM
        || raw * 100 < -(long) TOO_MANY_PERCENT * config.totalActiveUsers()
        || config.totalActiveUsers() < previous.config().totalActiveUsers()
        || config.newUsersPerMinute() < previous.config().newUsersPerMinute()) {
      return Ticket.NEVER;
    }
    return previous.eligible().coveredBelow();
  }

  public long epoch() {
    return state.epoch();
  }

  /** Whether the room has been active since before the epoch's minute. */
  boolean hasClosedMinute() {
    long minute = state.minute();
    return state.dataCenters().values().stream()
        .flatMap(own -> own.traffic().keySet().stream())
        .anyMatch(m -> m < minute);
  }

  /** Queued users of a data center who checked in lately. */
  long presentIn(String dataCenter) {
    var own = state.dataCenters().get(dataCenter);
    return own == null ? 0 : own.present(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  DrawCounters.Terms terms(String dataCenter) {
    return new DrawCounters.Terms(
        epoch(),
        Map.of(
            Pool.NEW_USERS, shares.newUsers().getOrDefault(dataCenter, 0L),
            Pool.PARTIAL_BUCKET, shares.partial().getOrDefault(dataCenter, 0L),
            Pool.RANDOM, shares.random().getOrDefault(dataCenter, 0L)),
        eligible.partialKey(),
        eligible.coveredBelow());
  }
}
