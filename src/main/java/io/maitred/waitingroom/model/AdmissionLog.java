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

  /** The admissions between two cuts; the last segment has no end yet. */
  private static final class Segment {
    private long until = Long.MAX_VALUE;
    private final CountTable byKey = new CountTable();
  }

  private final List<Segment> segments = new ArrayList<>();
  private long lastCut = Long.MIN_VALUE;

  AdmissionLog() {
    segments.add(new Segment());
  }

  /** Admissions from now on are unknown to the report of an epoch. */
  void cut(long epoch) {
    boolean setBack = epoch < lastCut;
    lastCut = epoch;
    if (setBack) {
      // no order of the earlier admissions is known any more: every version is charged with them
      while (segments.size() > 1) {
        mergeFirst();
      }
      return;
    }
    var last = segments.get(segments.size() - 1);
    if (last.byKey.isEmpty()) {
      return;
    }
    last.until = epoch;
    segments.add(new Segment());
    if (segments.size() > MAX_SEGMENTS) {
      mergeFirst();
    }
  }

  void record(long key) {
    segments.get(segments.size() - 1).byKey.add(key, 0, 1);
  }

  /** Reads the admissions that a version of an epoch does not know; a key may come repeatedly. */
  void since(long epoch, Reader reader) {
    for (int i = segments.size() - 1; i >= 0 && segments.get(i).until > epoch; i--) {
      segments.get(i).byKey.forEach((key, none, users) -> reader.accept(key, users));
    }
  }

  /** Versions of older epochs will not be asked for any more. */
  void forgetBefore(long epoch) {
    while (segments.size() > 1 && segments.get(0).until <= epoch) {
      segments.remove(0);
    }
  }

  private void mergeFirst() {
    var first = segments.remove(0);
    var second = segments.get(0);
    first.byKey.forEach((key, none, users) -> second.byKey.add(key, none, users));
  }
}
