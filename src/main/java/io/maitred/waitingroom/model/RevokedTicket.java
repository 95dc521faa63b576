package io.maitred.waitingroom.model;

import com.fasterxml.jackson.annotation.JsonFormat;

/**
 * A session that the origin ended; its ticket is treated as none (contract waiting room 15.9).
 *
 * @param untilMinute last minute in which it must be remembered
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record RevokedTicket(TicketId id, long untilMinute) {}
