package io.maitred.reservation.model;

/**
 * Times of a {@link LeaseLedger}, in milliseconds.
 *
 * @param removalMarginMillis after a member was removed by downing, before its slots are used again
 * @param turnMillis when demand exceeds capacity: least time before slots change routers again
 * @param killLeaseMillis how long a kill waits for an instance's leases
 * @param killLockMillis how long an instance stays locked for somebody who does not report back
 * @param killedMillis how long a killed instance stays locked, if it does not vanish
 * @param lingeringMillis age at which the requests of an expired instance no longer protect it
 * @param retryMinMillis first repetition of what was not answered
 * @param retryMaxMillis longest time between repetitions
 */
public record LedgerRules(
    long removalMarginMillis,
    long turnMillis,
    long killLeaseMillis,
    long killLockMillis,
    long killedMillis,
    long lingeringMillis,
    long retryMinMillis,
    long retryMaxMillis) {

  /** Time before the n-th repetition, n from 0: doubles up to the longest. */
  public long retryMillis(int repetition) {
    return Math.min(retryMaxMillis, retryMinMillis << Math.min(repetition, 20));
  }
}
