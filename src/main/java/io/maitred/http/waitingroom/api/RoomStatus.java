package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What a room is doing (contract waiting room 24.6). */
public final class RoomStatus {

  /** What is counted in rooms. */
  public interface Figures {
    /** The latest figures; zeros for a room in which nothing happens. */
    CompletionStage<Now> of(RoomId room);

    /**
     * Figures that are at most 10 s old.
     *
     * @param queued users that wait, in all data centers
     * @param active users at the origin, in all data centers
     * @param maxMinutes waiting time of the newest bucket; 0 when nobody waits or it is unknown
     */
    record Now(long queued, long active, long maxMinutes) {}
  }

  private final Figures figures;

  RoomStatus(Figures figures) {
    this.figures = figures;
  }

  CompletionStage<Map<String, Object>> of(Room room, Instant now) {
    return figures.of(room.id()).thenApply(counted -> json(room, counted, now));
  }

  static Map<String, Object> json(Room room, Figures.Now counted, Instant now) {
    var event = EffectiveConfig.activeEvent(room, now);
    long queued = Math.max(0, counted.queued());
    var json = new LinkedHashMap<String, Object>();
    json.put("status", status(room, queued, now));
    json.put("event_id", event == null ? "" : event.id());
    json.put("estimated_queued_users", queued);
    json.put("estimated_total_active_users", Math.max(0, counted.active()));
    json.put("max_estimated_time_minutes", Math.max(0, counted.maxMinutes()));
    return json;
  }

  private static String status(Room room, long queued, Instant now) {
    var effective = EffectiveConfig.of(room, now);
    if (effective.suspended()) {
      return "suspended";
    }
    if (effective.prequeueing()) {
      return "event_prequeueing";
    }
    return queued > 0 || effective.queueAll() ? "queueing" : "not_queueing";
  }
}
