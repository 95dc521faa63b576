package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.ConfigLimits;
import io.maitred.waitingroom.model.config.KnownZone;
import io.maitred.waitingroom.model.config.Problem;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.RoomEvent;
import io.maitred.waitingroom.model.config.RoomJson;
import io.maitred.waitingroom.model.config.Zone;
import io.maitred.waitingroom.model.config.ZoneChange;
import io.maitred.waitingroom.model.config.ZoneDecision;
import io.maitred.waitingroom.store.RoomStore;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rooms as they are stored: reads this node's tables, orders changes from the store. */
final class StoredRooms implements Rooms {

  /** The store of zones. */
  interface Store {
    /** A zone as this node knows it; an empty one when nothing was configured in it. */
    Zone zone(String id);

    Collection<Zone> zones();

    /** Decides and stores; when this completes, it is durable and in {@link #zone}. */
    CompletionStage<ZoneDecision> change(String zone, ZoneChange change);

    static Store of(RoomStore store) {
      return new Store() {
        @Override
        public Zone zone(String id) {
          return store.tables().zone(id);
        }

        @Override
        public Collection<Zone> zones() {
          return store.tables().zones();
        }

        @Override
        public CompletionStage<ZoneDecision> change(String zone, ZoneChange change) {
          return store.change(zone, change);
        }
      };
    }
  }

  private static final Comparator<Room> ORDER =
      Comparator.comparing(Room::createdOn).thenComparing(Room::id);

  private final Store store;
  private final RoomStatus status;
  private final Supplier<String> ids;
  private final Clock clock;

