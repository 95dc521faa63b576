package io.maitred.reservation;

import static io.maitred.reservation.Fixtures.SERVICE;
import static io.maitred.reservation.Fixtures.id;
import static io.maitred.reservation.Fixtures.instance;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.Leave;
import io.maitred.common.InstanceId;
import io.maitred.common.RouterId;
import io.maitred.reservation.model.InstanceUse;
import io.maitred.reservation.model.LeaseTargets;
import io.maitred.reservation.model.MemberId;
import io.maitred.reservation.model.Outcome;
import io.maitred.reservation.model.RouterReport;
import io.maitred.reservation.model.Term;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three nodes in one process: slots are shared by all, and outlive the reserver's node. */
class ReservationClusterIT {
  private final List<Node> nodes = new CopyOnWriteArrayList<>();
  private final AtomicLong views = new AtomicLong();

  /** One node with everything of this part. */
  private static final class Node {
    final ActorTestKit kit = ActorTestKit.create("reservation", Fixtures.node("reservation"));
    final Fence fence = new Fence(Duration.ofSeconds(60), Clocks.system());
    final ReservationSettings settings = Fixtures.settings();
    final SlotPools pools =
        new SlotPools(
            new RouterId(kit.system().address().port().get() + ""),
            settings,
            fence,
            Clocks.system(),
            kit.system().executionContext()::execute,
            service -> Fixtures.description(2, "oldest", 1000));

    Node() {
      var sharding = ClusterSharding.get(kit.system());
      InstanceReserver.init(
          sharding,
          settings,
          fence,
          Clocks.system(),
          service -> Fixtures.description(2, "oldest", 1000));
      LeaseHolder.start(kit.system(), pools, settings, Reservers.of(sharding));
    }

    Cluster cluster() {
      return Cluster.get(kit.system());
    }

    Slot slot() throws Exception {
      var reservation = pools.reserve(SERVICE, "request", 0, Duration.ofSeconds(30));
      return reservation instanceof Reservation.Granted granted
          ? granted.slot()
          : assertInstanceOf(Reservation.Queued.class, reservation)
              .slot()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(node -> node.kit.shutdownTestKit());
  }

  @Test
  void slots_areSharedByAllNodes_andOutliveTheReserver() throws Exception {
    for (int i = 0; i < 3; i++) {
      var node = new Node();
      nodes.add(node);
      node.cluster().manager().tell(Join.create(nodes.get(0).cluster().selfMember().address()));
    }
    var probe = nodes.get(0).kit.createTestProbe();
    probe.awaitAssert(Duration.ofSeconds(30), this::allUp);
    // repeated, as discovery does: one message may be lost while the reserver moves
    var survivor = nodes.get(2).kit.system();
    survivor
        .scheduler()
        .scheduleWithFixedDelay(
            Duration.ZERO,
            Duration.ofMillis(500),
            () -> discover(views.incrementAndGet()),
            survivor.executionContext());
    // six slots: every node can take two at once, whoever the slots were leased to before
    var slots = new ArrayList<Slot>();
    for (var node : nodes) {
      slots.add(node.slot());
      slots.add(node.slot());
    }
    assertEquals(6, slots.stream().filter(Slot::mayStart).count());
    slots.forEach(slot -> slot.release(Outcome.SUCCESS));

    var leaver = nodes.remove(0);
    leaver.cluster().manager().tell(Leave.create(leaver.cluster().selfMember().address()));
    probe = nodes.get(0).kit.createTestProbe();
    // the others go on while the reserver may be moving
    for (int i = 0; i < 50; i++) {
      for (var node : nodes) {
        node.slot().release(Outcome.SUCCESS);
      }
    }
    probe.awaitAssert(
        Duration.ofSeconds(30),
        () -> {
          assertEquals(2, up(nodes.get(0)));
          return null;
        });
    // the slots of the node that left are used by the others
    var all = new ArrayList<Slot>();
    for (int i = 0; i < 3; i++) {
      all.add(nodes.get(0).slot());
      all.add(nodes.get(1).slot());
    }
    assertEquals(6, all.size());
    leaver.kit.shutdownTestKit();
  }

  @Test
  void service_deletedAndStartedAgainAtOnce_isServedWithoutWaitingForTheNextSync()
      throws Exception {
    var node = new Node();
    nodes.add(node);
    node.cluster().manager().tell(Join.create(node.cluster().selfMember().address()));
    var reservers = Reservers.of(ClusterSharding.get(node.kit.system()));
    for (int i = 1; i <= 5; i++) {
      // each message is sent once: a lost one is not repeated
      reservers.tell(SERVICE, new InstanceReserver.ServiceGone());
      discover(views.incrementAndGet());
      node.slot().release(Outcome.SUCCESS);
    }
  }

  @Test
  void messages_surviveSerialization() {
    var node = new Node();
    nodes.add(node);
    var kit = node.kit.serializationTestKit();
    var probe = node.kit.<LeaseHolder.Command>createTestProbe();
    var reserver = node.kit.<InstanceReserver.Command>createTestProbe();
    var term = new Term(7, "x");
    var report =
        new RouterReport(
            new MemberId("m"),
            new RouterId("r"),
            1,
            term,
            2,
            3,
            4,
            Map.of(id("a"), new InstanceUse(1, 1, true, false, 9)),
            5,
            Instant.ofEpochMilli(6),
            true,
            7,
            Map.of(new MemberId("gone"), 8L));
    kit.verifySerialization(new InstanceReserver.Reported(report, probe.ref()), true);
    var targets = new LeaseTargets(term, 1, 2, 3, Map.of(id("a"), 1), Set.of(id("b")), true);
    kit.verifySerialization(new LeaseHolder.Targets(SERVICE, targets, reserver.ref()), true);
    kit.verifySerialization(new LeaseHolder.Greeting(SERVICE, term, reserver.ref()), true);
    kit.verifySerialization(
        new InstanceReserver.Discovered(Fixtures.view(1, instance("a", 1, true))), true);
    kit.verifySerialization(new InstanceReserver.ServiceGone(), true);
    kit.verifySerialization(new InstanceReserver.Scaling(true), true);
    var killer = node.kit.<InstanceReserver.KillReply>createTestProbe();
    kit.verifySerialization(new InstanceReserver.PrepareKill(Set.of(id("a")), killer.ref()), true);
    kit.verifySerialization(new InstanceReserver.KillEnded(id("a"), true), true);
    kit.verifySerialization(new InstanceReserver.Locked(id("a")), true);
    kit.verifySerialization(new InstanceReserver.NothingKillable(), true);
    kit.verifySerialization(
        new InstanceReserver.State(
            term,
            true,
            List.of(),
            Map.of(new MemberId("m"), Map.<InstanceId, Integer>of(id("a"), 1))),
        true);
  }

  private Void allUp() {
    nodes.forEach(node -> assertEquals(3, up(node)));
    return null;
  }

  private static int up(Node node) {
    int up = 0;
    for (var member : node.cluster().state().getMembers()) {
      up += member.status().equals(MemberStatus.up()) ? 1 : 0;
    }
    return up;
  }

  /** What discovery does: every node and the reserver get the view. */
  private void discover(long sequence) {
    var view =
        Fixtures.view(
            sequence, instance("a", 1, true), instance("b", 2, true), instance("c", 3, true));
    nodes.forEach(node -> node.pools.discovered(view));
    Reservers.of(ClusterSharding.get(nodes.get(nodes.size() - 1).kit.system()))
        .tell(SERVICE, new InstanceReserver.Discovered(view));
  }
}
