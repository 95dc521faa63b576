package io.maitred.store;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** One node of a cluster in this process, with a database, as far as documents need one. */
public final class DatabaseNode implements AutoCloseable {
  private static final Config BASE =
      ConfigFactory.parseString(
              """
              akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
              akka.cluster.jmx.multi-mbeans-in-same-jvm = on
              akka.cluster.sharding.passivation.strategy = none
              akka.cluster.downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
              akka.coordinated-shutdown.run-by-actor-system-terminate = off
              akka.cluster.run-coordinated-shutdown-when-down = off
              akka.log-dead-letters = off
              maitred.service-store.poll-interval = 200ms
              maitred.waiting-room.store.poll-interval = 200ms
              """)
          .withFallback(ConfigFactory.load());

  private final ActorTestKit kit;
  private final Database database;
  private final Config config;

  private DatabaseNode(ActorTestKit kit, Database database, Config config) {
    this.kit = kit;
    this.database = database;
    this.config = config;
  }

  /** Starts a node; it forms a cluster of its own until it joins. */
  public static DatabaseNode start(Map<String, Object> settings) {
    var config = ConfigFactory.parseMap(settings).withFallback(BASE).resolve();
    var databaseSettings = DatabaseSettings.from(config);
    var database = Database.open(databaseSettings);
    var kit = ActorTestKit.create("store", databaseSettings.overlay().withFallback(config));
    return new DatabaseNode(kit, database, config);
  }

  public ActorTestKit kit() {
    return kit;
  }

  public Database database() {
    return database;
  }

  public Config config() {
    return config;
  }

  public ActorSystem<?> system() {
    return kit.system();
  }

  public void join(DatabaseNode first) {
    var cluster = Cluster.get(system());
    cluster.manager().tell(Join.create(Cluster.get(first.system()).selfMember().address()));
  }

  /** Waits until this node sees so many members that are up. */
  public void awaitUp(int members) {
    kit.createTestProbe()
        .awaitAssert(
            java.time.Duration.ofSeconds(30),
            () -> {
              long up = 0;
              for (var member : Cluster.get(system()).state().getMembers()) {
                up += member.status().equals(MemberStatus.up()) ? 1 : 0;
              }
              Assertions.assertEquals(members, up);
              return null;
            });
  }

  /** Waits until the assertion holds on this node. */
  public void eventually(Runnable assertion) {
    kit.createTestProbe()
        .awaitAssert(
            java.time.Duration.ofSeconds(20),
            () -> {
              assertion.run();
              return null;
            });
  }

  public static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(40, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
    database.close();
  }
}
