package io.maitred.waitingroom.store;

import static io.maitred.store.DatabaseNode.get;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.RefusedException;
import io.maitred.store.DatabaseSettings;
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.Problem;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.ZoneChange;
import io.maitred.waitingroom.model.config.ZoneDecision;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Three nodes and one database. Each test uses a zone of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RoomStoreSuite {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private final List<RoomNode> nodes = new ArrayList<>();
  private int zones;
  private int rooms;

  /**
   * Settings of a database that is empty at first, the same at each call with this name.
   *
   * @param name lower-case letters
   */
  abstract Map<String, Object> database(String name) throws Exception;

  /** Before the first node; nothing for an embedded database. */
  void startDatabase() throws Exception {}

  /** After the last node. */
  void stopDatabase() throws Exception {}

  @BeforeAll
  void startNodes() throws Exception {
    startDatabase();
    for (int index = 0; index < 3; index++) {
      nodes.add(RoomNode.start(database("main")));
      nodes.get(index).join(nodes.get(0));
    }
    nodes.forEach(node -> node.node.awaitUp(3));
  }

  @AfterAll
  void stopNodes() throws Exception {
    nodes.forEach(RoomNode::close);
    stopDatabase();
  }

  private String newZone() {
    return String.format("%032x", ++zones);
  }

  private RoomId newRoom() {
    return new RoomId(String.format("%032x", ++rooms));
  }

  private RoomStore store(int node) {
    return nodes.get(node).store;
  }

  private static Map<String, Object> body(String name) {
    return Map.of(
        "name",
        name,
        "host",
        "shop.example",
        "path",
        "/" + name,
        "total_active_users",
        400,
        "new_users_per_minute",
        300);
  }

  private static ZoneChange create(RoomId room, Object body) {
    return ZoneChange.ofRoom(ZoneChange.Kind.CREATE_ROOM, room, body, NOW);
  }

  private static ZoneChange patch(RoomId room, Object body) {
    return ZoneChange.ofRoom(ZoneChange.Kind.PATCH_ROOM, room, body, NOW);
  }

  private static Room changed(CompletionStage<ZoneDecision> stage, RoomId room) throws Exception {
    var changed = assertInstanceOf(ZoneDecision.Changed.class, get(stage));
    return requireNonNull(changed.zone().room(room));
  }

  @Test
  void change_stored_isReadOnEveryNode() throws Exception {
    var zone = newZone();
    var id = newRoom();
    var room = changed(store(0).change(zone, create(id, body("a"))), id);

    assertEquals("a", room.config().name());
    assertSame(room, store(0).tables().room(id), "own write");
    for (var node : nodes) {
      node.node.eventually(() -> assertEquals(room, node.store.tables().room(id)));
      assertEquals(List.of(room), node.store.tables().zone(zone).rooms());
    }
  }

  @Test
  void change_throughEveryNodeInTurn_readsItsOwnWrite() throws Exception {
    var zone = newZone();
    var id = newRoom();
    changed(store(0).change(zone, create(id, body("a"))), id);
    for (int round = 0; round < 9; round++) {
      var text = "round " + round;
      var room = changed(store(round % 3).change(zone, patch(id, Map.of("description", text))), id);
      assertEquals(text, room.config().description());
      assertEquals(room, store(round % 3).tables().room(id));
      assertEquals(round + 2, room.version());
    }
  }

  @Test
  void change_manyAtOnce_oneGetsTheNameAndNoneIsLost() throws Exception {
    var zone = newZone();
    var all = new ArrayList<CompletionStage<ZoneDecision>>();
    for (int index = 0; index < 12; index++) {
      all.add(store(index % 3).change(zone, create(newRoom(), body("same"))));
    }
    int created = 0;
    for (var one : all) {
      var decision = get(one);
      if (decision instanceof ZoneDecision.Refused refused) {
        assertTrue(refused.problems().stream().allMatch(p -> p.code() == Problem.DUPLICATE));
      } else {
        created++;
      }
    }
    assertEquals(1, created);
    assertEquals(1, store(0).tables().zone(zone).rooms().size());

    var id = store(0).tables().zone(zone).rooms().get(0).id();
    var patches = new ArrayList<CompletionStage<ZoneDecision>>();
    for (int index = 0; index < 12; index++) {
      patches.add(store(index % 3).change(zone, patch(id, Map.of("description", "" + index))));
    }
    for (var one : patches) {
      assertInstanceOf(ZoneDecision.Changed.class, get(one));
    }
    for (var node : nodes) {
      node.node.eventually(
          () -> assertEquals(13, requireNonNull(node.store.tables().room(id)).version()));
    }
  }

  @Test
  void change_refused_storesNothing() throws Exception {
    var zone = newZone();
    var decision = get(store(1).change(zone, create(newRoom(), Map.of("name", "a"))));

    var refused = assertInstanceOf(ZoneDecision.Refused.class, decision);
    assertEquals(400, refused.status());
    assertEquals(3, refused.problems().size());
    assertEquals(0, store(1).tables().zoneRevision(zone));
    assertEquals(List.of(), store(1).tables().zone(zone).rooms());
  }

  /** Larger than an ordinary message, and of bytes that compression does not make fewer. */
  @Test
  void change_largestPages_reachEveryNode() throws Exception {
    var zone = newZone();
    var id = newRoom();
    changed(store(0).change(zone, create(id, body("large"))), id);
    for (int node = 0; node < 3; node++) {
      var page = page(node);
      var room = changed(store(node).change(zone, patch(id, Map.of("custom_page_html", page))), id);
      assertEquals(page, room.config().customPageHtml());
      for (var other : nodes) {
        other.node.eventually(() -> assertEquals(room, other.store.tables().room(id)));
      }
    }
    var tooLarge = Map.of("custom_page_html", "ä".repeat(1_000_001));
    var refused =
        assertInstanceOf(
            ZoneDecision.Refused.class, get(store(0).change(zone, patch(id, tooLarge))));
    assertEquals(
        "the body must have at most 2000000 bytes: invalid data",
        refused.problems().get(0).message());
  }

  private static String page(long seed) {
    var random = new Random(seed);
    var text = new StringBuilder();
    while (text.length() < 1_048_576) {
      text.append((char) (' ' + random.nextInt('~' - ' ')));
    }
    return text.toString();
  }

  @Test
  void change_deleted_isGoneEverywhereAndListenersHear() throws Exception {
    var zone = newZone();
    var id = newRoom();
    var rest = newRoom();
    var heard = new ConcurrentLinkedQueue<RoomId>();
    var heardZones = new ConcurrentLinkedQueue<String>();
    var failing = new AtomicBoolean(true);
    store(2)
        .onRoomChange(
            room -> {
              if (failing.getAndSet(false)) {
                throw new IllegalStateException("a listener that fails, on purpose");
              }
            });
    store(2).onRoomChange(heard::add);
    store(2).onZoneChange(heardZones::add);
    changed(store(0).change(zone, create(id, body("gone"))), id);
    var kept = changed(store(0).change(zone, create(rest, body("kept"))), rest);
    nodes.get(2).node.eventually(() -> assertNotNull(store(2).tables().room(rest)));
    var object = store(2).tables().room(rest);

    var decision =
        get(store(1).change(zone, ZoneChange.ofRoom(ZoneChange.Kind.DELETE_ROOM, id, null, NOW)));

    assertEquals(
        List.of(kept), assertInstanceOf(ZoneDecision.Changed.class, decision).zone().rooms());
    for (var node : nodes) {
      node.node.eventually(() -> assertNull(node.store.tables().room(id)));
    }
    nodes
        .get(2)
        .node
        .eventually(
            () -> {
              assertEquals(2, heard.stream().filter(id::equals).count(), "created and deleted");
              assertEquals(1, heard.stream().filter(rest::equals).count());
              assertTrue(heardZones.contains(zone));
            });
    assertSame(object, store(2).tables().room(rest), "a room that did not change");
  }

  @Test
  void entity_repeatedChange_isMadeOnce() throws Exception {
    var zone = newZone();
    var id = newRoom();
    var first = send(zone, "id-1", create(id, body("once")), NOW.plusSeconds(1_000_000_000));
    assertEquals(new ZoneEntity.Decided(false, List.of(), 1), first);
    assertEquals(
        first, send(zone, "id-1", create(id, body("once")), NOW.plusSeconds(1_000_000_000)));
    var late = send(zone, "id-2", patch(id, Map.of("suspended", true)), NOW.minusSeconds(10_000));
    assertTrue(late.late());
    assertEquals(1, late.revision());
  }

  private ZoneEntity.Decided send(String zone, String id, ZoneChange change, Instant deadline)
      throws Exception {
    return get(
        ClusterSharding.get(nodes.get(0).node.system())
            .entityRefFor(ZoneEntity.TYPE_KEY, zone)
            .ask(
                (ActorRef<ZoneEntity.Decided> replyTo) ->
                    new ZoneEntity.Change(id, change, deadline, replyTo),
                Duration.ofSeconds(10)));
  }

  @Test
  void entity_rowWrittenBySomebodyElse_isReadAgainBeforeTheNextWrite() throws Exception {
    var zone = newZone();
    var id = newRoom();
    changed(store(0).change(zone, create(id, body("conflict"))), id);
    update("UPDATE durable_state SET revision = revision + 1 WHERE persistence_id = ?", zone);

    var room = changed(store(1).change(zone, patch(id, Map.of("suspended", true))), id);

    assertTrue(room.config().suspended());
    assertEquals(3, store(1).tables().zoneRevision(zone));
  }

  @Test
  void start_sameDatabaseInAnotherCluster_findsEverything() throws Exception {
    var zone = newZone();
    var id = newRoom();
    var room = changed(store(0).change(zone, create(id, body("found"))), id);
    var ring = get(store(0).keyRing().ensure());

    try (var later = RoomNode.start(database("main"))) {
      get(later.store.loaded());

      assertEquals(room, later.store.tables().room(id));
      assertEquals(ring, later.store.keyRing().current());
    }
  }

  @Test
  void start_unreadableRow_othersAreServedAndItIsNotOverwritten() throws Exception {
    var zone = newZone();
    var good = newZone();
    var id = newRoom();
    var settings = new HashMap<>(database("unreadable"));
    settings.put("maitred.waiting-room.store.write-timeout", "800ms");
    settings.put("maitred.waiting-room.store.attempt-timeout", "300ms");
    try (var node = RoomNode.start(settings)) {
      node.join(node).node.awaitUp(1);
      var write = node.store.change(zone, create(newRoom(), body("bad")));
      assertInstanceOf(ZoneDecision.Changed.class, get(write));
      changed(node.store.change(good, create(id, body("good"))), id);
    }
    try (var connection = connection(settings);
        var update =
            connection.prepareStatement(
                "UPDATE durable_state SET state_payload = ? WHERE persistence_id = ?")) {
      update.setBytes(1, new byte[] {0, -1});
      update.setString(2, ZoneEntity.persistenceId(zone).id());
      assertEquals(1, update.executeUpdate());
    }
    try (var node = RoomNode.start(settings)) {
      node.join(node).node.awaitUp(1);
      get(node.store.loaded());
      assertNotNull(node.store.tables().room(id));

      var failure =
          assertThrows(
              ExecutionException.class,
              () -> get(node.store.change(zone, create(newRoom(), body("new")))));

      var refusal = assertInstanceOf(RefusedException.class, failure.getCause()).refusal();
      assertEquals(503, refusal.status());
    }
    try (var connection = connection(settings);
        var query =
            connection.prepareStatement(
                "SELECT state_payload, revision FROM durable_state WHERE persistence_id = ?")) {
      query.setString(1, ZoneEntity.persistenceId(zone).id());
      var row = query.executeQuery();
      assertTrue(row.next());
      assertEquals(2, row.getBytes(1).length);
      assertEquals(1, row.getLong(2));
    }
  }

  @Test
  void keyRing_nodesThatStartAtOnce_agreeOnOneKey() throws Exception {
    var stages = new ArrayList<CompletionStage<KeyRing>>();
    for (int index = 0; index < 6; index++) {
      stages.add(store(index % 3).keyRing().ensure());
    }
    for (var stage : stages) {
      assertEquals(get(stages.get(0)), get(stage));
    }
    var heard = new ConcurrentLinkedQueue<KeyRing>();
    store(2).keyRing().onChange(heard::add);
    var before = get(store(0).keyRing().ensure());
    assertEquals(before, store(0).keyRing().current());

    var rotated = get(store(0).keyRing().rotate());

    assertEquals(before.newestId(), rotated.keys().get(1).id());
    assertEquals(before.nextId(), rotated.newestId());
    for (var node : nodes) {
      node.node.eventually(() -> assertEquals(rotated, node.store.keyRing().current()));
    }
    nodes.get(2).node.eventually(() -> assertTrue(heard.contains(rotated)));
    assertEquals(rotated, get(store(1).keyRing().rotateIfOlder(Duration.ofDays(1))));

    var retired = get(store(1).keyRing().retire(before.newestId()));

    assertNull(retired.key(before.newestId()));
    assertEquals(retired, store(1).keyRing().current());
  }

  @Test
  void dataCenters_otherOne_writesThroughHomeAndReadsByPolling() throws Exception {
    var zone = newZone();
    var a = new HashMap<>(database("two"));
    a.put("maitred.home-data-center", "a");
    var b = new HashMap<>(a);
    a.put("akka.cluster.multi-data-center.self-data-center", "a");
    b.put("akka.cluster.multi-data-center.self-data-center", "b");
    try (var home = RoomNode.start(a);
        var other = RoomNode.start(b)) {
      home.join(home).node.awaitUp(1);
      other.join(home).node.awaitUp(2);
      var id = newRoom();

      var room = changed(other.store.change(zone, create(id, body("from-b"))), id);

      home.node.eventually(() -> assertEquals(room, home.store.tables().room(id)));
      var page = Map.of("custom_page_html", page(7));
      var patched = changed(home.store.change(zone, patch(id, page)), id);
      other.node.eventually(() -> assertEquals(patched, other.store.tables().room(id)));
      var again = changed(other.store.change(zone, patch(id, page)), id);
      assertEquals(page.get("custom_page_html"), again.config().customPageHtml());

      var rings = List.of(other.store.keyRing().ensure(), home.store.keyRing().ensure());
      assertEquals(get(rings.get(0)), get(rings.get(1)));
      assertEquals(
          get(rings.get(0)),
          get(other.store.keyRing().rotateIfOlder(Duration.ZERO)),
          "only the home data center makes keys by age");
    }
  }

  private static Connection connection(Map<String, Object> settings) throws Exception {
    var database =
        DatabaseSettings.from(ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load()));
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }

  private void update(String sql, String zone) throws Exception {
    try (var connection = connection(database("main"));
        var update = connection.prepareStatement(sql)) {
      update.setString(1, ZoneEntity.persistenceId(zone).id());
      assertEquals(1, update.executeUpdate());
    }
  }
}
