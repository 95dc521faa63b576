package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the reserver knows of one member.
 *
 * @param removeAt when a removed member's slots may be used again, monotonic milliseconds
 * @param term of the reports that count; {@link Term#NONE} before the first
 * @param last the latest report of that term
 * @param sent targets that may still come into effect, and always the latest; ascending
 * @param repeats how often the latest was repeated
 * @param repeatAt when it is due again, monotonic milliseconds
 */
record Account(
    MemberId id,
    Standing standing,
    long removeAt,
    Term term,
    @Nullable RouterReport last,
    List<Sent> sent,
    int repeats,
    long repeatAt) {
  /** More are merged, at the cost of counting too much until the next report. */
  private static final int MAX_SENT = 4;

  enum Standing {
    /** Not seen by everyone yet: must be heard, but gets nothing. */
    JOINING,
    UP,
    /** Gets what it needs, but nothing to spare. */
    LEAVING,
    /** Removed by downing; counts until the margin has passed. */
    REMOVED
  }

  record Sent(long sequence, Map<InstanceId, Integer> targets) {

    /** Without what a router gave back on its own, when it dropped its pool: it is free again. */
    Sent atMost(RouterReport report) {
      var held = new HashMap<InstanceId, Integer>();
      targets.forEach(
          (instance, target) -> {
            int slots = Math.min(target, report.use(instance).held());
            if (slots > 0) {
              held.put(instance, slots);
            }
          });
      return new Sent(sequence, Map.copyOf(held));
    }
  }

  static Account of(MemberId id, Standing standing) {
    return new Account(id, standing, 0, Term.NONE, null, List.of(), 0, 0);
  }

  Account standing(Standing next) {
    return new Account(id, next, removeAt, term, last, sent, repeats, repeatAt);
  }

  Account removed(long at) {
    return new Account(id, Standing.REMOVED, at, term, last, sent, repeats, repeatAt);
  }

  boolean isHeard(Term current) {
    return term.equals(current);
  }

  boolean isKnown(RouterReport report) {
    return last != null && report.sequence() <= last.sequence();
  }

  /** A report of the current term. */
  Account heard(RouterReport report) {
    // what was sent in an earlier term is in this report, or will be refused
    var left = term.equals(report.term()) ? sent : List.<Sent>of();
    var open = new ArrayList<Sent>();
    for (int i = 0; i < left.size(); i++) {
      boolean latest = i == left.size() - 1;
      if (left.get(i).sequence() > report.applied()) {
        open.add(left.get(i));
      } else if (latest) {
        open.add(left.get(i).atMost(report));
      }
    }
    return new Account(
        id, standing, removeAt, report.term(), report, List.copyOf(open), repeats, repeatAt);
  }

  Account sending(long sequence, Map<InstanceId, Integer> targets, long nextRepeatAt) {
    var more = new ArrayList<>(sent);
    if (more.size() >= MAX_SENT) {
      var first = more.remove(0);
      var second = more.remove(0);
      var larger = new HashMap<>(first.targets());
      second.targets().forEach((instance, target) -> larger.merge(instance, target, Math::max));
      more.add(0, new Sent(second.sequence(), Map.copyOf(larger)));
    }
    more.add(new Sent(sequence, Map.copyOf(targets)));
    return new Account(id, standing, removeAt, term, last, List.copyOf(more), 0, nextRepeatAt);
  }

  Account repeated(long nextRepeatAt) {
    return new Account(id, standing, removeAt, term, last, sent, repeats + 1, nextRepeatAt);
  }

  /** Slots that no other member may use: as reported, or on the way. */
  int counted(InstanceId instance) {
    int counted = last == null ? 0 : last.use(instance).held();
    for (var targets : sent) {
      if (targets.sequence() > applied()) {
        counted = Math.max(counted, targets.targets().getOrDefault(instance, 0));
      }
    }
    return counted;
  }

  InstanceUse use(InstanceId instance) {
    return last == null ? InstanceUse.NONE : last.use(instance);
  }

  long applied() {
    return last == null ? 0 : last.applied();
  }

  /** Latest sequence that was sent, 0 if none in this term. */
  long sequence() {
    return sent.isEmpty() ? 0 : sent.get(sent.size() - 1).sequence();
  }

  boolean isAcknowledged() {
    return applied() >= sequence();
  }

  /** What the router is told to hold: the latest targets, or before the first what it holds. */
  Map<InstanceId, Integer> targets() {
    if (!sent.isEmpty()) {
      return sent.get(sent.size() - 1).targets();
    }
    var held = new HashMap<InstanceId, Integer>();
    if (last != null) {
      last.instances()
          .forEach(
              (instance, use) -> {
                if (use.held() > 0) {
                  held.put(instance, use.held());
                }
              });
    }
    return held;
  }

  /** Whether it gets a part of the slots that nobody needs now. */
  boolean takesSpare() {
    return standing == Standing.UP && last != null && last.pooled();
  }

  int waiting() {
    return last == null ? 0 : last.waiting();
  }
}
