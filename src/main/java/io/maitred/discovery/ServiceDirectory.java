package io.maitred.discovery;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.receptionist.ServiceKey;
import io.maitred.common.CborSerializable;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.discovery.model.ServiceView.Version;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of all services of its data center. Reading is a volatile read; {@link
 * DirectoryKeeper} is the actor that keeps it up to date with what {@link SchedulerSync} sends.
 */
public final class ServiceDirectory {
  /** How long an answer may be under way beyond the time that the asked one has. */
  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(1);

  /** Messages of the actor behind the directory. */
  public sealed interface Command {}

  /** A service is new, has changed, or is repeated. */
  public record Changed(ServiceView view) implements Command, CborSerializable {}

  /** A service is no longer known to the scheduler. */
  public record Gone(ServiceId id, Version version) implements Command, CborSerializable {}

  /**
   * Exactly these services exist among all ids greater than {@code after} (null: from the first)
   * and up to {@code upTo} (null: to the last). Large lists come in several such ranges.
   *
   * @param version the sync's last one
   * @param leader the router of the node that hosts the sync
   * @param sync who says so, to be told when somebody newer was heard before
   */
  public record Known(
      Version version,
      @Nullable ServiceId after,
      @Nullable ServiceId upTo,
      List<ServiceId> ids,
      RouterId leader,
      ActorRef<SchedulerSync.Command> sync)
      implements Command, CborSerializable {
    public Known {
      ids = List.copyOf(ids);
    }

    boolean covers(ServiceId id) {
      return (after == null || id.compareTo(after) > 0)
          && (upTo == null || id.compareTo(upTo) <= 0);
    }
  }

  /**
   * Asks to be told when this router has reached the goal, or could not within the time-out; zero
   * asks for the answer at once.
   */
  public record AwaitGoal(ServiceId id, Goal goal, Duration timeout, ActorRef<GoalAnswer> replyTo)
      implements Command, CborSerializable {}

  /** Answer to {@link AwaitGoal}. */
  public record GoalAnswer(boolean reached) implements CborSerializable {}

  /** Somebody on this node waits for a condition. */
  record AwaitHere(
      ServiceId id,
      Predicate<Optional<ServiceView>> condition,
      Duration timeout,
      CompletableFuture<Boolean> result)
      implements Command {}

  /** A listener is to be told what exists and what changes. */
  record AddListener(Listener listener) implements Command {}

  /** The directories of the data center, this one included, have changed. */
  record Peers(Set<ActorRef<Command>> directories) implements Command {}

  /** A waiter's time is up. */
  record WaiterExpired(ServiceId id, long waiter) implements Command {}

  record Listener(Consumer<ServiceView> changed, Consumer<ServiceId> gone) {}

  /**
   * All services at one moment. Immutable.
   *
   * @param version the newest version heard of
   * @param leader the router whose node hosts the scheduler's sync; null until something was heard
   * @param updates counts the changes of this directory
   */
  public record Snapshot(
      Map<ServiceId, ServiceView> views, Version version, @Nullable RouterId leader, long updates) {
    static final Snapshot EMPTY = new Snapshot(Map.of(), new Version(0, 0), null, 0);

    public Snapshot {
      views = Collections.unmodifiableMap(new HashMap<>(views));
    }

    public Optional<ServiceView> find(ServiceId id) {
      return Optional.ofNullable(views.get(id));
    }

    /** All services, sorted by id. */
    public List<ServiceId> ids() {
      return views.keySet().stream().sorted().toList();
    }

    /** Whether the sync has told this node what exists; before that nothing is known. */
    public boolean heard() {
      return leader != null;
    }
  }

  /** Where the keeper puts what it knows, for readers on any thread. */
  static final class Published {
    volatile Snapshot snapshot = Snapshot.EMPTY;
    volatile Set<ActorRef<Command>> peers = Set.of();
    final List<Listener> listeners = new CopyOnWriteArrayList<>();
  }

  private final Published published;
  private final ActorRef<Command> keeper;
  private final Scheduler scheduler;

  private ServiceDirectory(Published published, ActorRef<Command> keeper, Scheduler scheduler) {
    this.published = published;
    this.keeper = keeper;
    this.scheduler = scheduler;
  }

  /**
   * Starts this node's directory, once per node, as a child of the caller.
   *
   * @param dataCenter the node's data center
   */
  public static ServiceDirectory start(
      ActorContext<?> context, String dataCenter, DiscoverySettings settings) {
    var published = new Published();
    var keeper =
        context.spawn(DirectoryKeeper.create(published, dataCenter, settings), "service-directory");
    return new ServiceDirectory(published, keeper, context.getSystem().scheduler());
  }

  /** Under this key all directories of a data center are found. */
  static ServiceKey<Command> key(String dataCenter) {
    return ServiceKey.create(Command.class, "service-directory-" + dataCenter);
  }

  /** What is known now. */
  public Snapshot snapshot() {
    return published.snapshot;
  }

  /**
   * Adds a listener, which is told all that exists first, then every change. It is called on the
   * directory's thread, one call at a time, and must not block or throw.
   */
  public void listen(Consumer<ServiceView> changed, Consumer<ServiceId> gone) {
    keeper.tell(new AddListener(new Listener(changed, gone)));
  }

  /**
   * Waits until this router's view of a service (empty when it is not listed) meets a condition.
   *
   * @return true when it did; false when the time is up, or too many wait already
   */
  public CompletionStage<Boolean> await(
      ServiceId id, Predicate<Optional<ServiceView>> condition, Duration timeout) {
    if (condition.test(snapshot().find(id))) {
      return CompletableFuture.completedFuture(true);
    }
    if (timeout.isZero() || timeout.isNegative()) {
      return CompletableFuture.completedFuture(false);
    }
    var result = new CompletableFuture<Boolean>();
    keeper.tell(new AwaitHere(id, condition, timeout, result));
    // Only the node's shutdown takes the keeper away: then nobody else would end the wait.
    return result.completeOnTimeout(
        false, timeout.plus(ANSWER_MARGIN).toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Whether every router of the data center reaches the goal within the time-out. A router that
   * does not answer has not reached it.
   *
   * @param timeout zero asks for the state of now
   */
  public CompletionStage<Boolean> routersReach(ServiceId id, Goal goal, Duration timeout) {
    CompletionStage<Boolean> all = await(id, goal::reached, timeout);
    for (var peer : published.peers) {
      if (!peer.equals(keeper)) {
        all = all.thenCombine(askGoal(peer, id, goal, timeout), Boolean::logicalAnd);
      }
    }
    return all;
  }

  private CompletionStage<Boolean> askGoal(
      ActorRef<Command> peer, ServiceId id, Goal goal, Duration timeout) {
    return AskPattern.<Command, GoalAnswer>ask(
            peer,
            replyTo -> new AwaitGoal(id, goal, timeout, replyTo),
            timeout.plus(ANSWER_MARGIN),
            scheduler)
        .handle((answer, failure) -> failure == null && answer.reached());
  }
}
