package io.maitred.autoscaler.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All tokens that led to a service have changed since (contract waiter 5.6).
 *
 * @param since when the service became stale; null when unknown
 * @param keep how long it is kept from then on: the largest fallback period plus stale time-out
 */
public record Staleness(@Nullable Instant since, Duration keep) {}
