package io.maitred.autoscaler;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.maitred.autoscaler.model.ScaleAction;
import io.maitred.autoscaler.model.Scaling;
import io.maitred.autoscaler.model.ScalingFormula;
import io.maitred.autoscaler.model.ScalingFormula.Counts;
import io.maitred.autoscaler.model.ScalingFormula.Decision;
import io.maitred.autoscaler.model.ScalingParameters;
import io.maitred.common.CborSerializable;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.InstanceAge;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.service.model.FixedServices;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Gives one service as many instances as its requests need, replaces expired ones, and removes the
 * service when nobody uses it or it cannot start. The rules are in {@link ScalingFormula}, {@link
 * ScaleAction} and {@link ServiceRemoval}; killing is in {@link InstanceKiller}.
 *
 * <p>A sharded entity that views from discovery wake. It keeps nothing but what removal remembers.
 * While the demand is not fully known it never scales down and removes nothing.
 */
public final class ServiceScaler extends AbstractBehavior<ServiceScaler.Command> {

  /** Messages of the scaler. */
  public sealed interface Command {}

  /** What discovery knows; wakes the scaler. */
  public record Viewed(ServiceView view) implements Command, CborSerializable {}

  /** The service is gone: ends the scaler. */
  public record Gone(ServiceId id, ServiceView.Version version)
      implements Command, CborSerializable {}

  /** Asks for the state, for inspection. */
  public record GetState(ActorRef<ScalerState> replyTo) implements Command, CborSerializable {}

  private enum CycleDue implements Command {
    INSTANCE
  }

  /** Sharding's word to end. */
  enum Stop implements Command {
    INSTANCE
  }

  private record DemandCame(@Nullable Demand demand) implements Command {}

  private record Done(Runnable effect) implements Command {}

  public static final EntityTypeKey<Command> TYPE_KEY =
      EntityTypeKey.create(Command.class, "ServiceScaler");

  private final ServiceId id;
  private final AutoscalerSettings settings;
  private final ScalerPorts ports;
  private final Runnable passivate;
  private final Effects effects;
  private final InstanceKiller killer;
  private final ServiceRemoval removal;
  private @Nullable ServiceView view;
  private Instant viewedAt;
  private @Nullable Instant previousCycle;
  private @Nullable Double target;
  private @Nullable Decision decision;
  private Scaling scaling = Scaling.STABLE;
  private int outstanding;
  private int expiredHealthy;
  private int expiredUnhealthy;
  private boolean asking;
  private boolean ordering;

