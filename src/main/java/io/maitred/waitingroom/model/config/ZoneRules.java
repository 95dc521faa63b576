package io.maitred.waitingroom.model.config;

import io.maitred.waitingroom.model.RoomId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What may be changed in a zone, and what it is afterwards (contract waiting room 21, 23, 24). A
 * change is checked as a whole against the zone as it would be: all or nothing.
 */
public final class ZoneRules {
  private final ConfigLimits limits;
  private final RoomRules rooms;
  private final EventRules events;
  private final BypassRules rules;

  /**
   * @param checks what others know of the texts of a configuration
   */
  public ZoneRules(ConfigLimits limits, ConfigChecks checks) {
    this.limits = limits;
    this.rooms = new RoomRules(limits, checks);
    this.events = new EventRules(limits, rooms);
    this.rules = new BypassRules(checks);
  }

  /** Decides a change. */
  public ZoneDecision decide(Zone zone, ZoneChange change) {
    return switch (change.kind()) {
      case CREATE_ROOM -> createRoom(zone, change);
      case REPLACE_ROOM -> changeRoom(zone, change, false);
      case PATCH_ROOM -> changeRoom(zone, change, true);
      case DELETE_ROOM -> ofRoom(zone, change, room -> changed(zone.without(room.id())));
      case CREATE_EVENT -> ofRoom(zone, change, room -> createEvent(zone, room, change));
      case REPLACE_EVENT -> ofRoom(zone, change, room -> changeEvent(zone, room, change, false));
      case PATCH_EVENT -> ofRoom(zone, change, room -> changeEvent(zone, room, change, true));
      case DELETE_EVENT -> ofRoom(zone, change, room -> deleteEvent(zone, room, change));
      case APPEND_RULE -> ofRoom(zone, change, room -> appendRule(zone, room, change));
      case REPLACE_RULES -> ofRoom(zone, change, room -> replaceRules(zone, room, change));
      case PATCH_RULE -> ofRoom(zone, change, room -> changeRule(zone, room, change));
      case DELETE_RULE -> ofRoom(zone, change, room -> deleteRule(zone, room, change));
      case REPLACE_SETTINGS -> settings(zone, change, false);
      case PATCH_SETTINGS -> settings(zone, change, true);
    };
  }

  private static ZoneDecision ofRoom(
      Zone zone, ZoneChange change, Function<Room, ZoneDecision> next) {
    var room = zone.room(roomId(change));
    return room == null ? notFound() : next.apply(room);
  }

  private static RoomId roomId(ZoneChange change) {
    return Objects.requireNonNull(change.room(), () -> change.kind() + " without a room");
  }

  private ZoneDecision createRoom(Zone zone, ZoneChange change) {
    var problems = new ArrayList<Problem>();
    var config = rooms.read(change.body(), null, zone.id(), problems);
    if (zone.rooms().size() >= limits.roomsPerZone()) {
      problems.add(
          Problem.invalid(
              "a zone must have at most " + limits.roomsPerZone() + " waiting rooms", ""));
    }
    if (problems.isEmpty()) {
      RoomRules.checkUnique(config, zone.rooms(), problems);
    }
    var now = change.now();
    var room = new Room(roomId(change), zone.id(), 1, now, now, config, List.of(), List.of());
    return decided(zone, room, problems);
  }

  private ZoneDecision changeRoom(Zone zone, ZoneChange change, boolean partial) {
    return ofRoom(
        zone,
        change,
        room -> {
          var problems = new ArrayList<Problem>();
          var config =
              rooms.read(change.body(), partial ? room.config() : null, zone.id(), problems);
          if (problems.isEmpty()) {
            RoomRules.checkUnique(config, zone.without(room.id()).rooms(), problems);
          }
          var next =
              new Room(
                  room.id(),
                  zone.id(),
                  room.version() + 1,
                  room.createdOn(),
                  change.now(),
                  config,
                  room.events(),
                  room.rules());
          return decided(zone, next, problems);
        });
  }

  private ZoneDecision createEvent(Zone zone, Room room, ZoneChange change) {
    return storeEvent(zone, room, change, null, false, room.events());
  }

  private ZoneDecision changeEvent(Zone zone, Room room, ZoneChange change, boolean partial) {
    var present = find(room.events(), event -> event.id().equals(change.part()));
    if (present == null) {
      return notFound();
    }
    var others = new ArrayList<>(room.events());
    others.remove(present);
    return storeEvent(zone, room, change, present, partial, others);
  }

