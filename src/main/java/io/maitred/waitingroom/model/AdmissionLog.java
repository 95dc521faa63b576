package io.maitred.waitingroom.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The admissions of one worker since each of its recent cuts, so that those which a state version
 * does not know can be charged to it (contract waiting room 9.6).
 *
 * <p>At most {@link #MAX_SEGMENTS} cuts are told apart; of older ones the version is charged with
 * too much rather than too little.
 */
final class AdmissionLog {
  /** Stands for the key of a user that never waited. */
  static final long NO_KEY = Long.MIN_VALUE;

  static final int MAX_SEGMENTS = 64;

  /** Gets how many users of a key were let in. */
  @FunctionalInterface
  interface Reader {
    void accept(long key, long users);
  }

  private static final class Segment {
    private long from;
    private final CountTable byKey = new CountTable();

    private Segment(long from) {
      this.from = from;
    }
  }

  private final List<Segment> segments = new ArrayList<>();

  AdmissionLog() {
    segments.add(new Segment(Long.MIN_VALUE));
  }

  /** Admissions from now on are unknown to the report of an epoch. */
  void cut(long epoch) {
    var last = segments.get(segments.size() - 1);
    if (epoch < last.from) {
      // the clock was set back: no order of the earlier admissions is known any more
      while (segments.size() > 1) {
        mergeAt(0);
      }
      segments.get(0).from = Long.MIN_VALUE;
    } else if (last.byKey.isEmpty()) {
      last.from = epoch;
      return;
    }
    segments.add(new Segment(epoch));
    if (segments.size() > MAX_SEGMENTS) {
      mergeAt(0);
    }
  }

  void record(long key) {
    segments.get(segments.size() - 1).byKey.add(key, 0, 1);
  }

  /** Reads the admissions that a version of an epoch does not know; a key may come repeatedly. */
  void since(long epoch, Reader reader) {
    for (int i = segments.size() - 1; i >= 0 && end(i) > epoch; i--) {
      segments.get(i).byKey.forEach((key, none, users) -> reader.accept(key, users));
    }
  }

  /** Versions of older epochs will not be asked for any more. */
  void forgetBefore(long epoch) {
    while (segments.size() > 1 && end(0) <= epoch) {
      segments.remove(0);
    }
  }

  private long end(int index) {
    return index + 1 < segments.size() ? segments.get(index + 1).from : Long.MAX_VALUE;
  }

  private void mergeAt(int index) {
    var kept = segments.get(index);
    segments
        .remove(index + 1)
        .byKey
        .forEach((key, none, users) -> kept.byKey.add(key, none, users));
  }
}
