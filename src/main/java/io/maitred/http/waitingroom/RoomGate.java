package io.maitred.http.waitingroom;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.RequestContext;
import io.maitred.metrics.RoomRequests;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.RoomCookie;
import io.maitred.waitingroom.model.config.RoomIndex;
import io.maitred.waitingroom.ticket.Decoded;
import io.maitred.waitingroom.ticket.TicketCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Stands before proxied requests: those that a room covers go on only when the room's worker lets
 * them; the others are answered here (contract waiting room 11, 26). Everything else passes
 * untouched. Safe to use from all threads; takes no lock.
 */
public final class RoomGate implements FrontEnd.Proxied {
  private static final long MAX_DRAINED = 16 * 1024 * 1024;
  private static final String COMMAND = "cf-waiting-room-command";
  private static final String REVOKE = "revoke";

  /** A room and how its cookie is set. */
  private record Gated(Room room, RoomCookie cookie) {}

  /** One request of a room. */
  private record Passage(
      Gated gated, RoomPorts.Worker worker, RequestContext context, HttpRequest request) {
    Room room() {
      return gated.room();
    }
  }

  private final FrontEnd.Proxied next;
  private final TicketCodec codec;
  private final RoomPorts ports;
  private final Crawlers crawlers;
  private final ClientAddress addresses;
  private final ErrorResponses errors;
  private final RoomRequests metrics;
  private final Materializer materializer;
  private volatile RoomIndex<Gated> index = RoomIndex.of(List.of(), RoomGate::unknown);

  /**
   * @param next what is behind the gate
   * @param errors renders failures of what is behind the gate, so that these can carry the cookie
   * @param materializer runs the streams of request bodies that nobody wants
   */
  public RoomGate(
      FrontEnd.Proxied next,
      TicketCodec codec,
      RoomPorts ports,
      Crawlers crawlers,
      ClientAddress addresses,
      ErrorResponses errors,
      RoomRequests metrics,
      Materializer materializer) {
    this.next = next;
    this.codec = codec;
    this.ports = ports;
    this.crawlers = crawlers;
    this.addresses = addresses;
    this.errors = errors;
    this.metrics = metrics;
    this.materializer = materializer;
  }

  /** Gates these rooms and no others from now on. */
  public void gate(Collection<Room> rooms) {
    index =
        RoomIndex.of(
            rooms,
            room ->
                new Gated(
                    room, RoomCookie.of(room.config(), ports.zones().isAlwaysHttps(room.zone()))));
    metrics.retain(rooms.stream().map(room -> room.id().value()).toList());
  }

  private static Gated unknown(Room room) {
    throw new IllegalStateException("no room, but " + room.id());
  }

