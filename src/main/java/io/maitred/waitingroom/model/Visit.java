package io.maitred.waitingroom.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that a room covers and that is not bypassed.
 *
 * @param ticket what the user's cookie holds, whether it still counts or not; null for none
 * @param at the room clock's time of the request
 */
public record Visit(@Nullable Ticket ticket, Instant at) {}
