package io.maitred.node;

import akka.Done;
import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.JoinSeedNodes;
import akka.management.javadsl.AkkaManagement;
import akka.remote.RemoteTransportException;
import com.typesafe.config.Config;
import io.maitred.common.InvalidSettingException;
import io.maitred.http.HttpSettings;
import io.maitred.http.ServerSettingsFactory;
import io.maitred.store.Database;
import io.maitred.store.DatabaseSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node of a cluster: starts the parts in order, and stops the process with one line
 * when a part cannot start.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** More than the phases of coordinated shutdown take together. */
  private static final int SHUTDOWN_MINUTES = 4;

  private Node() {}

  /**
   * Starts a node; returns when its actor system is up, the rest follows by itself.
   *
   * @throws InvalidSettingException for a wrong setting or a taken port of the cluster's protocol
   */
  public static ActorSystem<Void> start(Config config) {
    long began = System.nanoTime();
    var settings = NodeSettings.from(config);
    requireFreePorts(settings, HttpSettings.from(config));
    var storage = DatabaseSettings.from(config);
    var database = Database.open(storage);
    var all = settings.akka().withFallback(storage.overlay()).withFallback(config);
    var wired = new CompletableFuture<Wiring>();
    var system = actorSystem(settings, all, guardian(settings, all, database, wired));
    closeLast(system, database);
    wired
        .minimalCompletionStage()
        .thenCompose(
            parts ->
                management(system, settings)
                    .thenCompose(done -> joined(system, settings))
                    .thenCompose(done -> parts.store.loaded())
                    .thenCompose(done -> parts.rooms.ready())
                    .thenCompose(done -> parts.frontEnd().bind(ServerSettingsFactory.create(all)))
                    .thenAccept(binding -> ready(system, parts, began)))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                stopWith(failure);
              }
            });
    return system;
  }

  private static void requireFreePorts(NodeSettings node, HttpSettings http) {
    PortCheck.requireFree("maitred.http.port", http.host(), http.port(), "MAITRED_PORT");
    PortCheck.requireFree(
        "maitred.management.port",
        node.managementHost(),
        node.managementPort(),
        "MAITRED_MANAGEMENT_PORT");
    PortCheck.requireFree(
        "maitred.remoting.port", node.host(), node.remotingPort(), "MAITRED_REMOTING_PORT");
  }

  private static Behavior<Void> guardian(
      NodeSettings settings, Config config, Database database, CompletableFuture<Wiring> wired) {
    return Behaviors.setup(
        context -> {
          try {
            wired.complete(new Wiring(context, config, settings, database));
          } catch (RuntimeException | LinkageError e) {
            wired.completeExceptionally(e);
          }
          return Behaviors.empty();
        });
  }

  private static ActorSystem<Void> actorSystem(
      NodeSettings settings, Config config, Behavior<Void> guardian) {
    try {
      return ActorSystem.create(guardian, settings.clusterName(), config);
    } catch (RemoteTransportException e) {
      throw new InvalidSettingException(
          "maitred.remoting.port",
          settings.remotingPort(),
          "a port that is free at " + settings.host() + "; set MAITRED_REMOTING_PORT");
    }
  }

  private static CompletionStage<?> management(ActorSystem<?> system, NodeSettings settings) {
    return AkkaManagement.get(system)
        .start()
        .exceptionally(
            failure -> {
              LOG.debug("Management could not be bound", failure);
              throw new InvalidSettingException(
                  "maitred.management.port",
                  settings.managementPort(),
                  "a port that is free at "
                      + settings.managementHost()
                      + "; set MAITRED_MANAGEMENT_PORT");
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

  /**
   * The database outlives everything that writes to it, also in a node that stops before it is
   * ready. A hook, since the process may end as soon as the actor system has; it waits no longer
   * than an orderly shutdown can take.
   */
  private static void closeLast(ActorSystem<?> system, Database database) {
    Runnable close =
        () -> {
          system
              .getWhenTerminated()
              .toCompletableFuture()
              .completeOnTimeout(Done.getInstance(), SHUTDOWN_MINUTES, TimeUnit.MINUTES)
              .join();
          database.close();
        };
    Runtime.getRuntime().addShutdownHook(new Thread(close, "maitred-database"));
  }

  private static void ready(ActorSystem<?> system, Wiring parts, long began) {
    var flag = ReadyFlag.get(system.classicSystem());
    var shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
        "not-ready",
        () -> {
          flag.set(false);
          return CompletableFuture.completedStage(Done.getInstance());
        });
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
        "close-connections",
        () ->
            parts
                .forwarder
                .close()
                .thenApply(
                    done -> {
                      parts.fence.close();
                      return Done.getInstance();
                    }));
    flag.set(true);
    LOG.info(
        "Ready after {} ms: http://{}:{}, management http://{}:{}",
        (System.nanoTime() - began) / 1_000_000,
        parts.http.host(),
        parts.http.port(),
        parts.node.managementHost(),
        parts.node.managementPort());
    parts
        .rooms
        .startLines("http://" + parts.node.advertisedHost() + ":" + parts.http.port())
        .forEach(LOG::info);
  }

  private static void stopWith(Throwable failure) {
    var cause = root(failure);
    if (cause instanceof InvalidSettingException) {
      System.err.println("maitred: " + cause.getMessage());
    } else {
      // not through the log, whose last lines may not be written before the halt
      System.err.println("maitred: the node could not start");
      cause.printStackTrace();
    }
    // not System.exit: an orderly shutdown would wait for parts that never started
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
