package io.maitred.waitingroom.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about one user; the user carries it in a cookie (contract waiting room
 * 3). Nothing of it is stored on a server.
 *
 * @param id drawn at the first visit, never changed
 * @param bucketMinute minute of the first visit: the position in the queue, never changed
 * @param lastCheckIn last counted visit, in the queue or at the origin; milliseconds count
 * @param acceptedAt first admission of this session; null while queued
 * @param home data center that admitted the user; empty while queued
 * @param trafficMinute minute in which the user was last counted as traffic; {@link #NEVER} if
 *     never
 * @param activeCell cell of 10 s in which the user was last counted as active, or {@link #NEVER}
 * @param waitingMinute minute in which the user was last counted as waiting, or {@link #NEVER}
 * @param waitingKey the {@link QueueKey} under which the user was last counted as waiting, or
 *     {@link #NEVER}
 * @param infinite whether the user waits for ever, unknowingly (contract waiting room 15.7)
 */
public record Ticket(
    TicketId id,
    long bucketMinute,
    Instant lastCheckIn,
    @Nullable Instant acceptedAt,
    String home,
    long trafficMinute,
    long activeCell,
    long waitingMinute,
    long waitingKey,
    boolean infinite) {

  /** Stands for a minute, cell or key when the user was not counted yet. */
  public static final long NEVER = Long.MIN_VALUE;

  public boolean isAccepted() {
    return acceptedAt != null;
  }
}
