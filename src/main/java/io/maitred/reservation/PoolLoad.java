package io.maitred.reservation;

import io.maitred.common.ServiceId;

/**
 * What a pool has and what of it is used, at one moment; for metrics.
 *
 * @param waiting requests in the queue
 * @param held slots leased to this router
 * @param inUse requests that hold a slot
 * @param available slots that the next requests find free
 * @param ejected instances that get no requests from this router for a while
 */
public record PoolLoad(
    ServiceId service, int waiting, int held, int inUse, int available, int ejected) {}
