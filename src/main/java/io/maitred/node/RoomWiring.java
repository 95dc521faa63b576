package io.maitred.node;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.stream.SystemMaterializer;
import com.typesafe.config.Config;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.waitingroom.ClientAddress;
import io.maitred.http.waitingroom.CompiledRules;
import io.maitred.http.waitingroom.Crawlers;
import io.maitred.http.waitingroom.RoomGate;
import io.maitred.http.waitingroom.RoomPorts;
import io.maitred.http.waitingroom.api.ApiSettings;
import io.maitred.http.waitingroom.api.ApiTokens;
import io.maitred.http.waitingroom.api.RandomIds;
import io.maitred.http.waitingroom.api.StartLines;
import io.maitred.http.waitingroom.api.StoredRooms;
import io.maitred.http.waitingroom.api.WaitingRoomApi;
import io.maitred.metrics.Metrics;
import io.maitred.metrics.RoomRequests;
import io.maitred.store.Database;
import io.maitred.waitingroom.ZoneConfig;
import io.maitred.waitingroom.model.config.ConfigChecks;
import io.maitred.waitingroom.model.config.KnownZone;
import io.maitred.waitingroom.model.config.KnownZones;
import io.maitred.waitingroom.page.QueuePages;
import io.maitred.waitingroom.preview.PreviewSettings;
import io.maitred.waitingroom.preview.PreviewTable;
import io.maitred.waitingroom.store.RoomStore;
import io.maitred.waitingroom.store.RoomStoreSettings;
import io.maitred.waitingroom.ticket.TicketCodec;
import io.maitred.waitingroom.ticket.TicketSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The waiting rooms of a node, made in the order of their dependencies. */
final class RoomWiring {
  private static final Duration KEY_AGE_CHECK = Duration.ofMinutes(10);

  private final ActorSystem<?> system;
  private final Config config;
  private final Clock clock;
  private final Database database;
  private final KnownZones zones;
  private final RoomRequests metrics;
  private final QueuePages pages;
  private final ClientAddress addresses;
  private final CompiledRules rules;
  private final TicketSettings tickets;
  private final TicketCodec codec;
  private final RoomWorkers workers;
  final RoomStore store;

  RoomWiring(ActorSystem<?> system, Config config, NodeSettings node, Database database, Clock clock) {
    this.system = system;
    this.config = config;
    this.clock = clock;
    this.database = database;
    this.zones = ZoneConfig.read(config);
    this.metrics = new RoomRequests(Metrics.get(system.classicSystem()).registry());
    this.pages = QueuePages.create(system);
    this.addresses = ClientAddress.from(config);
    this.rules = CompiledRules.from(config, addresses, metrics);
    this.store =
        RoomStore.start(
            system,
            database,
            RoomStoreSettings.from(config),
            new ConfigChecks(QueuePages::templateError, rules::problem, zones::takes));
    this.tickets = TicketSettings.from(config);
    this.codec = new TicketCodec(store.keyRing().current(), tickets.keySpread());
    store.keyRing().onChange(codec::use);
    system
        .scheduler()
        .scheduleAtFixedRate(
            KEY_AGE_CHECK,
            KEY_AGE_CHECK,
            () -> store.keyRing().rotateIfOlder(tickets.rotateAfter()),
            system.executionContext());
  }

  /** Stands in front of everything that is proxied. */
  FrontEnd.Proxied gate(FrontEnd.Proxied next, ErrorResponses errors) {
    var gate =
        new RoomGate(
            next,
            codec,
            new RoomPorts(workers, rules, new PagesOfNode(pages), new ZonesOfNode()),
            Crawlers.from(config),
            addresses,
            errors,
            metrics,
            SystemMaterializer.get(system).materializer());
    store.onRoomChange(id -> regate(gate));
    regate(gate);
    return gate;
  }

  private void regate(RoomGate gate) {
    var rooms = store.tables().rooms();
    gate.gate(rooms);
    rules.retain(rooms.stream().map(room -> room.id()).toList());
  }

  /** The API below {@code /client/v4}. */
  WaitingRoomApi api() {
    var settings = ApiSettings.from(config, zones);
    var previews =
        new PreviewTable(
            database.connections(),
            system.dispatchers().lookup(DispatcherSelector.fromConfig("maitred.database-dispatcher")),
            PreviewSettings.from(config),
            clock);
    return new WaitingRoomApi(
        system,
        settings,
        zones,
        ApiTokens.from(config, settings),
        new StoredRooms(new RoomsOfNode(store), figures, new RandomIds(), clock),
        new PreviewsOfNode(previews, pages),
        new TicketKeysOfNode(store.keyRing(), tickets.keySpread(), clock),
        clock);
  }

  /** What an operator needs for the first call. */
  List<String> startLines(String base) {
    return StartLines.of(base, ApiTokens.file(config), zones);
  }

  private final class ZonesOfNode implements RoomPorts.Zones {
    @Override
    public boolean isAlwaysHttps(String zone) {
      return zones.find(zone).filter(KnownZone::alwaysHttps).isPresent();
    }

    @Override
    public boolean letsCrawlersPass(String zone) {
      return store.tables().settings(zone).searchEngineCrawlerBypass();
    }
  }
}
