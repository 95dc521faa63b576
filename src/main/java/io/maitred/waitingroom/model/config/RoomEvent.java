package io.maitred.waitingroom.model.config;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A scheduled change of a room (contract waiting room 14, 24). Values that are null are inherited
 * from the room.
 *
 * @param id 32 lower-case hexadecimal digits
 * @param start first instant at which the overrides hold
 * @param end first instant at which they do not hold any more
 * @param prequeueStart from when on everybody who is not active is queued; null for no pre-queue
 * @param shuffleAtStart whether the order of those who came during the pre-queue is drawn by lot
 */
public record RoomEvent(
    String id,
    Instant createdOn,
    Instant modifiedOn,
    String name,
    String description,
    boolean suspended,
    Instant start,
    Instant end,
    @Nullable Instant prequeueStart,
    boolean shuffleAtStart,
    @Nullable Integer totalActiveUsers,
    @Nullable Integer newUsersPerMinute,
    @Nullable Integer sessionDuration,
    @Nullable Boolean disableSessionRenewal,
    @Nullable QueueingMethod queueingMethod,
    @Nullable String customPageHtml,
    @Nullable TurnstileMode turnstileMode,
    @Nullable TurnstileAction turnstileAction) {

  /** When the event begins to take effect: its pre-queue, or its start when it has none. */
  public Instant from() {
    return prequeueStart == null ? start : prequeueStart;
  }

  /** Whether the event takes effect at a time, suspended or not. */
  public boolean covers(Instant time) {
    return !time.isBefore(from()) && time.isBefore(end);
  }

  /** Whether the pre-queue is open at a time. */
  public boolean isPrequeueing(Instant time) {
    return prequeueStart != null && !time.isBefore(prequeueStart) && time.isBefore(start);
  }
}
