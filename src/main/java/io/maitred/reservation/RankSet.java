package io.maitred.reservation;

import java.util.random.RandomGenerator;

/** A set of ranks 0 to n-1 with a quick first, last and random member; allocates nothing in use. */
final class RankSet {
  static final int NONE = -1;

  private final long[] words;
  private int size;

  RankSet(int ranks) {
    words = new long[(ranks + 63) / 64];
  }

  void set(int rank, boolean member) {
    long bit = 1L << rank;
    boolean was = (words[rank >> 6] & bit) != 0;
    if (was != member) {
      words[rank >> 6] ^= bit;
      size += member ? 1 : -1;
    }
  }

  int first() {
    for (int i = 0; i < words.length; i++) {
      if (words[i] != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(words[i]);
      }
    }
    return NONE;
  }

  int last() {
    for (int i = words.length - 1; i >= 0; i--) {
      if (words[i] != 0) {
        return (i << 6) + 63 - Long.numberOfLeadingZeros(words[i]);
      }
    }
    return NONE;
  }

  int random(RandomGenerator random) {
    return size == 0 ? NONE : nth(random.nextInt(size));
  }

  private int nth(int n) {
    int left = n;
    for (int i = 0; i < words.length; i++) {
      int count = Long.bitCount(words[i]);
      if (left < count) {
        long word = words[i];
        for (int skipped = 0; skipped < left; skipped++) {
          word &= word - 1;
        }
        return (i << 6) + Long.numberOfTrailingZeros(word);
      }
      left -= count;
    }
    throw new IllegalStateException("rank: " + n + " (expected: below " + size + ")");
  }
}
