package io.maitred.store;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import akka.japi.function.Function;
import io.maitred.common.Refusal;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * The entities that write documents, in the home data center, and how any node asks them. When the
 * database or the home data center is away, stages fail with a {@link
 * io.maitred.common.RefusedException} of status 503 after the time-outs of the settings.
 */
public final class HomeEntities {
  private final ClusterSharding sharding;
  private final StoreSettings settings;
  private final String home;
  private final boolean atHome;

  public HomeEntities(ActorSystem<?> system, StoreSettings settings) {
    var own = Cluster.get(system).selfMember().dataCenter();
    this.sharding = ClusterSharding.get(system);
    this.settings = settings;
    this.home = settings.homeDataCenter().orElse(own);
    this.atHome = home.equals(own);
  }

  /** Whether this node belongs to the home data center. */
  public boolean atHome() {
    return atHome;
  }

  /** Starts the sharding of one kind of entity. */
  public <C> void init(Entity<C, ?> entity) {
    sharding.init(entity.withDataCenter(home));
  }

  /** Repeats the same message until it is answered or the time for a write is over. */
  public <C, R> CompletionStage<R> ask(
      EntityTypeKey<C> type, String entityId, Function<ActorRef<R>, C> message) {
    long deadline = System.nanoTime() + settings.writeTimeout().toNanos();
    return refuseOnTimeout(attempt(entity(type, entityId), message, deadline));
  }

  /** Asks once. */
  public <C, R> CompletionStage<R> askOnce(
      EntityTypeKey<C> type, String entityId, Function<ActorRef<R>, C> message, Duration timeout) {
    return refuseOnTimeout(entity(type, entityId).ask(message, timeout));
  }

  /** The answer to a change that may have been made, or not. */
  public Refusal unavailable() {
    return Refusal.of(
        503,
        atHome
            ? "The database is not available; the change was not confirmed."
            : "The home data center " + home + " is not available; the change was not confirmed.");
  }

  private <C> EntityRef<C> entity(EntityTypeKey<C> type, String entityId) {
    return sharding.entityRefFor(type, entityId, home);
  }

  private <C, R> CompletionStage<R> attempt(
      EntityRef<C> entity, Function<ActorRef<R>, C> message, long deadline) {
    var left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    var wait = left.compareTo(settings.attemptTimeout()) < 0 ? left : settings.attemptTimeout();
    return entity
        .ask(message, wait)
        .exceptionallyCompose(
            failure ->
                unwrapped(failure) instanceof TimeoutException && System.nanoTime() < deadline
                    ? attempt(entity, message, deadline)
                    : CompletableFuture.failedFuture(failure));
  }

  private <R> CompletionStage<R> refuseOnTimeout(CompletionStage<R> answer) {
    return answer.exceptionallyCompose(
        failure ->
            CompletableFuture.failedFuture(
                unwrapped(failure) instanceof TimeoutException
                    ? unavailable().asException()
                    : unwrapped(failure)));
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? Objects.requireNonNull(failure.getCause())
        : failure;
  }
}
