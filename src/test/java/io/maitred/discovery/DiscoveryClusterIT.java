package io.maitred.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.Leave;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.RouterDirectory.Router;
import io.maitred.discovery.model.Instances;
import io.maitred.discovery.model.ServiceView;
import io.maitred.scheduler.Scheduler.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three nodes in one JVM: all know the same services; the sync moves when its node leaves. */
class DiscoveryClusterIT {
  private static final ServiceId A = new ServiceId("waiter-service-a");
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private record Node(
      ActorTestKit kit,
      Router self,
      FakeScheduler scheduler,
      ServiceDirectory directory,
      RouterDirectory routers,
      SchedulerOrders orders) {
    Cluster cluster() {
      return Cluster.get(kit.system());
    }
  }

  private final List<Node> nodes = new ArrayList<>();

  @BeforeEach
  void start() {
    for (int i = 1; i <= 3; i++) {
      nodes.add(node(i));
    }
    awaitAll(nodes);
  }

  @AfterEach
  void stop() {
    nodes.forEach(node -> node.kit().shutdownTestKit());
  }

  @Test
  void everyNode_knowsWhatTheSyncKnows_alsoAfterItMoved() throws Exception {
    var first = nodes.get(0);
    first.scheduler().watcher.get(20, TimeUnit.SECONDS).initial(List.of());
    first.scheduler().watcher().changed(FakeScheduler.report(A, 1, Instances.healthy(A, 1)));
    nodes.forEach(node -> awaitView(node, A, 1));
    nodes.forEach(node -> assertEquals(first.self().id(), node.directory().snapshot().leader()));
    assertTrue(get(nodes.get(2).directory().routersReach(A, Goal.HEALTHY, Duration.ofSeconds(5))));
    nodes.forEach(this::awaitRouters);

    var scaled = nodes.get(1).orders().scale(A, 3, false).toCompletableFuture();
    var order = first.scheduler().orders.poll(20, TimeUnit.SECONDS);
    assertEquals("scale " + A + " 3 false", order.text());
    order.result().complete(new Result(200, "done"));
    assertTrue(scaled.get(20, TimeUnit.SECONDS).success());

    var incarnation = nodes.get(1).directory().snapshot().version().incarnation();
    first.cluster().manager().tell(Leave.create(first.cluster().selfMember().address()));
    var rest = nodes.subList(1, 3);
    var second = rest.get(0);
    second
        .scheduler()
        .watcher
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .initial(List.of(FakeScheduler.report(A, 4)));
    assertTrue(first.scheduler().closed.get(20, TimeUnit.SECONDS));
    rest.forEach(node -> awaitView(node, A, 4));
    rest.forEach(
        node -> assertTrue(node.directory().snapshot().version().incarnation() > incarnation));
    awaitLeader(rest, second.self().id());

    var deleted = rest.get(1).orders().delete(A).toCompletableFuture();
    second.scheduler().orders.poll(20, TimeUnit.SECONDS).result().complete(new Result(200, ""));
    assertTrue(deleted.get(20, TimeUnit.SECONDS).success());
    awaitTrue(
        rest.get(1),
        () -> get(rest.get(1).directory().routersReach(A, Goal.DELETED, Duration.ofSeconds(5))));
  }

  private Node node(int number) {
    var config =
        ConfigFactory.parseString(
            """
            akka.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            akka.cluster.jmx.multi-mbeans-in-same-jvm = on
            akka.cluster.min-nr-of-members = 1
            akka.coordinated-shutdown.terminate-actor-system = off
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            maitred.discovery.sync-interval = 500ms
            maitred.discovery.introduce-interval = 200ms
            """);
    var kit = ActorTestKit.create("discovery", config.withFallback(ConfigFactory.load()));
    var settings = DiscoverySettings.from(kit.system().settings().config());
    var self =
        new Router(new RouterId("router-" + number), "default", "http://127.0.0.1:" + number);
    var scheduler = new FakeScheduler();
    var started = new CompletableFuture<Node>();
    var cluster = Cluster.get(kit.system());
    var seed = nodes.isEmpty() ? cluster : nodes.get(0).cluster();
    cluster.manager().tell(Join.create(seed.selfMember().address()));
    kit.spawn(
        Behaviors.setup(
            context -> {
              var directory = ServiceDirectory.start(context, "default", settings);
              var routers = RouterDirectory.start(context, self, settings);
              ActorRef<SchedulerSync.Command> sync =
                  SchedulerSync.init(
                      context.getSystem(),
                      self.id(),
                      "default",
                      () -> scheduler,
                      new Ignoring(),
                      directory,
                      settings);
              var orders = new SchedulerOrders(context.getSystem(), sync, settings);
              started.complete(new Node(kit, self, scheduler, directory, routers, orders));
              return Behaviors.empty();
            }));
    var node = started.join();
    probe(node)
        .awaitAssert(
            PATIENCE,
            () -> {
              assertEquals(MemberStatus.up(), cluster.selfMember().status());
              return null;
            });
    return node;
  }

  private static void awaitAll(List<Node> nodes) {
    for (var node : nodes) {
      awaitTrue(
          node,
          () ->
              StreamSupport.stream(node.cluster().state().getMembers().spliterator(), false)
                      .filter(m -> m.status() == MemberStatus.up())
                      .count()
                  == nodes.size());
    }
  }

  private static void awaitView(Node node, ServiceId id, int requested) {
    awaitTrue(
        node,
        () ->
            node.directory()
                .snapshot()
                .find(id)
                .map(ServiceView::requested)
                .equals(Optional.of(requested)));
  }

  private void awaitRouters(Node node) {
    var all = nodes.stream().map(Node::self).toList();
    awaitTrue(node, () -> node.routers().all().equals(all) && node.routers().local().equals(all));
  }

  private static void awaitLeader(List<Node> nodes, RouterId leader) {
    for (var node : nodes) {
      awaitTrue(node, () -> leader.equals(node.directory().snapshot().leader()));
    }
  }

  private static void awaitTrue(Node node, java.util.concurrent.Callable<Boolean> condition) {
    probe(node)
        .awaitAssert(
            PATIENCE,
            () -> {
              assertTrue(condition.call());
              return null;
            });
  }

  private static TestProbe<Object> probe(Node node) {
    return TestProbe.create(node.kit().system());
  }

  private static boolean get(java.util.concurrent.CompletionStage<Boolean> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static final class Ignoring implements ViewListener {
    @Override
    public void changed(ServiceView view) {}

    @Override
    public void gone(ServiceId id, ServiceView.Version version) {}
  }
}