  @Override
  public CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request) {
    var gated = index.find(context.hostHeader(), context.path());
    if (gated == null) {
      return next.handle(context, request);
    }
    var worker = ports.workers().find(gated.room().id());
    if (worker == null) {
      return next.handle(context, request);
    }
    var passage = new Passage(gated, worker, context, request);
    var bypass = bypass(passage);
    if (bypass != null) {
      metrics.bypassed(gated.room().id().value(), bypass);
      return forwarded(passage);
    }
    return worker
        .visit(ticket(passage), gated.room())
        .thenCompose(outcome -> decided(passage, outcome));
  }

  /** What lets a request pass as if there were no room; null for nothing. */
  private @Nullable String bypass(Passage passage) {
    var room = passage.room();
    if (ports.zones().letsCrawlersPass(room.zone()) && isCrawler(passage.request())) {
      return "crawler";
    }
    boolean ruled =
        !room.rules().isEmpty()
            && ports.rules().bypasses(room, passage.context(), passage.request());
    return ruled ? "rule" : null;
  }

  private boolean isCrawler(HttpRequest request) {
    var userAgent = request.getHeader("user-agent");
    var address = addresses.of(request);
    return userAgent.isPresent()
        && address.isPresent()
        && crawlers.include(userAgent.get().value(), address.get());
  }

  /** The first cookie that is a ticket of this room; null for none. */
  private @Nullable Ticket ticket(Passage passage) {
    var values = CookieHeaders.values(passage.request(), passage.gated().cookie().name());
    if (values.isEmpty()) {
      return null;
    }
    var room = passage.room().id();
    var now = passage.worker().now();
    for (var value : values) {
      var decoded = codec.decode(room, value, now);
      if (decoded instanceof Decoded.Opened opened) {
        return opened.ticket();
      }
      metrics.undecoded(room.value(), kind((Decoded.Failure) decoded));
    }
    return null;
  }

  private static String kind(Decoded.Failure failure) {
    return switch (failure) {
      case MALFORMED -> "malformed";
      case UNKNOWN_KEY -> "unknown-key";
      case FORGED -> "forged";
      case FUTURE -> "future";
    };
  }

  private CompletionStage<HttpResponse> decided(Passage passage, Outcome outcome) {
    if (outcome instanceof Outcome.ToOrigin toOrigin) {
      var ticket = toOrigin.ticket();
      return ticket == null ? forwarded(passage) : accepted(passage, ticket);
    }
    var now = passage.worker().now();
    var effective = EffectiveConfig.of(passage.room(), now);
    if (outcome instanceof Outcome.Queued queued) {
      var facts = QueueFacts.of(effective, queued, now);
      var ticket = queued.ticket();
      return answered(
          passage,
          effective,
          facts,
          ticket == null ? null : cookie(passage, effective, ticket, now));
    }
    if (outcome instanceof Outcome.Rejected rejected) {
      return answered(passage, effective, QueueFacts.of(effective, rejected, now), null);
    }
    throw new IllegalStateException("a visit that is not decided: " + outcome);
  }

  /** The origin never sees the ticket. */
  private CompletionStage<HttpResponse> forwarded(Passage passage) {
    return next.handle(
        passage.context(),
        CookieHeaders.without(passage.request(), passage.gated().cookie().name()));
  }

  /** A visit counts whatever becomes of it, so that errors carry the cookie as well. */
  private CompletionStage<HttpResponse> accepted(Passage passage, Ticket ticket) {
    var now = passage.worker().now();
    var effective = EffectiveConfig.of(passage.room(), now);
    var cookie = cookie(passage, effective, ticket, now);
    return forwardedSafely(passage)
        .handle(
            (response, failure) -> {
              if (failure != null) {
                return withCookie(errors.render(passage.context(), failure), cookie);
              }
              boolean revoked =
                  effective.revoke()
                      && passage.context().known().backendAnswered()
                      && isRevoking(response);
              return revoked ? revoked(passage, ticket, response) : withCookie(response, cookie);
            });
  }

  private CompletionStage<HttpResponse> forwardedSafely(Passage passage) {
    try {
      return forwarded(passage);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private static boolean isRevoking(HttpResponse response) {
    for (HttpHeader header : response.getHeaders()) {
      if (header.is(COMMAND) && header.value().trim().toLowerCase(Locale.ROOT).equals(REVOKE)) {
        return true;
      }
    }
    return false;
  }

  private static HttpResponse revoked(Passage passage, Ticket ticket, HttpResponse response) {
    passage.worker().revoked(ticket);
    var headers = new ArrayList<HttpHeader>();
    for (HttpHeader header : response.getHeaders()) {
      if (!header.is(COMMAND)) {
        headers.add(header);
      }
    }
    return withCookie(response.withHeaders(headers), passage.gated().cookie().delete());
  }

  private static HttpResponse withCookie(HttpResponse response, @Nullable String cookie) {
    return cookie == null ? response : response.addHeader(RawHeader.create("set-cookie", cookie));
  }

  /** Null while there is no key to seal tickets with. */
  private @Nullable String cookie(
      Passage passage, EffectiveConfig effective, Ticket ticket, Instant now) {
    var value = codec.encode(passage.room().id(), ticket, now);
    return value == null
        ? null
        : passage.gated().cookie().set(value, maxAgeSeconds(ticket, effective, now), now);
  }

  private CompletionStage<HttpResponse> answered(
      Passage passage, EffectiveConfig effective, QueueFacts facts, @Nullable String setCookie) {
    var config = passage.room().config();
    passage.context().known().requestType("waiting-room");
    metrics.answered(passage.room().id().value(), config.queueingStatusCode());
    discardBody(passage.request());
    int status = config.queueingStatusCode();
    if (config.jsonResponseEnabled() && QueueAnswers.isJsonWanted(passage.context().accept())) {
      return CompletableFuture.completedFuture(QueueAnswers.json(status, facts, setCookie));
    }
    return ports
        .pages()
        .render(passage.room(), effective, facts)
        .thenApply(html -> QueueAnswers.page(status, facts, setCookie, html));
  }

  /** So that the connection can be used again; one that sends too much is closed. */
  private void discardBody(HttpRequest request) {
    if (!request.entity().isStrict()) {
      var unused =
          request
              .entity()
              .withoutSizeLimit()
              .getDataBytes()
              .limitWeighted(MAX_DRAINED, piece -> (long) piece.size())
              .runWith(Sink.ignore(), materializer);
    }
  }

  /** How long a client is to keep a ticket that is issued now (contract waiting room 3.7, 3.8). */
  private static long maxAgeSeconds(Ticket ticket, EffectiveConfig effective, Instant now) {
    var accepted = ticket.acceptedAt();
    if (accepted == null) {
      return 60L * RoomTime.GRACE_MINUTES;
    }
    var end = (effective.renew() ? now : accepted).plus(effective.session());
    return Math.max(0, Duration.between(now, end).toSeconds());
  }
}