  /**
   * @param figures of the rooms of the whole installation
   * @param ids new ids: 32 lower-case hexadecimal digits
   */
  StoredRooms(Store store, RoomStatus.Figures figures, Supplier<String> ids, Clock clock) {
    this.store = store;
    this.status = new RoomStatus(figures);
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public List<Map<String, Object>> rooms(Predicate<String> zoneIds) {
    var now = clock.instant();
    return store.zones().stream()
        .filter(zone -> zoneIds.test(zone.id()))
        .flatMap(zone -> zone.rooms().stream())
        .sorted(ORDER)
        .map(room -> RoomJson.room(room, now))
        .toList();
  }

  @Override
  public CompletionStage<Map<String, Object>> room(KnownZone zone, String room) {
    return done(json(find(zone, room)));
  }

  @Override
  public CompletionStage<Map<String, Object>> createRoom(
      KnownZone zone, Map<String, @Nullable Object> body) {
    var id = new RoomId(ids.get());
    return change(zone, ZoneChange.ofRoom(ZoneChange.Kind.CREATE_ROOM, id, body, clock.instant()))
        .thenApply(changed -> json(room(changed, id)));
  }

  @Override
  public CompletionStage<Map<String, Object>> changeRoom(
      KnownZone zone, String room, Edit edit, Map<String, @Nullable Object> body) {
    var kind = edit == Edit.PATCH ? ZoneChange.Kind.PATCH_ROOM : ZoneChange.Kind.REPLACE_ROOM;
    var id = roomId(room);
    return change(zone, ZoneChange.ofRoom(kind, id, body, clock.instant()))
        .thenApply(changed -> json(room(changed, id)));
  }

  @Override
  public CompletionStage<Void> deleteRoom(KnownZone zone, String room) {
    return change(
            zone,
            ZoneChange.ofRoom(ZoneChange.Kind.DELETE_ROOM, roomId(room), null, clock.instant()))
        .thenAccept(changed -> {});
  }

  @Override
  public CompletionStage<Map<String, Object>> status(KnownZone zone, String room) {
    return status.of(find(zone, room), clock.instant());
  }

  @Override
  public CompletionStage<List<Map<String, Object>>> events(KnownZone zone, String room) {
    return done(find(zone, room).events().stream().map(StoredRooms::json).toList());
  }

  @Override
  public CompletionStage<Map<String, Object>> event(KnownZone zone, String room, String event) {
    return done(json(event(find(zone, room), event)));
  }

  @Override
  public CompletionStage<Map<String, Object>> eventDetails(
      KnownZone zone, String room, String event) {
    var found = find(zone, room);
    return done(RoomJson.eventDetails(event(found, event), found.config()));
  }

  @Override
  public CompletionStage<Map<String, Object>> createEvent(
      KnownZone zone, String room, Map<String, @Nullable Object> body) {
    return changeEvent(zone, ZoneChange.Kind.CREATE_EVENT, room, ids.get(), body);
  }

  @Override
  public CompletionStage<Map<String, Object>> changeEvent(
      KnownZone zone, String room, String event, Edit edit, Map<String, @Nullable Object> body) {
    var kind = edit == Edit.PATCH ? ZoneChange.Kind.PATCH_EVENT : ZoneChange.Kind.REPLACE_EVENT;
    return changeEvent(zone, kind, room, event, body);
  }

  private CompletionStage<Map<String, Object>> changeEvent(
      KnownZone zone,
      ZoneChange.Kind kind,
      String room,
      String event,
      Map<String, @Nullable Object> body) {
    return changePart(zone, kind, room, event, body)
        .thenApply(changed -> json(event(changed, event)));
  }

  @Override
  public CompletionStage<Void> deleteEvent(KnownZone zone, String room, String event) {
    return changePart(zone, ZoneChange.Kind.DELETE_EVENT, room, event, null)
        .thenAccept(changed -> {});
  }

  @Override
  public CompletionStage<List<Map<String, Object>>> rules(KnownZone zone, String room) {
    return done(RoomJson.rules(find(zone, room)));
  }

  @Override
  public CompletionStage<List<Map<String, Object>>> appendRule(
      KnownZone zone, String room, Map<String, @Nullable Object> body) {
    return changePart(zone, ZoneChange.Kind.APPEND_RULE, room, ids.get(), body)
        .thenApply(RoomJson::rules);
  }

  @Override
  public CompletionStage<List<Map<String, Object>>> replaceRules(
      KnownZone zone, String room, List<?> body) {
    var id = roomId(room);
    // longer lists are refused
    int count = Math.min(body.size(), ConfigLimits.RULES);
    var newIds = Stream.generate(ids).limit(count).toList();
    return change(zone, ZoneChange.ofRules(id, newIds, body, clock.instant()))
        .thenApply(changed -> RoomJson.rules(room(changed, id)));
  }

  @Override
  public CompletionStage<List<Map<String, Object>>> changeRule(
      KnownZone zone, String room, String rule, Map<String, @Nullable Object> body) {
    return changePart(zone, ZoneChange.Kind.PATCH_RULE, room, rule, body)
        .thenApply(RoomJson::rules);
  }

  @Override
  public CompletionStage<List<Map<String, Object>>> deleteRule(
      KnownZone zone, String room, String rule) {
    return changePart(zone, ZoneChange.Kind.DELETE_RULE, room, rule, null)
        .thenApply(RoomJson::rules);
  }

  @Override
  public CompletionStage<Map<String, Object>> settings(KnownZone zone) {
    return done(RoomJson.settings(store.zone(zone.id()).settings()));
  }

  @Override
  public CompletionStage<Map<String, Object>> changeSettings(
      KnownZone zone, Edit edit, Map<String, @Nullable Object> body) {
    var kind =
        edit == Edit.PATCH ? ZoneChange.Kind.PATCH_SETTINGS : ZoneChange.Kind.REPLACE_SETTINGS;
    return change(zone, ZoneChange.ofSettings(kind, body, clock.instant()))
        .thenApply(changed -> RoomJson.settings(changed.settings()));
  }

  private CompletionStage<Room> changePart(
      KnownZone zone, ZoneChange.Kind kind, String room, String part, @Nullable Object body) {
    var id = roomId(room);
    return change(zone, ZoneChange.ofPart(kind, id, part, body, clock.instant()))
        .thenApply(changed -> room(changed, id));
  }

  private CompletionStage<Zone> change(KnownZone zone, ZoneChange change) {
    return store
        .change(zone.id(), change)
        .thenApply(
            decision -> {
              if (decision instanceof ZoneDecision.Changed changed) {
                return changed.zone();
              }
              throw refused((ZoneDecision.Refused) decision);
            });
  }

  private static ApiException refused(ZoneDecision.Refused refused) {
    return refused.status() == 404
        ? ApiException.notFound()
        : ApiException.invalid(refused.problems().stream().map(StoredRooms::error).toList());
  }

  private static ApiError error(Problem problem) {
    return ApiError.at(problem.pointer(), problem.code(), problem.message());
  }

  private Room find(KnownZone zone, String room) {
    return room(store.zone(zone.id()), roomId(room));
  }

  private static RoomId roomId(String text) {
    if (!RoomId.isValid(text)) {
      throw ApiException.notFound();
    }
    return new RoomId(text);
  }

  private static Room room(Zone zone, RoomId id) {
    var room = zone.room(id);
    if (room == null) {
      throw ApiException.notFound();
    }
    return room;
  }

  private static RoomEvent event(Room room, String id) {
    return room.events().stream()
        .filter(event -> event.id().equals(id))
        .findFirst()
        .orElseThrow(ApiException::notFound);
  }

  private Map<String, Object> json(Room room) {
    return RoomJson.room(room, clock.instant());
  }

  private static Map<String, Object> json(RoomEvent event) {
    return RoomJson.event(event);
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedStage(value);
  }
}
