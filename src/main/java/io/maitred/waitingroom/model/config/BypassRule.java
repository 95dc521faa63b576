package io.maitred.waitingroom.model.config;

import java.time.Instant;

/**
 * Requests for which the expression is true pass the room as if it were not there (contract waiting
 * room 24.3, 25).
 *
 * @param id 32 lower-case hexadecimal digits
 * @param version starts at 1, one more for each change
 * @param expression in the language of contract waiting room 25, valid
 */
public record BypassRule(
    String id,
    int version,
    String expression,
    String description,
    boolean enabled,
    Instant lastUpdated) {}
