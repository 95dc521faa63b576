package io.maitred.autoscaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import io.maitred.autoscaler.model.Removal;
import io.maitred.autoscaler.model.Scaling;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.Instances;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler.Result;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The scaler as a sharded entity: a view starts it, the service's end ends it. */
class ServiceScalerShardingIT {
  private static final ServiceId A = new ServiceId("waiter-service-a");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ActorTestKit testKit =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  """
                  akka.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                  akka.cluster.jmx.multi-mbeans-in-same-jvm = on
                  """)
              .withFallback(ConfigFactory.load()));

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void entity_isStartedByAView_andEndsWithTheService() {
    var system = testKit.system();
    var cluster = Cluster.get(system);
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    var forgotten = testKit.<String>createTestProbe();
    ServiceScaler.init(
        system, AutoscalerSettings.from(system.settings().config()), ports(forgotten));
    var entity = ClusterSharding.get(system).entityRefFor(ServiceScaler.TYPE_KEY, A.value());
    TestProbe<ScalerState> states = testKit.createTestProbe();

    entity.tell(new ServiceScaler.Viewed(Instances.view(1, A, 4, List.of())));
    entity.tell(new ServiceScaler.GetState(states.ref()));
    assertEquals(4, states.receiveMessage(PATIENCE).instances());

    entity.tell(new ServiceScaler.Gone(A, new ServiceView.Version(1, 2)));
    forgotten.expectMessage(PATIENCE, "forget");
    states.awaitAssert(
        PATIENCE,
        () -> {
          entity.tell(new ServiceScaler.GetState(states.ref()));
          var fresh = states.receiveMessage();
          assertEquals(0, fresh.instances());
          assertNull(fresh.cycle());
          return null;
        });
  }

  private static ScalerPorts ports(TestProbe<String> forgotten) {
    return new ScalerPorts(
        id -> Optional.empty(),
        id -> Optional.empty(),
        new NoReservations(),
        new NoOrders(),
        new RemovalMemory() {
          @Override
          public CompletionStage<Optional<Removal>> load(ServiceId id) {
            return CompletableFuture.completedFuture(Optional.empty());
          }

          @Override
          public CompletionStage<Done> store(ServiceId id, Removal removal) {
            return CompletableFuture.completedFuture(Done.getInstance());
          }

          @Override
          public CompletionStage<Done> forget(ServiceId id) {
            forgotten.ref().tell("forget");
            return CompletableFuture.completedFuture(Done.getInstance());
          }
        },
        InstantSource.system());
  }

  private static final class NoReservations implements ScalerPorts.Reservations {
    @Override
    public CompletionStage<Demand> demand(ServiceId id) {
      return CompletableFuture.failedFuture(new IllegalStateException("not known"));
    }

    @Override
    public CompletionStage<Optional<InstanceId>> prepareKill(ServiceId id, Set<InstanceId> tried) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void killEnded(ServiceId id, InstanceId instance, boolean killed) {}

    @Override
    public void scaling(ServiceId id, Scaling scaling) {}
  }

  private static final class NoOrders implements ScalerPorts.Orders {
    private static final Result REFUSED = new Result(400, "no");

    @Override
    public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
      return CompletableFuture.completedFuture(REFUSED);
    }

    @Override
    public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
      return CompletableFuture.completedFuture(REFUSED);
    }

    @Override
    public CompletionStage<Result> delete(ServiceId id) {
      return CompletableFuture.completedFuture(REFUSED);
    }
  }
}
