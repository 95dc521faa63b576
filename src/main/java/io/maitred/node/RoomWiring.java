package io.maitred.node;

import akka.actor.typed.ActorSystem;
import akka.stream.SystemMaterializer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.maitred.common.ConfigReader;
import io.maitred.common.RouterId;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.waitingroom.Bypass;
import io.maitred.http.waitingroom.ClientAddress;
import io.maitred.http.waitingroom.Crawlers;
import io.maitred.http.waitingroom.GatePorts;
import io.maitred.http.waitingroom.RoomGate;
import io.maitred.http.waitingroom.api.WaitingRoomApi;
import io.maitred.metrics.Metrics;
import io.maitred.metrics.RoomRequests;
import io.maitred.service.ClusterSecret;
import io.maitred.store.Database;
import io.maitred.waitingroom.RoomAggregators;
import io.maitred.waitingroom.RoomSettings;
import io.maitred.waitingroom.RoomWorkers;
import io.maitred.waitingroom.ZoneConfig;
import io.maitred.waitingroom.expression.Expressions;
import io.maitred.waitingroom.model.ShuffleRank;
import io.maitred.waitingroom.model.config.ConfigChecks;
import io.maitred.waitingroom.model.config.KnownZones;
import io.maitred.waitingroom.page.QueuePages;
import io.maitred.waitingroom.store.RoomStore;
import io.maitred.waitingroom.store.RoomStoreSettings;
import io.maitred.waitingroom.ticket.TicketCodec;
import io.maitred.waitingroom.ticket.TicketSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The waiting rooms of a node, made in the order of their dependencies. */
final class RoomWiring {
  private static final Logger LOG = LoggerFactory.getLogger(RoomWiring.class);
  private static final Duration KEY_AGE_CHECK = Duration.ofMinutes(10);

  private final ActorSystem<?> system;
  private final Config config;
  private final Clock clock;
  private final Database database;
  private final KnownZones zones;
  private final Map<String, List<String>> lists;
  private final int refreshSeconds;
  private final QueuePages pages;
  private final TicketSettings tickets;
  private final TicketCodec codec;
  private final RoomStore store;
  private final RoomWorkers workers;

  RoomWiring(
      ActorSystem<?> system,
      Config config,
      NodeSettings node,
      RouterId router,
      ClusterSecret secret,
      Database database,
      Clock clock) {
    this.system = system;
    this.config = config;
    this.clock = clock;
    this.database = database;
    this.zones = ZoneConfig.read(config);
    this.lists = lists(config);
    this.refreshSeconds =
        (int)
            new ConfigReader(config, "maitred.waiting-room")
                .duration("refresh-interval", Duration.ofSeconds(2), Duration.ofMinutes(1))
                .toSeconds();
    this.pages = QueuePages.create(system);
    this.tickets = TicketSettings.from(config);
    this.store =
        RoomStore.start(
            system,
            database,
            RoomStoreSettings.from(config),
            new ConfigChecks(
                QueuePages::templateError,
                text -> Expressions.check(text, lists).map(Object::toString),
                zones::takes));
    this.codec = new TicketCodec(store.keyRing().current(), tickets.keySpread());
    // what was loaded before there was a listener is looked up once more
    store.keyRing().onChange(ring -> useKeys());
    useKeys();
    var aggregators =
        RoomAggregators.start(system, RoomSettings.from(config), store.tables()::room);
    this.workers =
        RoomWorkers.start(
            system,
            new RoomWorkers.Context(
                router.value(),
                node.dataCenter(),
                store.tables()::room,
                ShuffleRank.of(secret::lot),
                Duration.ofSeconds(refreshSeconds),
                aggregators,
                new SecureRandom()));
    store.onRoomChange(workers::changed);
    store.tables().rooms().forEach(room -> workers.changed(room.id()));
    system
        .scheduler()
        .scheduleAtFixedRate(
            KEY_AGE_CHECK, KEY_AGE_CHECK, this::rotateOldKey, system.executionContext());
  }

  private static Map<String, List<String>> lists(Config config) {
    var lists = new HashMap<String, List<String>>();
    var reader = new ConfigReader(config, "maitred.waiting-room");
    try {
      var given = config.getConfig("maitred.waiting-room.lists");
      given.root().keySet().forEach(name -> lists.put(name, given.getStringList(name)));
      return Map.copyOf(lists);
    } catch (ConfigException e) {
      throw reader.invalid("lists", String.valueOf(e.getMessage()), "lists of texts, by name");
    }
  }

  /** Changes are told on any thread: the newest ring must be the last that is used. */
  private synchronized void useKeys() {
    codec.use(store.keyRing().current());
  }

  private void rotateOldKey() {
    store
        .keyRing()
        .rotateIfOlder(tickets.rotateAfter())
        .whenComplete(
            (ring, failure) -> {
              if (failure != null) {
                LOG.warn("The ticket key could not be rotated, it is tried again later", failure);
              }
            });
  }

  /**
   * Done when this node knows all rooms and has a key for tickets. To be called when the cluster
   * was joined.
   */
  CompletionStage<?> ready() {
    return store.loaded().thenCompose(done -> store.keyRing().ensure());
  }

  /** Stands in front of everything that is proxied. */
  FrontEnd.Proxied gate(FrontEnd.Proxied next, ErrorResponses errors) {
    var metrics = new RoomRequests(Metrics.get(system.classicSystem()).registry());
    var addresses = ClientAddress.from(config);
    var gate =
        new RoomGate(
            next,
            codec,
            new GatePorts(new WorkersOfNode(workers), pages::render, new ZonesOfNode(zones, store)),
            new Bypass(Crawlers.from(config), addresses, lists, metrics),
            errors,
            metrics,
            SystemMaterializer.get(system).materializer(),
            refreshSeconds);
    store.onRoomChange(id -> gateRooms(gate));
    gateRooms(gate);
    return gate;
  }

  /** As with keys: the newest rooms must be the last that are gated. */
  private synchronized void gateRooms(RoomGate gate) {
    gate.gate(store.tables().rooms());
  }

  /** The API below {@code /client/v4}. */
  WaitingRoomApi api() {
    return WaitingRoomApi.ofNode(
        system,
        config,
        zones,
        store,
        workers,
        new FiguresOfNode(store, workers, clock),
        pages,
        database.connections(),
        clock);
  }

  /** What an operator needs for the first call. */
  List<String> startLines(String base) {
    return WaitingRoomApi.startLines(config, base, zones);
  }
}
