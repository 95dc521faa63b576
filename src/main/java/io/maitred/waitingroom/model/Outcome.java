package io.maitred.waitingroom.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is to be done with a visit to a room (contract waiting room 11). */
public sealed interface Outcome {

  /**
   * The request goes to the origin.
   *
   * @param ticket to be set as the cookie; null: no cookie is set, deleted or renewed
   * @param reason for metrics
   */
  record ToOrigin(@Nullable Ticket ticket, Reason reason) implements Outcome {}

  /**
   * The user gets the queue page.
   *
   * @param ticket to be set as the cookie; null when the user gets no place in line, or is too
   *     early and keeps the cookie as it is
   * @param lastUpdated the user's last counted attempt
   */
  record Queued(@Nullable Ticket ticket, Instant lastUpdated, WaitEstimate estimate, Reason reason)
      implements Outcome {}

  /** The user gets the rejection page. */
  record Rejected(Instant lastUpdated) implements Outcome {}

  /**
   * Whether the user may enter depends on a counter of the data center: the caller draws from it,
   * without holding anything, and hands the answer to {@code RoomWorkerState.settle} with the same
   * visit.
   *
   * @param epoch the state version for which is drawn
   * @param pool which slots are asked for
   * @param spent what this worker has already given of that pool since the version's cut
   */
  record Draw(long epoch, Pool pool, long spent) implements Outcome {}

  /** Slots that can be drawn from a counter. */
  enum Pool {
    NEW_USERS,
    PARTIAL_BUCKET,
    RANDOM,
    ANYWHERE
  }

  /** Why a visit was decided as it was. */
  enum Reason {
    // to the origin
    SUSPENDED,
    ACTIVE,
    NEW,
    FULL_BUCKET,
    PARTIAL_BUCKET,
    RANDOM,
    PASSTHROUGH,
    // queued
    QUEUE_ALL,
    PREQUEUE,
    NO_SLOT,
    OTHERS_FIRST,
    TOO_EARLY,
    QUEUE_FULL,
    NO_STATE,
    INFINITE
  }
}
