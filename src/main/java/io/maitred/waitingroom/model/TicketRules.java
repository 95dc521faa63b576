package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long tickets hold, and what place they give (contract waiting room 3, 4, 14.5). */
public final class TicketRules {
  /** How often a queue page asks again, unless an operator says otherwise. */
  public static final Duration REFRESH_INTERVAL = Duration.ofSeconds(20);

  /** A refresh may be this much too early, so that a browser's timer need not be exact. */
  public static final Duration REFRESH_TOLERANCE = Duration.ofSeconds(1);

  /** A place in the queue is lost after this long without a counted visit. */
  public static final Duration GRACE = Duration.ofMinutes(RoomTime.GRACE_MINUTES);

  /** A ticket from further in the future than this is none. */
  public static final Duration MAX_FUTURE = Duration.ofMinutes(2);

  private static final long GRACE_MILLIS = GRACE.toMillis();
  private static final long MAX_FUTURE_MILLIS = MAX_FUTURE.toMillis();
  private static final long MINUTE_MILLIS = 60_000;

  /** What a ticket is worth at a time. */
  public enum Standing {
    /** No ticket, or one that does not count any more: a new user. */
    NONE,
    ACCEPTED,
    QUEUED
  }

  private TicketRules() {}

  /** What a ticket is worth; the session's length is the present one, not that at its issue. */
  public static Standing standing(@Nullable Ticket ticket, EffectiveConfig config, Instant now) {
    if (ticket == null) {
      return Standing.NONE;
    }
    long time = now.toEpochMilli();
    long checkIn = ticket.lastCheckIn().toEpochMilli();
    if (checkIn - time > MAX_FUTURE_MILLIS) {
      return Standing.NONE;
    }
    var acceptedAt = ticket.acceptedAt();
    if (acceptedAt == null) {
      return time < checkIn + GRACE_MILLIS ? Standing.QUEUED : Standing.NONE;
    }
    long since = config.renew() ? checkIn : acceptedAt.toEpochMilli();
    return time < since + config.sessionMinutes() * MINUTE_MILLIS
        ? Standing.ACCEPTED
        : Standing.NONE;
  }

  /**
   * Whether a queued user comes before its next attempt is due.
   *
   * @param refreshInterval how often a queue page asks again
   */
  public static boolean isTooEarly(Ticket ticket, Instant now, Duration refreshInterval) {
    long since = now.toEpochMilli() - ticket.lastCheckIn().toEpochMilli();
    return since < refreshInterval.toMillis() - REFRESH_TOLERANCE.toMillis();
  }

  /** How long a client is to keep a ticket that is issued now: its Max-Age, in whole seconds. */
  public static long maxAgeSeconds(Ticket ticket, EffectiveConfig config, Instant now) {
    var acceptedAt = ticket.acceptedAt();
    if (acceptedAt == null) {
      return GRACE.toSeconds();
    }
    if (config.renew()) {
      return config.session().toSeconds();
    }
    return Math.max(0, Duration.between(now, acceptedAt.plus(config.session())).toSeconds());
  }

  /**
   * The bucket in which a user waits: the minute of the first visit, or a rank drawn by lot when
   * that minute lies in the pre-queue of an event that shuffles.
   */
  public static long queueKey(
      long bucketMinute, TicketId id, EffectiveConfig config, ShuffleRank ranks) {
    var event = config.event();
    if (event == null || !config.isShuffling() || event.prequeueStart() == null) {
      return QueueKey.ofMinute(bucketMinute);
    }
    long start = RoomTime.minute(event.start());
    if (bucketMinute < RoomTime.minute(event.prequeueStart()) || bucketMinute >= start) {
      return QueueKey.ofMinute(bucketMinute);
    }
    return QueueKey.ofRank(start, ranks.rank(event.id(), id));
  }
}
