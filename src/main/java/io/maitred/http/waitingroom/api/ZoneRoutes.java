package io.maitred.http.waitingroom.api;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Route;
import io.maitred.waitingroom.model.config.Account;
import io.maitred.waitingroom.model.config.KnownZone;
import io.maitred.waitingroom.model.config.KnownZones;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code /zones}, {@code /accounts} and {@code /user/tokens/verify}: what clients begin with. */
final class ZoneRoutes extends ApiDirectives {
  private final KnownZones zones;
  private final Rooms rooms;
  private final RoomRoutes ofZone;

  ZoneRoutes(KnownZones zones, Rooms rooms, RoomRoutes ofZone) {
    this.zones = zones;
    this.rooms = rooms;
    this.ofZone = ofZone;
  }

  Route routes() {
    return concat(
        path("zones", () -> get(() -> at(this::zones))),
        pathPrefix("zones", () -> pathPrefix(segment(), this::zone)),
        path("accounts", () -> get(() -> at(this::accounts))),
        pathPrefix("accounts", () -> pathPrefix(segment(), this::account)),
        path(
            segment("user").slash("tokens").slash("verify"),
            () -> get(() -> at(ZoneRoutes::verify))));
  }

  private Route zone(String id) {
    return extractRequest(
        request -> {
          var zone = zones.find(id).orElseThrow(ApiException::noRoute);
          if (!new ApiCall(request).access().permits(zone)) {
            throw ApiException.forbidden();
          }
          return concat(
              pathEnd(() -> get(() -> at(call -> done(Envelope.success(ZoneJson.of(zone)))))),
              pathPrefix("waiting_rooms", () -> ofZone.routes(zone)));
        });
  }

  private Route account(String id) {
    return extractRequest(
        request -> {
          var account = zones.account(id).orElseThrow(ApiException::noRoute);
          if (!new ApiCall(request).access().permits(account)) {
            throw ApiException.forbidden();
          }
          return concat(
              pathEnd(() -> get(() -> at(call -> done(Envelope.success(ZoneJson.of(account)))))),
              path("waiting_rooms", () -> get(() -> at(call -> roomsOf(account, call)))),
              path(segment("tokens").slash("verify"), () -> get(() -> at(ZoneRoutes::verify))));
        });
  }

  private CompletionStage<HttpResponse> zones(ApiCall call) {
    var query = call.parameters();
    var name = query.first("name");
    var account = query.first("account.id");
    List<Map<String, Object>> found =
        zones.listed().stream()
            .filter(call.access()::permits)
            .filter(zone -> name == null || zone.name().equalsIgnoreCase(name))
            .filter(zone -> account == null || zone.account().id().equals(account))
            .map(ZoneJson::of)
            .toList();
    return done(Paging.of(query).answer(found));
  }

  private CompletionStage<HttpResponse> accounts(ApiCall call) {
    var name = call.parameters().first("name");
    List<Map<String, Object>> found =
        zones.accounts().stream()
            .filter(account -> isSeen(account, call.access()))
            .filter(account -> name == null || account.name().equalsIgnoreCase(name))
            .map(ZoneJson::of)
            .toList();
    return done(Paging.of(call.parameters()).answer(found));
  }

  /** The account of a permitted zone is no secret. */
  private boolean isSeen(Account account, Access access) {
    return access.permits(account)
        || zones.listed().stream()
            .filter(access::permits)
            .map(KnownZone::account)
            .anyMatch(account::equals);
  }

  private CompletionStage<HttpResponse> roomsOf(Account account, ApiCall call) {
    var paging = Paging.of(call.parameters());
    return done(paging.answer(rooms.rooms(zone -> zones.belongs(zone, account))));
  }

  private static CompletionStage<HttpResponse> verify(ApiCall call) {
    return done(
        Envelope.success(
            Map.of("id", call.access().tokenId(), "status", "active"),
            List.of(Map.of("code", 10000, "message", "This API Token is valid and active"))));
  }
}
