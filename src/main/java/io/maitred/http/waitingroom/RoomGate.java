package io.maitred.http.waitingroom;

import akka.Done;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.RequestContext;
import io.maitred.metrics.RoomRequests;
import io.maitred.waitingroom.expression.Expression;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketRules;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
  private static final CompletionStage<Done> READ =
      CompletableFuture.completedStage(Done.getInstance());
  private static final String COMMAND = "cf-waiting-room-command";
  private static final String REVOKE = "revoke";

  /** A room, how its cookie is set, and what passes it. */
  private record Gated(Room room, RoomCookie cookie, List<Expression> rules) {}

  /** One request of a room. */
  private record Passage(
      Gated gated, GatePorts.Worker worker, RequestContext context, HttpRequest request) {
    Room room() {
      return gated.room();
    }
  }

  private final FrontEnd.Proxied next;
  private final TicketCodec codec;
  private final GatePorts ports;
  private final Bypass bypass;
  private final ErrorResponses errors;
  private final RoomRequests metrics;
  private final Materializer materializer;
  private final int refreshSeconds;
  private volatile RoomIndex<Gated> index = RoomIndex.empty();

  // what was made of the present rooms, so that a change of one does not make all anew
  private Map<Room, Gated> gated = Map.of();

  /**
   * @param next what is behind the gate
   * @param errors renders failures of what is behind the gate, so that these can carry the cookie
   * @param refreshSeconds how often a queue page asks again
   * @param materializer runs the streams of request bodies that nobody wants
   */
  public RoomGate(
      FrontEnd.Proxied next,
      TicketCodec codec,
      GatePorts ports,
      Bypass bypass,
      ErrorResponses errors,
      RoomRequests metrics,
      Materializer materializer,
      int refreshSeconds) {
    this.next = next;
    this.codec = codec;
    this.ports = ports;
    this.bypass = bypass;
    this.errors = errors;
    this.metrics = metrics;
    this.materializer = materializer;
    this.refreshSeconds = refreshSeconds;
  }

  /** Gates these rooms and no others from now on. */
  public synchronized void gate(Collection<Room> rooms) {
    var before = gated;
    var next = new HashMap<Room, Gated>();
    for (var room : rooms) {
      var known = before.get(room);
      next.put(room, known == null ? gated(room) : known);
    }
    gated = next;
    index = RoomIndex.of(rooms, next::get);
    metrics.retain(rooms.stream().map(room -> room.id().value()).toList());
  }

  private Gated gated(Room room) {
    var cookie = RoomCookie.of(room.config(), ports.zones().isAlwaysHttps(room.zone()));
    return new Gated(room, cookie, bypass.rules(room));
  }

  @Override
  public CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request) {
    var found = index.find(context.hostHeader(), context.path());
    if (found == null) {
      return next.handle(context, request);
    }
    var room = found.room();
    var worker = ports.workers().find(room.id());
    if (worker == null) {
      return next.handle(context, request);
    }
    var passage = new Passage(found, worker, context, request);
    boolean crawlersPass = ports.zones().letsCrawlersPass(room.zone());
    var passes = bypass.by(room, found.rules(), crawlersPass, context, request);
    if (passes != null) {
      metrics.bypassed(room.id().value(), passes);
      return forwarded(passage);
    }
    return worker.visit(ticket(passage), room).thenCompose(outcome -> decided(passage, outcome));
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
      passage.worker().undecodable(kind((Decoded.Failure) decoded));
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
      var facts = QueueFacts.of(effective, queued, now, refreshSeconds);
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
        : passage
            .gated()
            .cookie()
            .set(value, TicketRules.maxAgeSeconds(ticket, effective, now), now);
  }

  private CompletionStage<HttpResponse> answered(
      Passage passage, EffectiveConfig effective, QueueFacts facts, @Nullable String setCookie) {
    var config = passage.room().config();
    passage.context().known().requestType("waiting-room");
    int status = config.queueingStatusCode();
    metrics.answered(passage.room().id().value(), status);
    boolean toHead = passage.request().method().equals(HttpMethods.HEAD);
    var answer = new QueueAnswers(status, facts, setCookie, toHead);
    var read = bodyRead(passage.request());
    if (config.jsonResponseEnabled() && QueueAnswers.isJsonWanted(passage.context().accept())) {
      return read.thenApply(done -> answer.json());
    }
    return ports
        .pages()
        .render(passage.room(), effective, facts, acceptLanguage(passage.request()))
        .thenCombine(read, (page, done) -> answer.page(page));
  }

  private static String acceptLanguage(HttpRequest request) {
    return request.getHeader("accept-language").map(HttpHeader::value).orElse("");
  }

  /**
   * The request's body is read to its end before it is answered: a client that is still sending
   * would not see the answer, and the connection could not be used again. One that sends too much,
   * or too slowly, is answered nevertheless.
   */
  private CompletionStage<Done> bodyRead(HttpRequest request) {
    if (request.entity().isStrict()) {
      return READ;
    }
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .limitWeighted(MAX_DRAINED, piece -> (long) piece.size())
        .completionTimeout(READ_TIMEOUT)
        .runWith(Sink.ignore(), materializer)
        .exceptionally(tooMuch -> Done.getInstance());
  }
}
