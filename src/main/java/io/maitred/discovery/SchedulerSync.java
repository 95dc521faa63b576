package io.maitred.discovery;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import io.maitred.common.CborSerializable;
import io.maitred.common.InstanceId;
import io.maitred.common.RefusedException;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.Scheduler.LogEntry;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows what the scheduler runs, and gives it orders: one per data center. It owns the scheduler's
 * adapter from start to stop, and pushes every change at once, and everything every sync interval,
 * to the {@link ServiceDirectory} of each node and to the {@link ViewListener}.
 */
public final class SchedulerSync extends AbstractBehavior<SchedulerSync.Command> {

  /** Messages of the sync. */
  public sealed interface Command {}

  /** Starts a service unless it exists. Answered when the scheduler answered, as all orders are. */
  public record Create(ServiceSpec spec, ActorRef<Result> replyTo)
      implements Command, CborSerializable {}

  /** {@link Scheduler#scale}. */
  public record Scale(ServiceId id, int target, boolean force, ActorRef<Result> replyTo)
      implements Command, CborSerializable {}

  /** {@link Scheduler#kill}. */
  public record Kill(ServiceId id, InstanceId instance, ActorRef<Result> replyTo)
      implements Command, CborSerializable {}

  /** {@link Scheduler#delete}; when it succeeded every directory is told at once. */
  public record Delete(ServiceId id, ActorRef<Result> replyTo)
      implements Command, CborSerializable {}

  /** {@link Scheduler#signal}. */
  public record Signal(
      ServiceId id,
      InstanceId instance,
      Scheduler.Signal signal,
      @Nullable Duration timeout,
      ActorRef<Result> replyTo)
      implements Command, CborSerializable {}

  /** {@link Scheduler#logs}. */
  public record Logs(ServiceId id, InstanceId instance, String path, ActorRef<LogsAnswer> replyTo)
      implements Command, CborSerializable {}

  /**
   * Answer to {@link Logs}.
   *
   * @param entries empty unless the result is a success
   */
  public record LogsAnswer(Result result, List<LogEntry> entries) implements CborSerializable {
    public LogsAnswer {
      entries = List.copyOf(entries);
    }
  }

  /** A directory has heard a later sync than this one claims to be. */
  public record Outdated(long incarnation) implements Command, CborSerializable {}

  private record Initial(long start, List<ServiceReport> reports) implements Command {}

  private record Reported(long start, ServiceReport report) implements Command {}

  private record Vanished(long start, ServiceId id) implements Command {}

  private record Directories(Set<ActorRef<ServiceDirectory.Command>> refs) implements Command {}

  private record Done(Runnable effect) implements Command {}

  private enum SyncDue implements Command {
    INSTANCE
  }

  private static final Result BUSY = new Result(503, "Too many orders to the scheduler");

  private final long start;
  private final Scheduler scheduler;
  private final DiscoverySettings settings;
  private final SyncedViews views;
  private final ViewPublisher publisher;
  private final Map<ServiceId, List<ActorRef<Result>>> creating = new HashMap<>();
  private final Map<ServiceId, List<Create>> deleting = new HashMap<>();
  private boolean initialized;
  private int pending;

