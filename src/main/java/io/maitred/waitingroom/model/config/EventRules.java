package io.maitred.waitingroom.model.config;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an event of a room may be (contract waiting room 14, 24). */
final class EventRules {
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration SHORTEST_PREQUEUE = Duration.ofMinutes(5);

  private final ConfigLimits limits;
  private final RoomRules rooms;

  EventRules(ConfigLimits limits, RoomRules rooms) {
    this.limits = limits;
    this.rooms = rooms;
  }

  /**
   * Reads a body.
   *
   * @param id of the event
   * @param present what the body replaces or changes; null for a new event
   * @param partial whether fields that are not there stay as they are
   * @param problems where problems are added; with any, the result means nothing
   */
  RoomEvent read(
      @Nullable Object body,
      String id,
      @Nullable RoomEvent present,
      boolean partial,
      Instant now,
      List<Problem> problems) {
    var fields = new Fields(body, "", problems);
    var from = partial ? present : null;
    var name = fields.required("name", from == null ? null : from.name(), Value.NAME);
    var times = times(fields, from);
    var users = users(fields, from);
    var page = page(fields, from);
    return new RoomEvent(
        id,
        present == null ? now : present.createdOn(),
        now,
        Objects.requireNonNullElse(name, ""),
        fields.optional(
            "description", from == null ? "" : from.description(), "", Value.DESCRIPTION),
        fields.optional("suspended", from != null && from.suspended(), false, Value.BOOL),
        times.start(),
        times.end(),
        times.prequeueStart(),
        times.shuffle(),
        users.total(),
        users.perMinute(),
        fields.nullable(
            "session_duration", from == null ? null : from.sessionDuration(), RoomRules.SESSION),
        fields.nullable(
            "disable_session_renewal",
            from == null ? null : from.disableSessionRenewal(),
            Value.BOOL),
        fields.nullable(
            "queueing_method", from == null ? null : from.queueingMethod(), RoomRules.METHOD),
        page,
        fields.nullable(
            "turnstile_mode", from == null ? null : from.turnstileMode(), RoomRules.TURNSTILE_MODE),
        fields.nullable(
            "turnstile_action",
            from == null ? null : from.turnstileAction(),
            RoomRules.TURNSTILE_ACTION));
  }

  /** Checks an event against the other events of its room. */
  static void checkAmong(RoomEvent event, List<RoomEvent> others, List<Problem> problems) {
    if (others.size() >= ConfigLimits.EVENTS) {
      problems.add(
          Problem.invalid(
              "a waiting room must have at most " + ConfigLimits.EVENTS + " events", ""));
    }
    for (var other : others) {
      if (other.name().equals(event.name())) {
        problems.add(
            Problem.duplicate(
                "name " + event.name() + " is used by another event of the waiting room", "/name"));
      }
      if (event.from().isBefore(other.end()) && other.from().isBefore(event.end())) {
        problems.add(
            Problem.duplicate(
                "the event overlaps event " + other.id() + " (" + other.name() + ")",
                event.prequeueStart() == null ? "/event_start_time" : "/prequeue_start_time"));
      }
    }
  }

  private record Times(
      Instant start, Instant end, @Nullable Instant prequeueStart, boolean shuffle) {}

  private static Times times(Fields fields, @Nullable RoomEvent from) {
    var start = fields.required("event_start_time", from == null ? null : from.start(), Value.TIME);
    var end = fields.required("event_end_time", from == null ? null : from.end(), Value.TIME);
    var prequeue =
        fields.nullable(
            "prequeue_start_time", from == null ? null : from.prequeueStart(), Value.TIME);
    boolean shuffle =
        fields.optional(
            "shuffle_at_event_start", from != null && from.shuffleAtStart(), false, Value.BOOL);
    if (start != null && end != null && start.isAfter(end.minus(SHORTEST))) {
      fields.invalid("event_end_time", "must be at least 1 minute after event_start_time");
    }
    if (start != null && prequeue != null && prequeue.isAfter(start.minus(SHORTEST_PREQUEUE))) {
      fields.invalid("prequeue_start_time", "must be at least 5 minutes before event_start_time");
    }
    if (shuffle && prequeue == null) {
      fields.invalid("shuffle_at_event_start", "must be false without prequeue_start_time");
    }
    return new Times(
        Objects.requireNonNullElse(start, Instant.EPOCH),
        Objects.requireNonNullElse(end, Instant.EPOCH),
        prequeue,
        shuffle);
  }

  private record Users(@Nullable Integer total, @Nullable Integer perMinute) {}

  private Users users(Fields fields, @Nullable RoomEvent from) {
    int before = fields.problems();
    var total =
        fields.nullable(
            "total_active_users",
            from == null ? null : from.totalActiveUsers(),
            RoomRules.totalUsers(limits));
    var perMinute =
        fields.nullable(
            "new_users_per_minute",
            from == null ? null : from.newUsersPerMinute(),
            RoomRules.newUsers(limits));
    if (total != null && perMinute != null) {
      RoomRules.checkNewUsers(fields, total, perMinute, limits);
    } else if ((total != null || perMinute != null) && fields.problems() == before) {
      fields.invalid(
          total == null ? "total_active_users" : "new_users_per_minute",
          "is required together with "
              + (total == null ? "new_users_per_minute" : "total_active_users"));
    }
    return new Users(total, perMinute);
  }

  private @Nullable String page(Fields fields, @Nullable RoomEvent from) {
    var page =
        fields.nullable(
            "custom_page_html", from == null ? null : from.customPageHtml(), Value.STRING);
    return page == null ? null : rooms.page(fields, page);
  }
}
