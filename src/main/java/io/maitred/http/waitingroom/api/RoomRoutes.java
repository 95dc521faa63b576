package io.maitred.http.waitingroom.api;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Route;
import io.maitred.http.waitingroom.api.Rooms.Edit;
import io.maitred.waitingroom.model.config.KnownZone;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code /zones/{zone}/waiting_rooms...}: rooms, their events, rules and status; settings. */
final class RoomRoutes extends ApiDirectives {
  private final Rooms rooms;
  private final PreviewRoutes previews;

  RoomRoutes(Rooms rooms, PreviewRoutes previews) {
    this.rooms = rooms;
    this.previews = previews;
  }

  /** Below {@code waiting_rooms}, in a zone that exists and that the caller may use. */
  Route routes(KnownZone zone) {
    return concat(
        pathEnd(
            () ->
                concat(
                    get(() -> at(call -> list(zone, call))),
                    post(() -> at(call -> create(zone, call))))),
        path("settings", () -> settings(zone)),
        path("preview", () -> post(() -> at(previews::create))),
        pathPrefix(segment(), room -> room(zone, room)));
  }

  private Route settings(KnownZone zone) {
    return concat(
        get(() -> at(call -> one(rooms.settings(zone)))),
        put(() -> at(call -> one(rooms.changeSettings(zone, Edit.REPLACE, call.object())))),
        patch(() -> at(call -> one(rooms.changeSettings(zone, Edit.PATCH, call.object())))));
  }

  private Route room(KnownZone zone, String room) {
    if (room.equals("settings") || room.equals("preview")) {
      return reject();
    }
    return concat(
        pathEnd(
            () ->
                concat(
                    get(() -> at(call -> one(rooms.room(zone, room)))),
                    put(() -> at(call -> change(zone, room, Edit.REPLACE, call))),
                    patch(() -> at(call -> change(zone, room, Edit.PATCH, call))),
                    delete(() -> at(call -> gone(rooms.deleteRoom(zone, room), room))))),
        path("status", () -> get(() -> at(call -> one(rooms.status(zone, room))))),
        pathPrefix("events", () -> events(zone, room)),
        pathPrefix("rules", () -> rules(zone, room)));
  }

  private Route events(KnownZone zone, String room) {
    return concat(
        pathEnd(
            () ->
                concat(
                    get(() -> at(call -> events(zone, room, call))),
                    post(() -> at(call -> one(rooms.createEvent(zone, room, call.object())))))),
        pathPrefix(
            segment(),
            event ->
                concat(
                    pathEnd(() -> event(zone, room, event)),
                    path(
                        "details",
                        () -> get(() -> at(call -> one(rooms.eventDetails(zone, room, event))))))));
  }

  private Route event(KnownZone zone, String room, String event) {
    return concat(
        get(() -> at(call -> one(rooms.event(zone, room, event)))),
        put(() -> at(call -> change(zone, room, event, Edit.REPLACE, call))),
        patch(() -> at(call -> change(zone, room, event, Edit.PATCH, call))),
        delete(() -> at(call -> gone(rooms.deleteEvent(zone, room, event), event))));
  }

  private Route rules(KnownZone zone, String room) {
    return concat(
        pathEnd(
            () ->
                concat(
                    get(() -> at(call -> all(rooms.rules(zone, room)))),
                    post(() -> at(call -> all(rooms.appendRule(zone, room, call.object())))),
                    put(() -> at(call -> all(rooms.replaceRules(zone, room, call.array())))))),
        path(
            segment(),
            rule ->
                concat(
                    patch(() -> at(call -> all(rooms.changeRule(zone, room, rule, call.object())))),
                    delete(() -> at(call -> all(rooms.deleteRule(zone, room, rule)))))));
  }

  private CompletionStage<HttpResponse> list(KnownZone zone, ApiCall call) {
    return done(Paging.of(call.parameters()).answer(rooms.rooms(zone.id()::equals)));
  }

  private CompletionStage<HttpResponse> create(KnownZone zone, ApiCall call) {
    return one(rooms.createRoom(zone, call.object()));
  }

  private CompletionStage<HttpResponse> change(
      KnownZone zone, String room, Edit edit, ApiCall call) {
    return one(rooms.changeRoom(zone, room, edit, call.object()));
  }

  private CompletionStage<HttpResponse> change(
      KnownZone zone, String room, String event, Edit edit, ApiCall call) {
    return one(rooms.changeEvent(zone, room, event, edit, call.object()));
  }

  private CompletionStage<HttpResponse> events(KnownZone zone, String room, ApiCall call) {
    var paging = Paging.of(call.parameters());
    return rooms.events(zone, room).thenApply(paging::answer);
  }

  private static CompletionStage<HttpResponse> one(CompletionStage<Map<String, Object>> result) {
    return result.thenApply(Envelope::success);
  }

  private static CompletionStage<HttpResponse> all(
      CompletionStage<List<Map<String, Object>>> result) {
    return result.thenApply(Paging::whole);
  }

  private static CompletionStage<HttpResponse> gone(CompletionStage<Void> deleted, String id) {
    return deleted.thenApply(done -> Envelope.success(Map.of("id", id)));
  }
}
