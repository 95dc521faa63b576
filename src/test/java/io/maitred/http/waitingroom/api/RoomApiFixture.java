package io.maitred.http.waitingroom.api;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.Directives;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.RouterId;
import io.maitred.http.Classification;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.HttpSettings;
import io.maitred.http.ServerSettingsFactory;
import io.maitred.waitingroom.RoomHistory;
import io.maitred.waitingroom.ZoneConfig;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.KnownZones;
import io.maitred.waitingroom.page.QueuePage;
import io.maitred.waitingroom.page.QueuePages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The API in its front end, over the real rules and stubs of everything else. */
final class RoomApiFixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2024-01-31T10:20:30.123Z");
  static final String TOKEN = "a-token-without-restriction";
  static final String ZONE = KnownZones.idOf("zone", "default");
  static final String ACCOUNT = KnownZones.idOf("account", "default");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** An answer with its body. */
  record Answer(int status, HttpResponse response, String text) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new UncheckedIOException(this.toString(), e);
      }
    }

    JsonNode result() {
      return json().path("result");
    }

    String header(String name) {
      if (name.equals("content-type")) {
        return response.entity().getContentType().toString();
      }
      return response.getHeader(name).map(header -> header.value()).orElse("");
    }
  }

  final ActorTestKit kit =
      ActorTestKit.create(
          "rooms",
          ConfigFactory.parseString(
                  "akka { actor.provider = local, coordinated-shutdown.exit-jvm = off }")
              .withFallback(ConfigFactory.load()));
  final KnownZones known;
  final MemoryZones zones;
  final StubPreviews previews = new StubPreviews();
  final StubKeys keys = new StubKeys();
  final Map<RoomId, RoomStatus.Figures.Now> figures = new ConcurrentHashMap<>();
  final FrontEnd frontEnd;

  /** As configured by default. */
  RoomApiFixture() {
    this("");
  }

  /**
   * @param settings below {@code maitred.waiting-room}
   */
  RoomApiFixture(String settings) {
    var config =
        ConfigFactory.parseString("maitred.waiting-room {" + settings + "}")
            .withFallback(ConfigFactory.load());
    var clock = Clock.fixed(NOW, ZoneOffset.UTC);
    this.known = ZoneConfig.read(config);
    this.zones = new MemoryZones(known);
    var apiSettings = ApiSettings.from(config, known);
    var tokens = new ArrayList<>(apiSettings.tokens());
    tokens.add(ApiToken.unrestricted(TOKEN));
    var rooms =
        new StoredRooms(
            zones,
            room ->
                CompletableFuture.completedStage(
                    figures.getOrDefault(room, new RoomStatus.Figures.Now(0, 0, 0))),
            new RandomIds(),
            new TickingClock());
    var api =
        new WaitingRoomApi(
            kit.system(),
            apiSettings,
            known,
            ApiTokens.of(tokens),
            rooms,
            previews,
            keys,
            histories(),
            clock);
    this.frontEnd =
        new FrontEnd(
            kit.system(),
            new HttpSettings(
                "127.0.0.1",
                0,
                List.of("localhost"),
                "maitred/test",
                List.of(),
                true,
                Duration.ofSeconds(30),
                Duration.ZERO,
                Duration.ofSeconds(1)),
            new Classification(Set.of("localhost")),
            new RouterId("r1"),
            new ErrorResponses(List.of(), clock),
            Directives.path("apps", () -> Directives.complete("apps of Waiter")),
            api,
            (context, request) ->
                CompletableFuture.completedStage(HttpResponse.create().withEntity("proxied")),
            clock);
  }

  private HistoryRoutes.Histories histories() {
    return new HistoryRoutes.Histories() {
      @Override
      public Optional<String> zone(RoomId room) {
        return zones.zones().stream()
            .filter(zone -> zone.room(room) != null)
            .map(zone -> zone.id())
            .findFirst();
      }

      @Override
      public List<RoomHistory.Point> of(RoomId room) {
        return List.of(new RoomHistory.Point(1, 30, 200, 7, -3, 25.5));
      }
    };
  }

  /** Later by a millisecond at each look, so that rooms have an order. */
  private static final class TickingClock extends Clock {
    private Instant now = NOW;

    @Override
    public synchronized Instant instant() {
      now = now.plusMillis(1);
      return now;
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  int bind() throws Exception {
    return frontEnd
        .bind(ServerSettingsFactory.create(kit.system().settings().config()))
        .thenApply(binding -> binding.localAddress().getPort())
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  static HttpRequest request(String method, String target) {
    return HttpRequest.create("http://localhost:9091" + target)
        .withMethod(HttpMethods.lookup(method).orElseThrow())
        .addHeader(RawHeader.create("host", "localhost:9091"));
  }

  Answer send(HttpRequest request) {
    try {
      var response = frontEnd.handle(request).toCompletableFuture().get(10, TimeUnit.SECONDS);
      var text =
          response
              .entity()
              .toStrict(5000, kit.system())
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS)
              .getData()
              .utf8String();
      return new Answer(response.status().intValue(), response, text);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(request.method().value() + " " + request.getUri(), e);
    }
  }

  /** With the token that may do everything; {@code body} empty for none. */
  Answer call(String method, String path, String body) {
    var request =
        request(method, "/client/v4" + path)
            .addHeader(RawHeader.create("authorization", "Bearer " + TOKEN));
    return send(body.isEmpty() ? request : request.withEntity(body));
  }

  Answer get(String path) {
    return call("GET", path, "");
  }

  /** In the default zone. */
  Answer rooms(String method, String path, String body) {
    return call(method, "/zones/" + ZONE + "/waiting_rooms" + path, body.replace('\'', '"'));
  }

  /** Creates a room and returns its id. */
  String room(String name) {
    var answer = rooms("POST", "", roomBody(name));
    if (answer.status() != 200) {
      throw new AssertionError(answer.text());
    }
    return answer.result().path("id").asText();
  }

  static String roomBody(String name) {
    return "{'name': '"
        + name
        + "', 'host': 'shop.example.com', 'path': '/"
        + name
        + "', 'total_active_users': 500, 'new_users_per_minute': 300}";
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }

  final class StubPreviews implements Previews {
    final Map<UUID, String> kept = new ConcurrentHashMap<>();
    private final QueuePages pages = QueuePages.create(kit.system());
    volatile boolean full;

    @Override
    public CompletionStage<Boolean> keep(UUID id, String template) {
      if (!full) {
        kept.put(id, template);
      }
      return CompletableFuture.completedStage(!full);
    }

    @Override
    public CompletionStage<Optional<String>> find(UUID id) {
      return CompletableFuture.completedStage(Optional.ofNullable(kept.get(id)));
    }

    @Override
    public CompletionStage<Optional<String>> problem(String template) {
      return CompletableFuture.completedStage(QueuePages.templateError(template));
    }

    @Override
    public CompletionStage<QueuePage> render(String template, QueueFacts facts) {
      return pages.preview(template, facts);
    }
  }

  static final class StubKeys implements TicketKeys {
    private final List<Key> all =
        new ArrayList<>(List.of(new Key("0", NOW.minusSeconds(90), true)));

    @Override
    public CompletionStage<List<Key>> keys() {
      return CompletableFuture.completedStage(List.copyOf(all));
    }

    @Override
    public CompletionStage<List<Key>> rotate() {
      var last = all.get(0);
      all.set(0, new Key(last.id(), last.createdOn(), false));
      all.add(0, new Key("1", NOW, true));
      return keys();
    }
  }
}