  /** Makes the entity known to sharding; to be called on every node. */
  public static void init(ActorSystem<?> system, AutoscalerSettings settings, ScalerPorts ports) {
    ClusterSharding.get(system)
        .init(
            Entity.of(
                    TYPE_KEY,
                    entity ->
                        Behaviors.setup(
                            context ->
                                create(
                                    new ServiceId(entity.getEntityId()),
                                    settings,
                                    ports,
                                    () ->
                                        entity
                                            .getShard()
                                            .tell(
                                                new ClusterSharding.Passivate<>(
                                                    context.getSelf())))))
                .withStopMessage(Stop.INSTANCE)
                .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
  }

  /**
   * @param passivate asks for {@link Stop}
   */
  static Behavior<Command> create(
      ServiceId id, AutoscalerSettings settings, ScalerPorts ports, Runnable passivate) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(CycleDue.INSTANCE, settings.interval());
                  return new ServiceScaler(context, id, settings, ports, passivate);
                }));
  }

  private ServiceScaler(
      ActorContext<Command> context,
      ServiceId id,
      AutoscalerSettings settings,
      ScalerPorts ports,
      Runnable passivate) {
    super(context);
    this.id = id;
    this.settings = settings;
    this.ports = ports;
    this.passivate = passivate;
    this.effects = new Effects(context);
    this.killer = new InstanceKiller(id, ports, settings.killInterval(), effects);
    this.removal = new ServiceRemoval(id, ports, settings, effects);
    this.viewedAt = ports.clock().instant();
    removal.load();
  }

  /** Brings the outcome of a stage back onto the scaler's thread. */
  static final class Effects {
    private final ActorContext<Command> context;

    private Effects(ActorContext<Command> context) {
      this.context = context;
    }

    /**
     * @param failed gets the reason if the stage fails
     */
    <T> void after(CompletionStage<T> stage, Consumer<T> done, Consumer<Throwable> failed) {
      context.pipeToSelf(
          stage,
          (value, failure) ->
              new Done(failure == null ? () -> done.accept(value) : () -> failed.accept(failure)));
    }

    /** The effect after a delay, which is lost when the scaler ends. */
    void later(Duration delay, Runnable effect) {
      context.scheduleOnce(delay, context.getSelf(), new Done(effect));
    }

    Logger log() {
      return context.getLog();
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Viewed.class, this::onViewed)
        .onMessage(Gone.class, this::onGone)
        .onMessage(GetState.class, this::onGetState)
        .onMessageEquals(CycleDue.INSTANCE, this::onCycleDue)
        .onMessage(DemandCame.class, this::onDemandCame)
        .onMessage(Done.class, this::onDone)
        .onMessageEquals(Stop.INSTANCE, Behaviors::stopped)
        .build();
  }

  private Behavior<Command> onViewed(Viewed message) {
    if (view == null || view.version().compareTo(message.view().version()) <= 0) {
      view = message.view();
      viewedAt = ports.clock().instant();
    }
    return this;
  }

  private Behavior<Command> onGone(Gone message) {
    if (view == null) {
      end();
    } else if (view.version().compareTo(message.version()) < 0) {
      removal.forget();
      end();
    }
    return this;
  }

  private Behavior<Command> onGetState(GetState message) {
    message
        .replyTo()
        .tell(
            new ScalerState(
                id,
                cycle(),
                removal.state(),
                view == null ? 0 : view.healthy().size(),
                view == null ? 0 : view.requested(),
                view == null ? 0 : view.scheduled()));
    return this;
  }

  private Behavior<Command> onCycleDue() {
    var now = ports.clock().instant();
    if (now.isAfter(viewedAt.plus(settings.silence()))) {
      end();
    } else if (view != null && !asking) {
      asking = true;
      getContext()
          .pipeToSelf(
              ports.reservations().demand(id),
              (demand, failure) -> new DemandCame(failure == null ? demand : null));
    }
    return this;
  }

  private Behavior<Command> onDemandCame(DemandCame message) {
    asking = false;
    var demand = message.demand();
    var effective = ports.descriptions().apply(id);
    if (demand != null && view != null && effective.isPresent()) {
      if (FixedServices.isFixed(effective.get())) {
        watch(view, demand, effective.get());
      } else if (isSized(effective.get())) {
        cycle(view, demand, effective.get());
      }
    }
    return this;
  }

  /** Without numeric cpus and mem a service is not scaled. */
  private static boolean isSized(ServiceDescription effective) {
    return effective.get("cpus") instanceof Number && effective.get("mem") instanceof Number;
  }

  private Behavior<Command> onDone(Done message) {
    message.effect().run();
    return this;
  }

  /** Somebody else decides how many servers there are: nothing is scaled. */
  private void watch(ServiceView seen, Demand demand, ServiceDescription effective) {
    outstanding = demand.outstanding();
    if (demand.complete()) {
      removal.consider(seen, demand, effective, ports.clock().instant());
    }
  }

  private void cycle(ServiceView seen, Demand demand, ServiceDescription effective) {
    var now = ports.clock().instant();
    outstanding =
        demand.complete() ? demand.outstanding() : Math.max(outstanding, demand.outstanding());
    int elapsed = elapsedSeconds(now);
    if (elapsed > 0) {
      scale(seen, demand.complete(), effective, elapsed, now);
    }
    if (demand.complete()) {
      removal.consider(seen, demand, effective, now);
    }
  }

  /** Only whole seconds count; what is left over is carried to the next cycle. */
  private int elapsedSeconds(Instant now) {
    if (previousCycle == null || now.isBefore(previousCycle)) {
      previousCycle = now;
      return 0;
    }
    long seconds = Duration.between(previousCycle, now).toSeconds();
    previousCycle = previousCycle.plusSeconds(seconds);
    return (int) Math.min(seconds, 3600);
  }

  private void scale(
      ServiceView seen, boolean complete, ServiceDescription effective, int elapsed, Instant now) {
    var parameters = ScalingParameters.of(effective, ports.staleness().apply(id).isPresent());
    countExpired(seen, effective, now);
    int expired =
        ScalingFormula.expired(expiredHealthy, expiredUnhealthy, settings.maxExpiredUnhealthy());
    var counts = new Counts(outstanding, seen.requested(), seen.healthy().size(), expired);
    var next =
        ScalingFormula.decide(
            parameters, counts, elapsed, target == null ? seen.scheduled() : target);
    if (!complete && next.amount() <= 0) {
      return;
    }
    target = next.target();
    decision = next;
    tellScaling(next.scaling());
    act(seen, next, effective, now);
  }

  private void act(ServiceView seen, Decision next, ServiceDescription effective, Instant now) {
    var action =
        ScaleAction.of(
            next,
            seen.requested(),
            seen.scheduled(),
            effective.decimal("cpus"),
            effective.decimal("mem"),
            settings.quanta());
    switch (action.kind()) {
      case SCALE -> order(action.to(), false, next);
      case FORCE_SCALE -> order(action.to(), true, next);
      case KILL_ONE -> killer.killOne(seen, now, this::stillTooMany);
      case NONE -> {}
    }
  }

  private void order(int to, boolean force, Decision why) {
    if (ordering) {
      return;
    }
    ordering = true;
    getContext().getLog().info("Scaling {} to {}: {}", id, to, why);
    effects.after(
        ports.orders().scale(id, to, force),
        result -> {
          ordering = false;
          warnIfRefused(result);
        },
        failure -> {
          ordering = false;
          getContext().getLog().warn("Could not scale {}", id, failure);
        });
  }

  private void warnIfRefused(Result result) {
    if (!result.success()) {
      getContext().getLog().warn("Scaling {} was refused: {}", id, result.message());
    }
  }

  private boolean stillTooMany() {
    return view != null
        && decision != null
        && decision.amount() < 0
        && view.scheduled() > decision.to();
  }

  private void countExpired(ServiceView seen, ServiceDescription effective, Instant now) {
    int expiryMins = effective.integer("instance-expiry-mins");
    var expired =
        seen.active().stream().filter(i -> InstanceAge.expired(i, expiryMins, now)).toList();
    expiredHealthy = (int) expired.stream().filter(i -> i.healthy()).count();
    expiredUnhealthy = expired.size() - expiredHealthy;
  }

  private void tellScaling(Scaling next) {
    // Repeated while it lasts: a reserver that starts again has forgotten it.
    if (next != scaling || next != Scaling.STABLE) {
      scaling = next;
      ports.reservations().scaling(id, next);
    }
  }

  private ScalerState.@Nullable Cycle cycle() {
    return decision == null
        ? null
        : new ScalerState.Cycle(
            expiredHealthy,
            expiredUnhealthy,
            outstanding,
            decision.amount(),
            decision.to(),
            decision.target(),
            scaling);
  }

  private void end() {
    killer.giveBack();
    passivate.run();
  }
}
