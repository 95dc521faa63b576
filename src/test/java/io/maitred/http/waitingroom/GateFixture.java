package io.maitred.http.waitingroom;

import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.Materializer;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.AddressRange;
import io.maitred.http.ErrorResponses;
import io.maitred.http.RequestContext;
import io.maitred.metrics.RoomRequests;
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.RingKey;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketId;
import io.maitred.waitingroom.model.WaitEstimate;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.page.PageLanguage;
import io.maitred.waitingroom.page.QueuePage;
import io.maitred.waitingroom.ticket.Decoded;
import io.maitred.waitingroom.ticket.TicketCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A gate between clients and an origin that tests write themselves. */
final class GateFixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-21T10:00:30.500Z");

  private final ActorTestKit kit =
      ActorTestKit.create(
          "gate",
          ConfigFactory.parseString(
                  "akka { actor.provider = local, coordinated-shutdown.exit-jvm = off }")
              .withFallback(ConfigFactory.load()));
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final TicketCodec codec =
      new TicketCodec(
          new KeyRing(List.of(new RingKey(7, Instant.EPOCH, new byte[RingKey.SECRET_BYTES]))),
          Duration.ofMinutes(1));

  // what tests set
  Instant now = NOW;
  Function<@Nullable Ticket, Outcome> decision = ticket -> queued(null);
  Function<HttpRequest, CompletionStage<HttpResponse>> origin = request -> ok();
  boolean alwaysHttps;
  boolean crawlersPass;
  boolean knowsRooms = true;

  // what tests look at
  final List<String> visits = new ArrayList<>();
  final List<Ticket> tickets = new ArrayList<>();
  final List<String> undecodable = new ArrayList<>();
  final Set<TicketId> revoked = new HashSet<>();
  final List<HttpRequest> forwarded = new ArrayList<>();
  RequestContext context = RequestContext.of(HttpRequest.GET("/"), Clock.systemUTC());

  private final RoomGate gate;

  GateFixture() {
    gate =
        new RoomGate(
            this::answer,
            codec,
            new GatePorts(
                this::worker,
                (room, effective, facts, language) ->
                    CompletableFuture.completedFuture(
                        new QueuePage(
                            ByteString.fromString(page(effective, facts.waitTimeFormatted())),
                            PageLanguage.of(language),
                            Optional.of("default-src 'none'"))),
                new Zones()),
            new Bypass(
                new Crawlers(
                    List.of(
                        new Crawlers.Crawler(
                            "goodbot", List.of(AddressRange.of("198.51.100.0/24").orElseThrow())))),
                new ClientAddress(
                    List.of(AddressRange.of("10.0.0.0/8").orElseThrow()), "x-country", "x-as"),
                Map.of("friends", List.of("198.51.100.9")),
                new RoomRequests(meters)),
            new ErrorResponses(List.of(), Clock.systemUTC()),
            new RoomRequests(meters),
            Materializer.createMaterializer(kit.system()),
            QueueFacts.REFRESH_SECONDS);
  }

  private final class Zones implements GatePorts.Zones {
    @Override
    public boolean isAlwaysHttps(String zone) {
      return alwaysHttps;
    }

    @Override
    public boolean letsCrawlersPass(String zone) {
      return crawlersPass;
    }
  }

  private GatePorts.@Nullable Worker worker(RoomId room) {
    if (!knowsRooms) {
      return null;
    }
    return new GatePorts.Worker() {
      @Override
      public CompletionStage<Outcome> visit(@Nullable Ticket ticket, Room visited) {
        visits.add(visited.id().value());
        if (ticket != null) {
          tickets.add(ticket);
        }
        return CompletableFuture.completedFuture(decision.apply(ticket));
      }

      @Override
      public void revoked(Ticket ticket) {
        revoked.add(ticket.id());
      }

      @Override
      public void undecodable(String kind) {
        undecodable.add(kind);
      }

      @Override
      public Instant now() {
        return now;
      }
    };
  }

  private CompletionStage<HttpResponse> answer(RequestContext seen, HttpRequest request) {
    forwarded.add(request);
    return origin.apply(request);
  }

  static String page(EffectiveConfig effective, String wait) {
    return "<p>" + effective.method().text() + ": " + wait + "</p>";
  }

  CompletionStage<HttpResponse> ok() {
    context.known().backendAnswered(1);
    return CompletableFuture.completedFuture(HttpResponse.create().withEntity("origin"));
  }

  void gate(Room... rooms) {
    gate.gate(List.of(rooms));
  }

  /** Listens with Akka HTTP on a free port. */
  int bind() throws Exception {
    Function<HttpRequest, CompletionStage<HttpResponse>> handler =
        request -> gate.handle(RequestContext.of(request, Clock.systemUTC()), request);
    return Http.get(kit.system())
        .newServerAt("127.0.0.1", 0)
        .bind(
            (akka.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>>)
                handler::apply)
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS)
        .localAddress()
        .getPort();
  }

  /** The response to {@code GET https://shop.example.com} with a path and headers. */
  HttpResponse get(String path, String... headers) throws Exception {
    return send(HttpRequest.GET(path), headers);
  }

  HttpResponse send(HttpRequest request, String... headers) throws Exception {
    var all = new ArrayList<HttpHeader>();
    request.getHeaders().forEach(all::add);
    all.add(RawHeader.create("host", "shop.example.com"));
    for (var header : headers) {
      int colon = header.indexOf(':');
      all.add(RawHeader.create(header.substring(0, colon), header.substring(colon + 1).trim()));
    }
    var complete = request.withHeaders(all);
    context = RequestContext.of(complete, Clock.systemUTC());
    context.known().requestType("waiter-proxy");
    return gate.handle(context, complete).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** A cookie of the room with this ticket. */
  String cookie(RoomId room, Ticket ticket) {
    return "__cfwaitingroom=" + sealed(room, ticket);
  }

  String sealed(RoomId room, Ticket ticket) {
    return Objects.requireNonNull(codec.encode(room, ticket, now));
  }

  /** The ticket in the response's cookie; null when it sets none. */
  @Nullable Ticket ticketIn(HttpResponse response, RoomId room) {
    for (var cookie : headers(response, "set-cookie")) {
      if (cookie.startsWith("__cfwaitingroom")) {
        var value = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
        var decoded = codec.decode(room, value, now);
        assertTrue(decoded instanceof Decoded.Opened, cookie);
        return ((Decoded.Opened) decoded).ticket();
      }
    }
    return null;
  }

  static List<String> headers(HttpResponse response, String name) {
    var values = new ArrayList<String>();
    response
        .getHeaders()
        .forEach(
            header -> {
              if (header.is(name)) {
                values.add(header.value());
              }
            });
    return values;
  }

  static @Nullable String header(HttpResponse response, String name) {
    var values = headers(response, name);
    return values.isEmpty() ? null : String.join(" | ", values);
  }

  String body(HttpResponse response) throws Exception {
    return response
        .entity()
        .toStrict(1000, kit.system())
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS)
        .getData()
        .utf8String();
  }

  static Outcome queued(@Nullable Ticket ticket) {
    return new Outcome.Queued(
        ticket, NOW, new WaitEstimate(true, 10, 0, 0, 0, 300, false), Outcome.Reason.NO_SLOT);
  }

  static Ticket queuedTicket(long id) {
    long minute = Math.floorDiv(NOW.getEpochSecond(), 60L);
    return new Ticket(
        new TicketId(id, id), minute, NOW, null, "", minute, Ticket.NEVER, minute, 1, false);
  }

  static Ticket acceptedTicket(long id, Instant acceptedAt) {
    long minute = Math.floorDiv(acceptedAt.getEpochSecond(), 60L);
    return new Ticket(
        new TicketId(id, id),
        minute,
        NOW,
        acceptedAt,
        "dublin",
        minute,
        minute * 6,
        Ticket.NEVER,
        Ticket.NEVER,
        false);
  }

  double count(String meter, String tag, String value) {
    var counter = meters.find(meter).tag(tag, value).counter();
    return counter == null ? 0 : counter.count();
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
