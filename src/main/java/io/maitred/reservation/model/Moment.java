package io.maitred.reservation.model;

import java.time.Instant;

/**
 * A reading of both clocks.
 *
 * @param millis monotonic: for everything that must not be cut short by a clock that is set
 * @param wall for the age of instances
 */
public record Moment(long millis, Instant wall) {}
