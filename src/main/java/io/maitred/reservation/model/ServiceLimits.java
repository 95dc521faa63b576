package io.maitred.reservation.model;

/**
 * What a ledger needs of its service's effective description.
 *
 * @param concurrencyLevel slots per instance, at least 1
 * @param expiryMinutes age at which an instance counts as expired, 0 for never
 * @param graceSeconds time in which an unhealthy instance counts as starting
 * @param pick load balancing
 */
public record ServiceLimits(
    int concurrencyLevel, int expiryMinutes, int graceSeconds, InstanceOrder.Pick pick) {}
