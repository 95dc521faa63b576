package io.maitred.discovery;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.japi.function.Function;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.SchedulerSync.Command;
import io.maitred.discovery.SchedulerSync.LogsAnswer;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.ServiceSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Orders to the scheduler from any node. The stages never fail: an order that is not answered in
 * time has the result 503.
 */
public final class SchedulerOrders {
  private static final Result UNANSWERED = new Result(503, "The scheduler did not answer in time");

  private final ActorRef<Command> sync;
  private final akka.actor.typed.Scheduler timers;
  private final Duration timeout;

  /**
   * @param sync what {@link SchedulerSync#init} returned
   */
  public SchedulerOrders(
      ActorSystem<?> system, ActorRef<Command> sync, DiscoverySettings settings) {
    this.sync = sync;
    this.timers = system.scheduler();
    this.timeout = settings.orderTimeout();
  }

  /** {@link Scheduler#create}. */
  public CompletionStage<Result> create(ServiceSpec spec) {
    return order(replyTo -> new SchedulerSync.Create(spec, replyTo), timeout);
  }

  /** {@link Scheduler#scale}. */
  public CompletionStage<Result> scale(ServiceId id, int target, boolean force) {
    return order(replyTo -> new SchedulerSync.Scale(id, target, force, replyTo), timeout);
  }

  /** {@link Scheduler#kill}. */
  public CompletionStage<Result> kill(ServiceId id, InstanceId instance) {
    return order(replyTo -> new SchedulerSync.Kill(id, instance, replyTo), timeout);
  }

  /** {@link Scheduler#delete}. */
  public CompletionStage<Result> delete(ServiceId id) {
    return order(replyTo -> new SchedulerSync.Delete(id, replyTo), timeout);
  }

  /** {@link Scheduler#signal}; waits that much longer for the answer. */
  public CompletionStage<Result> signal(
      ServiceId id, InstanceId instance, Scheduler.Signal signal, @Nullable Duration patience) {
    return order(
        replyTo -> new SchedulerSync.Signal(id, instance, signal, patience, replyTo),
        patience == null ? timeout : timeout.plus(patience));
  }

  /** {@link Scheduler#logs}. */
  public CompletionStage<LogsAnswer> logs(ServiceId id, InstanceId instance, String path) {
    return AskPattern.<Command, LogsAnswer>ask(
            sync, replyTo -> new SchedulerSync.Logs(id, instance, path, replyTo), timeout, timers)
        .exceptionally(failure -> new LogsAnswer(UNANSWERED, List.of()));
  }

  private CompletionStage<Result> order(
      Function<ActorRef<Result>, Command> message, Duration patience) {
    return AskPattern.ask(sync, message, patience, timers).exceptionally(failure -> UNANSWERED);
  }
}
