package io.maitred.waitingroom.model;

import java.util.Arrays;

/**
 * Signed counts under pairs of numbers, without an object for each. Counts of 0 take room only
 * until the next {@link #retain}.
 */
final class CountTable {
  private static final int INITIAL = 16;

  /** Whether a pair is kept. */
  @FunctionalInterface
  interface Keep {
    boolean test(long first, long second);
  }

  /** Gets a pair and its count. */
  @FunctionalInterface
  interface Reader {
    void accept(long first, long second, long count);
  }

  private long[] first = new long[INITIAL];
  private long[] second = new long[INITIAL];
  private long[] count = new long[INITIAL];
  private boolean[] used = new boolean[INITIAL];
  private int size;

  void add(long a, long b, long delta) {
    int at = slot(a, b);
    if (!used[at]) {
      if (2 * (size + 1) > used.length) {
        rebuild(used.length * 2, (x, y) -> true);
        at = slot(a, b);
      }
      used[at] = true;
      first[at] = a;
      second[at] = b;
      size++;
    }
    count[at] += delta;
  }

  long get(long a, long b) {
    int at = slot(a, b);
    return used[at] ? count[at] : 0;
  }

  /** Drops pairs, and those whose count is 0. */
  void retain(Keep keep) {
    rebuild(used.length, keep);
  }

  void clear() {
    if (size > 0) {
      Arrays.fill(used, false);
      Arrays.fill(count, 0);
      size = 0;
    }
  }

  /** Reads all counts but 0, in no order. */
  void forEach(Reader reader) {
    for (int i = 0; i < used.length; i++) {
      if (used[i] && count[i] != 0) {
        reader.accept(first[i], second[i], count[i]);
      }
    }
  }

  boolean isEmpty() {
    if (size > 0) {
      for (long value : count) {
        if (value != 0) {
          return false;
        }
      }
    }
    return true;
  }

  private int slot(long a, long b) {
    int mask = used.length - 1;
    int at = hash(a, b) & mask;
    while (used[at] && (first[at] != a || second[at] != b)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private static int hash(long a, long b) {
    long mixed = (a * 0x9E3779B97F4A7C15L + b) * 0xD6E8FEB86659FD93L;
    return (int) (mixed ^ (mixed >>> 32));
  }

  private void rebuild(int minimum, Keep keep) {
    int kept = 0;
    for (int i = 0; i < used.length; i++) {
      used[i] = used[i] && count[i] != 0 && keep.test(first[i], second[i]);
      kept += used[i] ? 1 : 0;
    }
    int capacity = INITIAL;
    while (capacity < 2 * (kept + 1)) {
      capacity *= 2;
    }
    capacity = Math.max(capacity, Math.min(minimum, 4 * capacity));
    var oldFirst = first;
    var oldSecond = second;
    var oldCount = count;
    var oldUsed = used;
    first = new long[capacity];
    second = new long[capacity];
    count = new long[capacity];
    used = new boolean[capacity];
    size = 0;
    for (int i = 0; i < oldUsed.length; i++) {
      if (oldUsed[i]) {
        add(oldFirst[i], oldSecond[i], oldCount[i]);
      }
    }
  }
}
