package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Route;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * {@code GET /waiting-room/keys} and {@code POST /waiting-room/keys/rotate}, for tokens without
 * restriction: the keys seal the cookies of all zones.
 */
final class KeyRoutes extends ApiDirectives {
  private final TicketKeys keys;
  private final Clock clock;

  KeyRoutes(TicketKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  Route routes() {
    return pathPrefix(
        "waiting-room",
        () ->
            pathPrefix(
                "keys",
                () ->
                    concat(
                        pathEnd(() -> get(() -> at(call -> answer(call, keys::keys)))),
                        path("rotate", () -> post(() -> at(call -> answer(call, keys::rotate)))))));
  }

  private CompletionStage<HttpResponse> answer(
      ApiCall call, Supplier<CompletionStage<List<TicketKeys.Key>>> work) {
    if (call.access().restricted()) {
      throw ApiException.forbidden();
    }
    return work.get().thenApply(all -> Paging.whole(all.stream().map(this::json).toList()));
  }

  private Map<String, Object> json(TicketKeys.Key key) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", key.id());
    json.put("created_on", key.createdOn());
    json.put(
        "age_seconds", Math.max(0, Duration.between(key.createdOn(), clock.instant()).toSeconds()));
    json.put("current", key.current());
    return json;
  }
}
