package io.maitred.reservation.model;

import io.maitred.common.CborSerializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a service's requests ask for, summed over all routers.
 *
 * @param inUse requests that hold a slot
 * @param waiting requests that wait for one
 * @param total requests seen so far
 * @param lastRequestTime arrival of the latest request, or null
 * @param complete every router has reported to this incarnation of the reserver
 */
public record Demand(
    int inUse, int waiting, long total, @Nullable Instant lastRequestTime, boolean complete)
    implements CborSerializable {

  /** Requests that came and are not answered yet: in use and waiting. */
  public int outstanding() {
    return inUse + waiting;
  }
}
