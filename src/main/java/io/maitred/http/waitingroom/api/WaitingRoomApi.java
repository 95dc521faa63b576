package io.maitred.http.waitingroom.api;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.MethodRejection;
import akka.http.javadsl.server.Rejection;
import akka.http.javadsl.server.RejectionHandler;
import akka.http.javadsl.server.Route;
import akka.japi.function.Function;
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import com.typesafe.config.Config;
import io.maitred.common.Refusal;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.JsonBody;
import io.maitred.http.RequestContext;
import io.maitred.waitingroom.RoomWorkers;
import io.maitred.waitingroom.model.config.KnownZones;
import io.maitred.waitingroom.page.QueuePages;
import io.maitred.waitingroom.preview.PreviewSettings;
import io.maitred.waitingroom.preview.PreviewTable;
import io.maitred.waitingroom.store.RoomStore;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API of waiting rooms as a part of the front end: authenticates, reads bodies, and gives every
 * failure the form that clients of Cloudflare's understand (contract waiting room 21).
 */
public final class WaitingRoomApi extends ApiDirectives implements FrontEnd.Separate {
  private static final Logger log = LoggerFactory.getLogger(WaitingRoomApi.class);
  private static final String BASE = "/client/v4";
  private static final List<String> OWN = List.of("/waiting-room/keys", "/waiting-room/rooms");
  private static final List<String> WITHOUT_PREFIX = List.of("/zones", "/accounts", "/user/tokens");
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

  private final ApiSettings settings;
  private final ApiTokens tokens;
  private final PreviewRoutes previews;
  private final Function<HttpRequest, CompletionStage<HttpResponse>> routes;
  private final Materializer materializer;

  WaitingRoomApi(
      ActorSystem<?> system,
      ApiSettings settings,
      KnownZones zones,
      ApiTokens tokens,
      Rooms rooms,
      Previews previews,
      TicketKeys keys,
      HistoryRoutes.Histories histories,
      Clock clock) {
    this.settings = settings;
    this.tokens = tokens;
    this.previews = new PreviewRoutes(previews, settings.publicUrl(), UUID::randomUUID, clock);
    var api = new ZoneRoutes(zones, rooms, new RoomRoutes(rooms, this.previews)).routes();
    var under = pathPrefix("client", () -> pathPrefix("v4", () -> api));
    var own =
        concat(new KeyRoutes(keys, clock).routes(), new HistoryRoutes(zones, histories).routes());
    this.routes =
        sealed(settings.serveWithoutPrefix() ? concat(under, own, api) : concat(under, own))
            .function(system);
    this.materializer = SystemMaterializer.get(system).materializer();
  }

  /**
   * The API of a node.
   *
   * @param config the whole configuration
   * @param zones as {@link io.maitred.waitingroom.ZoneConfig} reads them
   * @param figures of the rooms of the whole installation
   * @throws io.maitred.common.InvalidSettingException for a wrong setting, or secrets that cannot
   *     be kept
   */
  public static WaitingRoomApi ofNode(
      ActorSystem<?> system,
      Config config,
      KnownZones zones,
      RoomStore store,
      RoomWorkers workers,
      RoomStatus.Figures figures,
      QueuePages pages,
      DataSource connections,
      Clock clock) {
    var settings = ApiSettings.from(config, zones);
    var blocking =
        system.dispatchers().lookup(DispatcherSelector.fromConfig("maitred.database-dispatcher"));
    var previews = new PreviewTable(connections, blocking, PreviewSettings.from(config), clock);
    return new WaitingRoomApi(
        system,
        settings,
        zones,
        ApiTokens.from(config, settings),
        new StoredRooms(StoredRooms.Store.of(store), figures, new RandomIds(), clock),
        new PreviewsOfNode(previews, pages, blocking),
        new KeysOfRing(store.keyRing()),
        new HistoriesOfNode(store, workers),
        clock);
  }

  @Override
  public boolean serves(RequestContext context) {
    var path = context.path();
    return isBelow(path, BASE)
        || OWN.stream().anyMatch(prefix -> isBelow(path, prefix))
        || path.startsWith(PreviewRoutes.PREFIX)
        || (settings.serveWithoutPrefix()
            && WITHOUT_PREFIX.stream().anyMatch(prefix -> isBelow(path, prefix)));
  }

  /** What an operator has to know to call the API for the first time. */
  public static List<String> startLines(Config config, String base, KnownZones zones) {
    return StartLines.of(base, ApiTokens.file(config), zones);
  }

  private static boolean isBelow(String path, String prefix) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }

  /** Answers one request; the stage never fails. */
  @Override
  public CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request) {
    context.known().requestType("waiting-room-api");
    return withBodyRead(request)
        .thenCompose(complete -> answer(context, complete))
        .exceptionally(failure -> failed(context, failure));
  }

  private CompletionStage<HttpResponse> answer(RequestContext context, HttpRequest request) {
    try {
      if (context.path().startsWith(PreviewRoutes.PREFIX)) {
        return previews.show(context);
      }
      var access = tokens.authenticate(request).orElseThrow(ApiException::unauthorized);
      return routes.apply(
          request.addAttribute(RequestContext.KEY, context).addAttribute(Access.KEY, access));
    } catch (Exception e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /**
   * A call is answered when its body has been read, whatever the answer: a client that is still
   * sending would not see it. Only bodies that mean something, and of clients that are known, are
   * kept.
   */
  private CompletionStage<HttpRequest> withBodyRead(HttpRequest request) {
    boolean kept =
        WITH_BODY.contains(request.method().value()) && tokens.authenticate(request).isPresent();
    return JsonBody.read(request, kept ? settings.maxBodyBytes() : 0, materializer)
        .handle(
            (body, failure) -> {
              if (failure == null || !kept) {
                return request.withEntity(HttpEntities.create(body == null ? new byte[0] : body));
              }
              throw new CompletionException(failure);
            });
  }

  private Route sealed(Route all) {
    var failures =
        ExceptionHandler.newBuilder()
            .matchAny(
                failure ->
                    extractRequest(
                        request -> complete(failed(RequestContext.in(request), failure))))
            .build();
    var rejections =
        RejectionHandler.newBuilder()
            .handle(
                MethodRejection.class,
                rejection ->
                    extractMethod(
                        method -> complete(Envelope.failure(ApiException.noMethod(method.name())))))
            .handle(
                Rejection.class,
                rejection -> complete(Envelope.failure(ApiException.malformed("Invalid request"))))
            .handleNotFound(complete(Envelope.failure(ApiException.noRoute())))
            .build();
    return all.seal(rejections, failures);
  }

  private static HttpResponse failed(RequestContext context, Throwable failure) {
    var cause = ErrorResponses.unwrapped(failure);
    if (cause instanceof ApiException known) {
      return Envelope.failure(known);
    }
    return Envelope.failure(told(context, ErrorResponses.refusal(cause), cause));
  }

  private static ApiException told(RequestContext context, Refusal refusal, Throwable cause) {
    if (refusal.status() == 500) {
      log.error("request {} to {} failed", context.cid(), context.path(), cause);
      return ApiException.of(500, ApiError.INTERNAL, "Internal error, see the log of this node");
    }
    int code = refusal.status() < 500 ? ApiError.MALFORMED : ApiError.UNAVAILABLE;
    return ApiException.of(refusal.status(), code, refusal.message());
  }
}