  /**
   * Starts the singleton of this data center, or joins it; to be called on every node.
   *
   * @param self the router of this node
   * @param dataCenter this node's data center
   * @param adapter makes the scheduler's adapter when the singleton starts on this node; must not
   *     block
   * @param directory this node's directory
   * @return a proxy that reaches the singleton wherever it is
   */
  public static ActorRef<Command> init(
      ActorSystem<?> system,
      RouterId self,
      String dataCenter,
      Supplier<Scheduler> adapter,
      ViewListener listener,
      ServiceDirectory directory,
      DiscoverySettings settings) {
    Behavior<Command> sync =
        Behaviors.setup(
            context ->
                create(
                    self,
                    dataCenter,
                    adapter,
                    listener,
                    directory.snapshot().version().incarnation(),
                    InstantSource.system(),
                    settings));
    var supervised =
        Behaviors.supervise(sync)
            .onFailure(
                SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(10), 0.1));
    return ClusterSingleton.get(system).init(SingletonActor.of(supervised, "scheduler-sync"));
  }

  /**
   * @param heard the highest incarnation of a sync that this node has heard of, 0 if none
   */
  static Behavior<Command> create(
      RouterId self,
      String dataCenter,
      Supplier<Scheduler> adapter,
      ViewListener listener,
      long heard,
      InstantSource clock,
      DiscoverySettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(SyncDue.INSTANCE, settings.syncInterval());
                  var key = ServiceDirectory.key(dataCenter);
                  var listing =
                      context.messageAdapter(
                          Receptionist.Listing.class,
                          l -> new Directories(l.getAllServiceInstances(key)));
                  var receptionist = context.getSystem().receptionist();
                  receptionist.tell(Receptionist.subscribe(key, listing));
                  var start = Math.max(clock.millis(), heard + 1);
                  var publisher =
                      new ViewPublisher(
                          self, context.getSelf(), listener, settings.idsPerMessage());
                  return new SchedulerSync(context, start, adapter.get(), publisher, settings);
                }));
  }

  private SchedulerSync(
      ActorContext<Command> context,
      long start,
      Scheduler scheduler,
      ViewPublisher publisher,
      DiscoverySettings settings) {
    super(context);
    this.start = start;
    this.scheduler = scheduler;
    this.settings = settings;
    this.publisher = publisher;
    this.views = new SyncedViews(start, settings);
    scheduler.watch(watcher(start, context.getSelf()));
    context.getLog().info("Watching the {} scheduler, incarnation {}", scheduler.kind(), start);
  }

  /** Reports carry the start, since those of a closed adapter may still come after a restart. */
  private static Scheduler.Watcher watcher(long start, ActorRef<Command> self) {
    return new Scheduler.Watcher() {
      @Override
      public void initial(List<ServiceReport> reports) {
        self.tell(new Initial(start, List.copyOf(reports)));
      }

      @Override
      public void changed(ServiceReport report) {
        self.tell(new Reported(start, report));
      }

      @Override
      public void gone(ServiceId id) {
        self.tell(new Vanished(start, id));
      }
    };
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Create.class, this::onCreate)
        .onMessage(Scale.class, this::onScale)
        .onMessage(Kill.class, this::onKill)
        .onMessage(Delete.class, this::onDelete)
        .onMessage(Signal.class, this::onSignal)
        .onMessage(Logs.class, this::onLogs)
        .onMessage(Outdated.class, this::onOutdated)
        .onMessage(Initial.class, this::onInitial)
        .onMessage(Reported.class, this::onReported)
        .onMessage(Vanished.class, this::onVanished)
        .onMessage(Directories.class, this::onDirectories)
        .onMessage(Done.class, this::onDone)
        .onMessageEquals(SyncDue.INSTANCE, this::onSyncDue)
        .onSignal(PreRestart.class, signal -> onEnd())
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<Command> onCreate(Create order) {
    var id = order.spec().id();
    var heldBack = deleting.get(id);
    var others = creating.get(id);
    if (heldBack != null) {
      if (admit(order.replyTo())) {
        heldBack.add(order);
      }
    } else if (others != null) {
      if (admit(order.replyTo())) {
        others.add(order.replyTo());
      }
    } else if (views.exists(id)) {
      order.replyTo().tell(new Result(200, "Service exists"));
    } else if (admit(order.replyTo())) {
      create(order.spec(), order.replyTo());
    }
    return this;
  }

  private void create(ServiceSpec spec, ActorRef<Result> replyTo) {
    var waiting = new ArrayList<ActorRef<Result>>();
    waiting.add(replyTo);
    creating.put(spec.id(), waiting);
    perform(
        scheduler.create(spec),
        result -> {
          creating.remove(spec.id());
          pending -= waiting.size();
          waiting.forEach(ref -> ref.tell(result));
        });
  }

  private Behavior<Command> onScale(Scale order) {
    if (admit(order.replyTo())) {
      perform(
          scheduler.scale(order.id(), order.target(), order.force()),
          result -> answer(order.replyTo(), result));
    }
    return this;
  }

  private Behavior<Command> onKill(Kill order) {
    if (admit(order.replyTo())) {
      views.killing(order.id(), order.instance());
      perform(
          scheduler.kill(order.id(), order.instance()),
          result -> {
            killed(order.id(), order.instance(), result);
            answer(order.replyTo(), result);
          });
    }
    return this;
  }

  private Behavior<Command> onDelete(Delete order) {
    if (admit(order.replyTo())) {
      deleting.putIfAbsent(order.id(), new ArrayList<>());
      perform(
          scheduler.delete(order.id()),
          result -> {
            if (result.success() || result.status() == 404) {
              gone(order.id());
            }
            answer(order.replyTo(), result);
            createAfterDelete(order.id());
          });
    }
    return this;
  }

  /** Creates that came while the service was being deleted: one is done, the rest joins it. */
  private void createAfterDelete(ServiceId id) {
    var heldBack = deleting.remove(id);
    if (heldBack != null) {
      pending -= heldBack.size();
      heldBack.forEach(this::onCreate);
    }
  }

  private Behavior<Command> onSignal(Signal order) {
    if (admit(order.replyTo())) {
      boolean kills = order.signal() != Scheduler.Signal.EXPIRE;
      if (kills) {
        views.killing(order.id(), order.instance());
      }
      perform(
          scheduler.signal(order.id(), order.instance(), order.signal(), order.timeout()),
          result -> {
            if (kills) {
              killed(order.id(), order.instance(), result);
            }
            answer(order.replyTo(), result);
          });
    }
    return this;
  }

  private Behavior<Command> onLogs(Logs order) {
    if (pending >= settings.maxPendingOrders()) {
      order.replyTo().tell(new LogsAnswer(BUSY, List.of()));
      return this;
    }
    pending++;
    getContext()
        .pipeToSelf(
            scheduler.logs(order.id(), order.instance(), order.path()),
            (entries, failure) ->
                new Done(
                    () -> {
                      pending--;
                      order
                          .replyTo()
                          .tell(
                              failure == null
                                  ? new LogsAnswer(new Result(200, ""), entries)
                                  : new LogsAnswer(failed(failure), List.of()));
                    }));
    return this;
  }

  private Behavior<Command> onOutdated(Outdated message) {
    if (message.incarnation() >= views.incarnation()) {
      views.restart(message.incarnation() + 1);
      publishAll();
    }
    return this;
  }

  private Behavior<Command> onInitial(Initial message) {
    if (message.start() == start) {
      message.reports().forEach(views::reported);
      initialized = true;
      publishAll();
    }
    return this;
  }

  private Behavior<Command> onReported(Reported message) {
    if (message.start() == start) {
      views.reported(message.report()).ifPresent(publisher::changed);
    }
    return this;
  }

  private Behavior<Command> onVanished(Vanished message) {
    if (message.start() == start) {
      gone(message.id());
    }
    return this;
  }

  private Behavior<Command> onDirectories(Directories message) {
    var added = publisher.directories(message.refs());
    if (initialized) {
      publisher.everything(added, views.all(), views.version());
    }
    return this;
  }

  private Behavior<Command> onDone(Done message) {
    message.effect().run();
    return this;
  }

  private Behavior<Command> onSyncDue() {
    views.checked();
    if (initialized) {
      publishAll();
      publisher.repeatGone(views::exists);
    }
    return this;
  }

  private Behavior<Command> onEnd() {
    scheduler.close();
    return this;
  }

  private void publishAll() {
    publisher.everywhere(views.all(), views.version());
  }

  private void killed(ServiceId id, InstanceId instance, Result result) {
    if (result.success()) {
      views.killed(id, instance).ifPresent(publisher::changed);
    }
  }

  private void gone(ServiceId id) {
    if (views.exists(id)) {
      publisher.gone(id, views.remove(id));
    }
  }

  /** Whether one more order may be under way; if not, it is answered here. */
  private boolean admit(ActorRef<Result> replyTo) {
    if (pending >= settings.maxPendingOrders()) {
      replyTo.tell(BUSY);
      return false;
    }
    pending++;
    return true;
  }

  private void answer(ActorRef<Result> replyTo, Result result) {
    pending--;
    replyTo.tell(result);
  }

  private void perform(CompletionStage<Result> order, Consumer<Result> then) {
    getContext()
        .pipeToSelf(
            order,
            (result, failure) ->
                new Done(() -> then.accept(failure == null ? result : failed(failure))));
  }

  private Result failed(Throwable failure) {
    var cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof RefusedException refused) {
      return new Result(refused.refusal().status(), refused.refusal().message());
    }
    getContext().getLog().warn("The scheduler failed to carry out an order", cause);
    return new Result(500, "The scheduler failed: " + cause.getMessage());
  }
}