  private ZoneDecision storeEvent(
      Zone zone,
      Room room,
      ZoneChange change,
      @Nullable RoomEvent present,
      boolean partial,
      List<RoomEvent> others) {
    var problems = new ArrayList<Problem>();
    var event = events.read(change.body(), change.part(), present, partial, change.now(), problems);
    if (problems.isEmpty()) {
      EventRules.checkAmong(event, others, problems);
    }
    var next = new ArrayList<>(room.events());
    if (present == null) {
      next.add(event);
    } else {
      next.set(next.indexOf(present), event);
    }
    return decided(zone, withParts(room, next, room.rules()), problems);
  }

  private ZoneDecision deleteEvent(Zone zone, Room room, ZoneChange change) {
    var next = room.events().stream().filter(e -> !e.id().equals(change.part())).toList();
    return next.size() == room.events().size()
        ? notFound()
        : changed(zone.with(withParts(room, next, room.rules())));
  }

  private ZoneDecision appendRule(Zone zone, Room room, ZoneChange change) {
    var problems = new ArrayList<Problem>();
    var next = new ArrayList<>(room.rules());
    next.add(rules.read(change.body(), "", change.part(), null, change.now(), problems));
    BypassRules.checkCount(next.size(), problems);
    return decided(zone, withParts(room, room.events(), next), problems);
  }

  private ZoneDecision replaceRules(Zone zone, Room room, ZoneChange change) {
    var problems = new ArrayList<Problem>();
    var next = rules.readAll(change.body(), change.newIds(), change.now(), problems);
    return decided(zone, withParts(room, room.events(), next), problems);
  }

  private ZoneDecision changeRule(Zone zone, Room room, ZoneChange change) {
    var present = find(room.rules(), rule -> rule.id().equals(change.part()));
    if (present == null) {
      return notFound();
    }
    var problems = new ArrayList<Problem>();
    var rule = rules.read(change.body(), "", present.id(), present, change.now(), problems);
    var next =
        problems.isEmpty()
            ? BypassRules.place(room.rules(), rule, change.body(), problems)
            : room.rules();
    return decided(zone, withParts(room, room.events(), next), problems);
  }

  private ZoneDecision deleteRule(Zone zone, Room room, ZoneChange change) {
    var next = room.rules().stream().filter(r -> !r.id().equals(change.part())).toList();
    return next.size() == room.rules().size()
        ? notFound()
        : changed(zone.with(withParts(room, room.events(), next)));
  }

  private static ZoneDecision settings(Zone zone, ZoneChange change, boolean partial) {
    var problems = new ArrayList<Problem>();
    var fields = new Fields(change.body(), "", problems);
    boolean absent = partial && zone.settings().searchEngineCrawlerBypass();
    var settings =
        new ZoneSettings(
            fields.optional("search_engine_crawler_bypass", absent, false, Value.BOOL));
    return problems.isEmpty()
        ? changed(zone.withSettings(settings))
        : new ZoneDecision.Refused(problems);
  }

  private static Room withParts(Room room, List<RoomEvent> events, List<BypassRule> rules) {
    return new Room(
        room.id(),
        room.zone(),
        room.version() + 1,
        room.createdOn(),
        room.modifiedOn(),
        room.config(),
        events,
        rules);
  }

  private ZoneDecision decided(Zone zone, Room room, List<Problem> problems) {
    if (!problems.isEmpty()) {
      return new ZoneDecision.Refused(problems);
    }
    var next = zone.with(room);
    if (next.size() > limits.zoneSize() && next.size() > zone.size()) {
      return new ZoneDecision.Refused(
          List.of(
              Problem.invalid(
                  "all pages, rules and descriptions of a zone must have at most "
                      + limits.zoneSize()
                      + " characters",
                  "")));
    }
    return changed(next);
  }

  private static ZoneDecision changed(Zone zone) {
    return new ZoneDecision.Changed(zone);
  }

  private static ZoneDecision notFound() {
    return new ZoneDecision.Refused(List.of(Problem.notFound()));
  }

  private static <T> @Nullable T find(List<T> all, java.util.function.Predicate<T> wanted) {
    return all.stream().filter(wanted).findFirst().orElse(null);
  }
}
