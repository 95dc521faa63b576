package io.maitred.reservation;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool at one moment, for metrics and {@code /state}.
 *
 * @param waiting requests in the queue
 * @param inUse requests that hold a slot
 * @param held slots leased to this router
 * @param available slots that the next requests find free
 * @param total requests so far
 * @param lastRequestTime arrival of the latest, or null
 * @param ejected instances that get no requests from this router for a while
 * @param responder the fields of contract waiter 7.1
 */
public record PoolState(
    ServiceId service,
    int waiting,
    int inUse,
    int held,
    int available,
    long total,
    @Nullable Instant lastRequestTime,
    List<InstanceId> ejected,
    Map<String, Object> responder) {

  /** In the queue or at an instance. */
  public int outstanding() {
    return waiting + inUse;
  }
}
