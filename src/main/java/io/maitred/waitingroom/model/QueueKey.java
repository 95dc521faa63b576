package io.maitred.waitingroom.model;

/**
 * The position of a bucket in the queue, as one number that sorts: the minute of the first visit,
 * or, for those whose order an event draws by lot, the event's start and their rank. Ranks of an
 * event come after all older minutes and before the minute in which it starts (contract waiting
 * room 14.5).
 */
public final class QueueKey {
  /** Ranks are 0 to 255. */
  public static final int RANKS = 256;

  private static final int WIDTH = 2 * RANKS;
  private static final int ORDINARY = WIDTH - 1;

  private QueueKey() {}

  /** The bucket of all first visits of a minute. */
  public static long ofMinute(long minute) {
    return minute * WIDTH + ORDINARY;
  }

  /**
   * The bucket of a rank.
   *
   * @param startMinute the minute in which the event starts
   * @throws IllegalArgumentException for a rank that is none
   */
  public static long ofRank(long startMinute, int rank) {
    if (rank < 0 || rank >= RANKS) {
      throw new IllegalArgumentException("rank: " + rank + " (expected: 0 to " + (RANKS - 1) + ")");
    }
    return startMinute * WIDTH + rank;
  }

  /** The minute of the first visit, or of the event's start. */
  public static long minute(long key) {
    return Math.floorDiv(key, (long) WIDTH);
  }

  public static boolean isRank(long key) {
    return Math.floorMod(key, (long) WIDTH) != ORDINARY;
  }

  /** The rank of a key that has one. */
  public static int rank(long key) {
    return (int) Math.floorMod(key, (long) WIDTH);
  }
}
