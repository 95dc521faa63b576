package io.maitred.autoscaler.model;

import io.maitred.common.CborSerializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What must be remembered of a service to know when to remove it; survives restarts of the cluster.
 *
 * @param lastRequestTime arrival of the latest request known, or null
 * @param outstanding requests not answered then
 * @param lastModified when one of the two last changed
 * @param manyHosts whether its instances ever failed on many hosts at a time
 * @param brokenSince since when it has failed without a healthy instance; null while it does not
 */
public record Removal(
    @Nullable Instant lastRequestTime,
    int outstanding,
    Instant lastModified,
    boolean manyHosts,
    @Nullable Instant brokenSince)
    implements CborSerializable {

  /** A service of which nothing is remembered. */
  public static Removal fresh(Instant now) {
    return new Removal(null, 0, now, false, null);
  }
}
