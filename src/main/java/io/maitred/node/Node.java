package io.maitred.node;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.SpawnProtocol;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;
import akka.management.javadsl.AkkaManagement;
import akka.remote.RemoteTransportException;
import com.typesafe.config.Config;
import io.maitred.common.InvalidSettingException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node of a cluster: starts the parts in order, and stops the process with one line
 * when a part cannot start.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private Node() {}

  /**
   * Starts a node; returns when its actor system is up, the rest follows by itself.
   *
   * @throws InvalidSettingException for a wrong setting or a taken port of the cluster's protocol
   */
  public static ActorSystem<SpawnProtocol.Command> start(Config config) {
    long began = System.nanoTime();
    var settings = NodeSettings.from(config);
    var system = actorSystem(settings, config);
    management(system, settings)
        .thenCompose(done -> joined(system, settings))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                ReadyFlag.get(system.classicSystem()).set(true);
                LOG.info("Ready after {} ms", (System.nanoTime() - began) / 1_000_000);
              } else {
                stopWith(failure);
              }
            });
    return system;
  }

  private static ActorSystem<SpawnProtocol.Command> actorSystem(
      NodeSettings settings, Config config) {
    try {
      return ActorSystem.create(
          Behaviors.setup(context -> SpawnProtocol.create()),
          settings.clusterName(),
          settings.akka().withFallback(config));
    } catch (RemoteTransportException e) {
      throw new InvalidSettingException(
          "maitred.remoting.port", settings.remotingPort(), "a free port: " + e.getMessage());
    }
  }

  private static CompletionStage<?> management(ActorSystem<?> system, NodeSettings settings) {
    return AkkaManagement.get(system)
        .start()
        .exceptionally(
            failure -> {
              throw new InvalidSettingException(
                  "maitred.management.port",
                  settings.managementPort(),
                  "a free port: " + root(failure).getMessage());
            });
  }

  private static CompletionStage<Void> joined(ActorSystem<?> system, NodeSettings settings) {
    var cluster = Cluster.get(system);
    var up = new CompletableFuture<Void>();
    akka.cluster.Cluster.get(system).registerOnMemberUp(() -> up.complete(null));
    cluster.manager().tell(new JoinSeedNodes(seeds(cluster, settings)));
    return up;
  }

  private static List<Address> seeds(Cluster cluster, NodeSettings settings) {
    var self = cluster.selfMember().address();
    return settings.seedNodes().isEmpty()
        ? List.of(self)
        : settings.seedNodes().stream()
            .map(seed -> AddressFromURIString.parse("akka://" + self.system() + "@" + seed))
            .toList();
  }

  private static void stopWith(Throwable failure) {
    var cause = root(failure);
    if (cause instanceof InvalidSettingException) {
      System.err.println("maitred: " + cause.getMessage());
    } else {
      LOG.error("The node could not start", cause);
    }
    Runtime.getRuntime().halt(1);
  }

  private static Throwable root(Throwable failure) {
    var cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
