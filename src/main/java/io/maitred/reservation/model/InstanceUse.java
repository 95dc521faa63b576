package io.maitred.reservation.model;

import io.maitred.common.CborSerializable;

/**
 * What one router does with one instance.
 *
 * @param held slots that it may use or still uses
 * @param inUse requests on the instance now, at most {@code held}
 * @param ejected it gives the instance no requests for a while: its slots there are neither free
 *     nor demand
 * @param expired it saw so many failures in a row that the instance counts as expired
 * @param youngestUseMillis age of its latest request there, 0 if none
 */
public record InstanceUse(
    int held, int inUse, boolean ejected, boolean expired, long youngestUseMillis)
    implements CborSerializable {
  public static final InstanceUse NONE = new InstanceUse(0, 0, false, false, 0);
}
