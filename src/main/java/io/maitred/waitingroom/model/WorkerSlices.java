package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Allotment.Share;

/**
 * What a worker may spend of its data center's slots (contract waiting room 10.1 to 10.5).
 *
 * <pre>
 * evenly:    floor(slots / workers), and one more for the first (slots mod workers) workers,
 *            counted from another worker in each minute, so that a remainder goes round
 * newcomer:  floor(slots / (workers + 1)), until the others know of it
 * curve:     slots / max(1, workers * u^k), rounded half up, at most all slots; u = A / T
 * </pre>
 *
 * <p>The even slices of all workers sum to the slots exactly; a newcomer adds at most {@code slots
 * / (workers + 1)} to that; the curve hands out more than there is, on purpose.
 */
public final class WorkerSlices {

  private WorkerSlices() {}

  /**
   * A worker's slice of a share. Also for a share that is drawn: the slice is what the worker falls
   * back to when the counter does not answer.
   *
   * @param rank of the worker among the live ones, from 0; negative when it is not listed yet
   * @param workers live workers that are listed, 0 or more
   * @param minute of the room clock
   * @throws IllegalArgumentException for a rank beyond the workers
   */
  public static long slice(Share share, int rank, int workers, long minute) {
    if (rank >= workers || workers < 0) {
      throw new IllegalArgumentException(
          "rank: " + rank + " (expected: less than the number of workers, " + workers + ")");
    }
    long slots = Math.max(0, share.slots());
    long evenly = rank < 0 ? slots / (workers + 1L) : even(slots, rank, workers, minute);
    if (share.each() == Share.EVENLY) {
      return evenly;
    }
    return rank < 0 ? Math.min(share.each(), evenly) : Math.min(share.each(), slots);
  }

  private static long even(long slots, int rank, int workers, long minute) {
    long position = Math.floorMod(rank + minute, (long) workers);
    return slots / workers + (position < slots % workers ? 1 : 0);
  }

  /**
   * Each worker's slots when utilisation is low (contract 10.5).
   *
   * @param activeUsers A
   * @param totalActiveUsers T, above 0
   * @param exponent k, above 0
   */
  public static long adapted(
      long slots, int workers, long activeUsers, long totalActiveUsers, double exponent) {
    double utilisation = Math.max(0, (double) activeUsers / totalActiveUsers);
    double adaptedWorkers = Math.max(1, workers * Math.pow(utilisation, exponent));
    return Math.min(slots, Math.round(slots / adaptedWorkers));
  }
}
