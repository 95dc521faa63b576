package io.maitred.http.waitingroom.api;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Route;
import io.maitred.waitingroom.RoomHistory;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.config.KnownZone;
import io.maitred.waitingroom.model.config.KnownZones;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * {@code GET /waiting-room/rooms/{room}/history}: one point for each minute of the last day in
 * which the room was active, oldest first, as the node that is asked was told (contract waiting
 * room 28).
 */
final class HistoryRoutes extends ApiDirectives {

  /** What is remembered of rooms. */
  interface Histories {
    /** The zone of a room; empty when there is no such room. */
    Optional<String> zone(RoomId room);

    /** Oldest first. */
    List<RoomHistory.Point> of(RoomId room);
  }

  private final KnownZones zones;
  private final Histories histories;

  HistoryRoutes(KnownZones zones, Histories histories) {
    this.zones = zones;
    this.histories = histories;
  }

  Route routes() {
    return path(
        segment("waiting-room").slash("rooms").slash(segment()).slash("history"),
        room -> get(() -> at(call -> history(call, room))));
  }

  private CompletionStage<HttpResponse> history(ApiCall call, String text) {
    if (!RoomId.isValid(text)) {
      throw ApiException.notFound();
    }
    var room = new RoomId(text);
    KnownZone zone = histories.zone(room).flatMap(zones::find).orElseThrow(ApiException::notFound);
    if (!call.access().permits(zone)) {
      throw ApiException.forbidden();
    }
    return done(Paging.whole(histories.of(room).stream().map(HistoryRoutes::json).toList()));
  }

  private static Map<String, Object> json(RoomHistory.Point point) {
    var json = new LinkedHashMap<String, Object>();
    json.put("minute", RoomTime.startOfMinute(point.minute()));
    json.put("queued_users", point.queued());
    json.put("total_active_users", point.active());
    json.put("new_users", point.admitted());
    json.put("raw_slots", point.rawSlots());
    json.put("admission_rate", point.admissionRate());
    return json;
  }
}
