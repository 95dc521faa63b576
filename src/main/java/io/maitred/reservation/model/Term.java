package io.maitred.reservation.model;

import io.maitred.common.CborSerializable;

/**
 * Orders the incarnations of one reserver. A router refuses what comes from a lower term.
 *
 * @param number epoch milliseconds at the start, or one more than the highest that was heard
 * @param incarnation tells two incarnations with the same number apart
 */
public record Term(long number, String incarnation) implements Comparable<Term>, CborSerializable {
  /** Below every real term: a router that has met no reserver yet. */
  public static final Term NONE = new Term(0, "");

  /** The term of the same incarnation that is above the given one. */
  public Term above(Term other) {
    return new Term(Math.max(number, other.number + 1), incarnation);
  }

  public boolean isBelow(Term other) {
    return compareTo(other) < 0;
  }

  @Override
  public int compareTo(Term other) {
    int byNumber = Long.compare(number, other.number);
    return byNumber != 0 ? byNumber : incarnation.compareTo(other.incarnation);
  }
}
