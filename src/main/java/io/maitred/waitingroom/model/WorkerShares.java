package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Allotment.Share;

/** How a data center's slots get to its workers (contract waiting room 10.4, 10.5, 10.8). */
final class WorkerShares {
  private final AllocationRules rules;

  WorkerShares(AllocationRules rules) {
    this.rules = rules;
  }

  /**
   * Slots for users who wait, or for new ones: drawn when there are too few to divide, so that none
   * lies at a worker which nobody who waits comes to.
   */
  Share share(long slots, int workers) {
    return new Share(slots, isDrawn(slots, workers));
  }

  /**
   * Slots for new users, with the curve if there is one.
   *
   * @param minuteClosed whether the room has been active for a whole minute
   */
  Share newUsers(
      long slots, int workers, long activeUsers, long totalActiveUsers, boolean minuteClosed) {
    if (isDrawn(slots, workers) || !minuteClosed || rules.curve() == 0 || workers == 0) {
      return share(slots, workers);
    }
    return new Share(
        slots,
        false,
        WorkerSlices.adapted(slots, workers, activeUsers, totalActiveUsers, rules.curve()));
  }

  /**
   * Slots that any data center may use: drawn from a counter of the whole room, or each worker has
   * its part, rounded down.
   *
   * @param workers of all data centers
   */
  Share anywhere(
      long slots, int workers, long activeUsers, long totalActiveUsers, boolean minuteClosed) {
    if (slots == 0) {
      return Share.NONE;
    }
    if (isDrawn(slots, workers)) {
      return new Share(slots, true, slots / Math.max(1, workers));
    }
    boolean adapts = minuteClosed && rules.curve() > 0;
    long each =
        adapts
            ? WorkerSlices.adapted(slots, workers, activeUsers, totalActiveUsers, rules.curve())
            : slots / Math.max(1, workers);
    return new Share(slots, false, each);
  }

  private boolean isDrawn(long slots, int workers) {
    if (slots == 0 || workers == 1) {
      return false;
    }
    return switch (rules.workers()) {
      case AUTO -> slots < 2L * workers;
      case DIVIDE -> false;
      case COUNTER -> true;
    };
  }
}
