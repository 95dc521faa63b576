package io.maitred.waitingroom.model.config;

import io.maitred.waitingroom.model.RoomId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What holds in a room at one time: the room merged with the event that is active (contract waiting
 * room 2.3, 14).
 *
 * @param version of the room that it was made from
 * @param event the active event, pre-queueing or started; null for none
 * @param prequeueing whether the event's pre-queue is open
 * @param totalActiveUsers T
 * @param newUsersPerMinute N
 * @param sessionMinutes S
 * @param renew whether activity extends a session
 * @param revoke whether the origin may end sessions
 */
public record EffectiveConfig(
    RoomId room,
    long version,
    boolean suspended,
    boolean queueAll,
    @Nullable RoomEvent event,
    boolean prequeueing,
    int totalActiveUsers,
    int newUsersPerMinute,
    int sessionMinutes,
    boolean renew,
    QueueingMethod method,
    boolean revoke,
    String customPageHtml) {

  /** What holds in a room at a time. */
  public static EffectiveConfig of(Room room, Instant now) {
    var config = room.config();
    var event = activeEvent(room, now);
    if (event == null) {
      return new EffectiveConfig(
          room.id(),
          room.version(),
          config.suspended(),
          config.queueAll(),
          null,
          false,
          config.totalActiveUsers(),
          config.newUsersPerMinute(),
          config.sessionDuration(),
          !config.disableSessionRenewal(),
          config.queueingMethod(),
          config.enabledOriginCommands().contains(OriginCommand.REVOKE),
          config.customPageHtml());
    }
    return new EffectiveConfig(
        room.id(),
        room.version(),
        false,
        config.queueAll(),
        event,
        event.isPrequeueing(now),
        or(event.totalActiveUsers(), config.totalActiveUsers()),
        or(event.newUsersPerMinute(), config.newUsersPerMinute()),
        or(event.sessionDuration(), config.sessionDuration()),
        !or(event.disableSessionRenewal(), config.disableSessionRenewal()),
        or(event.queueingMethod(), config.queueingMethod()),
        config.enabledOriginCommands().contains(OriginCommand.REVOKE),
        or(event.customPageHtml(), config.customPageHtml()));
  }

  /** The event that is active at a time, pre-queueing or started; null for none. */
  public static @Nullable RoomEvent activeEvent(Room room, Instant now) {
    if (room.config().suspended()) {
      return null;
    }
    for (var event : room.events()) {
      if (!event.suspended() && event.covers(now)) {
        return event;
      }
    }
    return null;
  }

  private static <T> T or(@Nullable T override, T inherited) {
    return override == null ? inherited : override;
  }

  /** S. */
  public Duration session() {
    return Duration.ofMinutes(sessionMinutes);
  }

  /** Whether nobody new may enter, whatever the slots: queue_all, or an open pre-queue. */
  public boolean isClosed() {
    return queueAll || prequeueing;
  }

  /** Whether the event has started and draws lots for those who came during its pre-queue. */
  public boolean isShuffling() {
    return event != null
        && event.shuffleAtStart()
        && event.prequeueStart() != null
        && method == QueueingMethod.FIFO;
  }
}
