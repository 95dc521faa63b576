package io.maitred.node;

import akka.actor.ActorSystem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Health check behind {@code /ready}: true from the moment when the node has joined, its sharding
 * is up, its tables are loaded and its front end is bound, until it begins to stop.
 */
public final class Readiness implements Supplier<CompletionStage<Boolean>> {
  private final ReadyFlag flag;

  /** Called by Akka Management by class name. */
  public Readiness(ActorSystem system) {
    this.flag = ReadyFlag.get(system);
  }

  @Override
  public CompletionStage<Boolean> get() {
    return CompletableFuture.completedFuture(flag.isReady());
  }
}
