package io.maitred.service;

import static io.maitred.service.StoreNode.get;
import static io.maitred.service.TestRules.NOW;
import static io.maitred.service.TestRules.document;
import static io.maitred.service.TestRules.edit;
import static io.maitred.service.TestRules.remove;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.SourceToken;
import io.maitred.service.model.StoredDocument;
import io.maitred.service.model.TokenDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three nodes and one database. Each test uses its own tokens and services. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServiceStoreSuite {
  static final ServiceDescription CORE = new ServiceDescription(Map.of("cmd", "run", "cpus", 1.0));

  final List<StoreNode> nodes = new ArrayList<>();

  /** Settings of a database that is empty at first, the same at each call. */
  abstract Map<String, Object> database();

  /** Before the first node; nothing for an embedded database. */
  void startDatabase() throws Exception {}

  /** After the last node. */
  void stopDatabase() throws Exception {}

  @BeforeAll
  void startNodes() throws Exception {
    startDatabase();
    for (int node = 0; node < 3; node++) {
      nodes.add(StoreNode.start(database()));
      nodes.get(node).join(nodes.get(0));
    }
    nodes.forEach(node -> node.awaitUp(3));
  }

  @AfterAll
  void stopNodes() throws Exception {
    nodes.forEach(StoreNode::close);
    stopDatabase();
  }

  private ServiceStore store(int node) {
    return nodes.get(node).store;
  }

  @Test
  void change_stored_isReadOnEveryNode() throws Exception {
    var body =
        Map.<String, Object>of(
            "cmd",
            "x",
            "cpus",
            1.0,
            "mem",
            128,
            "big",
            1_700_000_000_000L,
            "env",
            Map.of("A", "b"));
    var decision = get(store(0).change(edit("everywhere", body)));

    var stored = assertInstanceOf(TokenDecision.Stored.class, decision);
    assertTrue(stored.created());
    assertEquals(stored.document(), store(0).tables().token("everywhere"), "own write");
    for (var node : nodes) {
      node.eventually(
          () -> assertEquals(stored.document(), node.store.tables().token("everywhere")));
    }
  }

  @Test
  void change_throughEveryNodeInTurn_lastOneStays() throws Exception {
    for (int round = 0; round < 9; round++) {
      var decision = get(store(round % 3).change(edit("in-turn", "v" + round)));
      assertEquals(
          new TokenDecision.Stored(document("in-turn", "v" + round), round == 0), decision);
      assertEquals(document("in-turn", "v" + round), store(round % 3).tables().token("in-turn"));
    }
    for (var node : nodes) {
      node.eventually(
          () -> assertEquals(document("in-turn", "v8"), node.store.tables().token("in-turn")));
    }
  }

  @Test
  void change_removed_isGoneEverywhereAndMayComeBack() throws Exception {
    get(store(0).change(edit("removed", "v1")));
    assertEquals(new TokenDecision.Removed("removed"), get(store(1).change(remove("removed"))));
    assertNull(store(1).tables().token("removed"));
    for (var node : nodes) {
      node.eventually(() -> assertEquals(2, node.store.tables().tokenRevision("removed")));
      assertNull(node.store.tables().token("removed"));
    }
    assertEquals(Optional.empty(), get(store(2).fetchToken("removed")));

    var again = get(store(2).change(edit("removed", "v2")));
    assertEquals(new TokenDecision.Stored(document("removed", "v2"), true), again);
  }

  @Test
  void change_refused_storesNothing() throws Exception {
    assertInstanceOf(TokenDecision.Refused.class, get(store(0).change(remove("refused"))));
    assertEquals(0, store(0).tables().tokenRevision("refused"));
  }

  @Test
  void change_sameAgain_isUnchanged() throws Exception {
    get(store(0).change(edit("same", "v1")));
    assertInstanceOf(TokenDecision.Unchanged.class, get(store(1).change(edit("same", "v1"))));
    assertEquals(1, store(1).tables().tokenRevision("same"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "empty,    0, Must provide the token",
    "too long, 901, Token name is too long (at most 900 characters)"
  })
  void change_nameThatCannotBeStored_isRefused(String name, int length, String message) {
    var failure =
        assertThrows(
            ExecutionException.class, () -> get(store(0).change(edit("x".repeat(length), "v1"))));
    var refusal = assertInstanceOf(RefusedException.class, failure.getCause()).refusal();
    assertEquals(400 + " " + message, refusal.status() + " " + refusal.message());
  }

  @Test
  void entity_repeatedChange_isMadeOnce() throws Exception {
    var first = send("id-1", "v1", "repeated");
    assertEquals(
        new TokenEntity.Decided(new TokenDecision.Stored(document("repeated", "v1"), true), 1),
        first);
    assertEquals(first, send("id-1", "v1", "repeated"));
    var second = send("id-2", "v2", "repeated");
    assertEquals(2, second.revision());

    var late = send("id-1", "v1", "repeated");

    assertEquals(2, late.revision(), "not made again after another change");
    assertEquals(document("repeated", "v2"), store(0).tables().token("repeated"));
  }

  @Test
  void entity_changeAfterItsDeadline_isNotMade() throws Exception {
    var decided =
        get(
            entity("late")
                .ask(
                    (ActorRef<TokenEntity.Decided> replyTo) ->
                        new TokenEntity.Change(
                            "id", edit("late", "v1"), Instant.now().minusSeconds(5), replyTo),
                    Duration.ofSeconds(10)));
    var refused = assertInstanceOf(TokenDecision.Refused.class, decided.decision());
    assertEquals(503, refused.refusal().status());
  }

  @Test
  void entity_rowWrittenBySomebodyElse_isReadAgainBeforeTheNextWrite() throws Exception {
    get(store(0).change(edit("conflict", "v1")));
    bumpRevision("Token|conflict");

    var decision = get(store(1).change(edit("conflict", "v2")));

    assertEquals(new TokenDecision.Stored(document("conflict", "v2"), false), decision);
    assertEquals(3, store(1).tables().tokenRevision("conflict"));
  }

  @Test
  void fetchToken_unknown_asksOnceThenRemembers() throws Exception {
    assertEquals(Optional.empty(), get(store(0).fetchToken("nobody")));
    assertEquals(Optional.empty(), get(store(0).fetchToken("nobody")));
    assertEquals(Optional.empty(), get(store(0).fetchToken("x".repeat(5000))));
    assertEquals(Optional.empty(), get(store(0).fetchToken("")));
  }

  @Test
  void describe_grows_andIsKnownEverywhere() throws Exception {
    var id = new ServiceId("service-a");
    var byToken = List.of(new SourceToken("t", "E-1"));
    var first = get(store(0).describe(id, CORE, List.of()));
    assertEquals(Set.of(List.of()), first.references());

    var second = get(store(1).describe(id, CORE, byToken));

    assertEquals(Set.of(List.of(), byToken), second.references());
    assertEquals(first.createdAt(), second.createdAt());
    assertEquals(List.of(byToken), second.sourceTokens());
    assertEquals(second, store(1).tables().service(id));
    assertEquals(second, get(store(1).describe(id, CORE, byToken)));
    for (var node : nodes) {
      node.eventually(() -> assertEquals(second, node.store.tables().service(id)));
    }
    assertEquals(2, store(2).tables().serviceRevision(id), "a repeated description is not written");
  }

  @Test
  void overrideAndSuspend_knownService_areStored() throws Exception {
    var id = new ServiceId("service-b");
    get(store(0).describe(id, CORE, List.of()));

    get(store(1).override(id, Map.of("min-instances", 2), "bob", NOW));
    var suspended = get(store(2).suspend(id, true, "carol", NOW)).orElseThrow();

    assertEquals(Map.of("min-instances", 2), requireNonNull(suspended.overrides()).parameters());
    assertEquals("carol", requireNonNull(suspended.suspension()).lastUpdatedBy());
    assertEquals(suspended, store(2).tables().service(id));
    var resumed = get(store(0).suspend(id, false, "carol", NOW)).orElseThrow();
    var cleared = get(store(0).override(id, Map.of(), "bob", NOW)).orElseThrow();
    assertEquals(Map.of(), requireNonNull(cleared.overrides()).parameters());
    assertTrue(!requireNonNull(resumed.suspension()).suspended());
    assertEquals(5, store(0).tables().serviceRevision(id));
  }

  @Test
  void overrideAndSuspend_unknownService_areEmpty() throws Exception {
    var id = new ServiceId("service-never-seen");
    assertEquals(Optional.empty(), get(store(0).override(id, Map.of("a", 1), "bob", NOW)));
    assertEquals(Optional.empty(), get(store(0).suspend(id, true, "bob", NOW)));
    assertEquals(Optional.empty(), get(store(0).fetchService(id)));
  }

  @Test
  void onChange_changeElsewhere_isHeardHere() throws Exception {
    var failing = new AtomicBoolean(true);
    var heard = new ConcurrentLinkedQueue<StoredDocument>();
    store(2)
        .onChange(
            changed -> {
              if (failing.getAndSet(false)) {
                throw new IllegalStateException("a listener that fails, on purpose");
              }
            });
    store(2).onChange(heard::add);

    get(store(0).change(edit("heard", "v1")));

    nodes
        .get(2)
        .eventually(
            () ->
                assertTrue(
                    heard.stream()
                        .anyMatch(
                            d -> d instanceof StoredDocument.Token t && t.name().equals("heard"))));
  }

  @Test
  void start_sameDatabaseInAnotherCluster_findsEverything() throws Exception {
    get(store(0).change(edit("found-again", "v1")));
    get(store(0).describe(new ServiceId("service-found"), CORE, List.of()));

    try (var later = StoreNode.start(database())) {
      get(later.store.loaded());

      assertEquals(document("found-again", "v1"), later.store.tables().token("found-again"));
      assertNotNull(later.store.tables().service(new ServiceId("service-found")));
      assertTrue(later.store.tables().tokensOwnedBy("alice") >= 1);
    }
  }

  @Test
  void dataCenters_otherOne_writesThroughHomeAndReadsByPolling() throws Exception {
    var a = new HashMap<>(database());
    a.put("maitred.home-data-center", "a");
    var b = new HashMap<>(a);
    a.put("akka.cluster.multi-data-center.self-data-center", "a");
    b.put("akka.cluster.multi-data-center.self-data-center", "b");
    try (var home = StoreNode.start(a);
        var other = StoreNode.start(b)) {
      home.join(home);
      home.awaitUp(1);
      other.join(home).awaitUp(2);

      get(other.store.change(edit("from-b", "v1")));
      assertEquals(document("from-b", "v1"), other.store.tables().token("from-b"));
      home.eventually(
          () -> assertEquals(document("from-b", "v1"), home.store.tables().token("from-b")));

      get(home.store.change(edit("from-a", "v1")));
      other.eventually(
          () -> assertEquals(document("from-a", "v1"), other.store.tables().token("from-a")));
    }
  }

  @Test
  void dataCenters_homeIsAway_writesAreRefused() {
    var settings = new HashMap<>(database());
    settings.put("akka.cluster.multi-data-center.self-data-center", "b");
    settings.put("maitred.home-data-center", "a");
    settings.put("maitred.service-store.write-timeout", "600ms");
    settings.put("maitred.service-store.attempt-timeout", "200ms");
    settings.put("maitred.service-store.fetch-timeout", "200ms");
    try (var alone = StoreNode.start(settings)) {
      alone.join(alone).awaitUp(1);

      var failure =
          assertThrows(
              ExecutionException.class, () -> get(alone.store.change(edit("nowhere", "v1"))));

      var refusal = assertInstanceOf(RefusedException.class, failure.getCause()).refusal();
      assertEquals(503, refusal.status());
      assertEquals(
          "The home data center a is not available; the change was not confirmed.",
          refusal.message());
      var lookUp =
          assertThrows(ExecutionException.class, () -> get(alone.store.fetchToken("nowhere")));
      assertInstanceOf(RefusedException.class, lookUp.getCause());
    }
  }

  /** Moves a row one revision on, as another incarnation of the entity would. */
  abstract void bumpRevision(String persistenceId) throws Exception;

  private akka.cluster.sharding.typed.javadsl.EntityRef<TokenEntity.Command> entity(String name) {
    return ClusterSharding.get(nodes.get(0).system()).entityRefFor(TokenEntity.TYPE_KEY, name);
  }

  private TokenEntity.Decided send(String id, String cmd, String name) throws Exception {
    return get(
        entity(name)
            .ask(
                (ActorRef<TokenEntity.Decided> replyTo) ->
                    new TokenEntity.Change(
                        id, edit(name, cmd), Instant.now().plusSeconds(30), replyTo),
                Duration.ofSeconds(10)));
  }
}
