package io.maitred.waitingroom.model;

/**
 * How long a queued user will probably wait (contract waiting room 12, 13.4).
 *
 * @param known false: the numbers are 0
 * @param minutes whole minutes, at least 1 when known; for the method {@code random} the 50th
 *     percentile
 * @param minutes25 for the method {@code random}, else 0
 * @param minutes50 for the method {@code random}, else 0
 * @param minutes75 for the method {@code random}, else 0
 * @param usersAhead everybody who goes first, the own bucket included; 0 when unknown
 * @param queueIsFull whether newcomers get no place in line
 */
public record WaitEstimate(
    boolean known,
    long minutes,
    long minutes25,
    long minutes50,
    long minutes75,
    long usersAhead,
    boolean queueIsFull) {

  /** Nothing is known. */
  public static WaitEstimate unknown(boolean queueIsFull) {
    return new WaitEstimate(false, 0, 0, 0, 0, 0, queueIsFull);
  }
}
