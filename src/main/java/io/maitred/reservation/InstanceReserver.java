package io.maitred.reservation;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.GetCurrentState;
import akka.cluster.typed.Subscribe;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.maitred.common.CborSerializable;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.Demand;
import io.maitred.reservation.model.InstanceOrder;
import io.maitred.reservation.model.LeaseLedger;
import io.maitred.reservation.model.LedgerOutput;
import io.maitred.reservation.model.MemberId;
import io.maitred.reservation.model.Moment;
import io.maitred.reservation.model.RouterReport;
import io.maitred.reservation.model.ServiceLimits;
import io.maitred.reservation.model.Term;
import io.maitred.service.model.ServiceDescription;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leases the slots of one service's instances to the routers of its data center; the rules are in
 * {@link LeaseLedger}. Sharded by service id, in memory: a new incarnation learns from the routers
 * what is leased.
 */
public final class InstanceReserver extends AbstractBehavior<InstanceReserver.Command> {

  public static final EntityTypeKey<Command> TYPE_KEY =
      EntityTypeKey.create(Command.class, "InstanceReserver");

  /** What a reserver is told. */
  public sealed interface Command {}

  /** A router's state; it is answered by {@link LeaseHolder.Targets}. */
  public record Reported(RouterReport report, ActorRef<LeaseHolder.Command> replyTo)
      implements Command, CborSerializable {}

  /** Discovery's view of the service; repeated views change nothing. */
  public record Discovered(ServiceView view) implements Command, CborSerializable {}

  /** The service does not run any more: what is known of it is forgotten. */
  public record ServiceGone() implements Command, CborSerializable {}

  /** The autoscaler wants fewer instances, or no longer does. */
  public record Scaling(boolean down) implements Command, CborSerializable {}

  public record GetDemand(ActorRef<Demand> replyTo) implements Command, CborSerializable {}

  /**
   * Choose an instance to kill and take its slots back. The answer comes within about a second per
   * candidate. After {@link Locked}, kill it within the lock time-out and say {@link KillEnded}.
   *
   * @param excluded instances not to choose
   */
  public record PrepareKill(Set<InstanceId> excluded, ActorRef<KillReply> replyTo)
      implements Command, CborSerializable {}

  /** How the kill of a locked instance ended. */
  public record KillEnded(InstanceId instance, boolean killed)
      implements Command, CborSerializable {}

  public record GetState(ActorRef<State> replyTo) implements Command, CborSerializable {}

  private enum Tick implements Command {
    INSTANCE
  }

  private record MemberChanged(ClusterEvent.MemberEvent event) implements Command {}

  private record MembersListed(List<Member> members) implements Command {}

  /** Answer to {@link PrepareKill}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Locked.class, name = "locked"),
    @JsonSubTypes.Type(value = NothingKillable.class, name = "nothing-killable")
  })
  public sealed interface KillReply extends CborSerializable {}

  /** No router uses the instance or will use it; for an expired one: but for lingering requests. */
  public record Locked(InstanceId instance) implements KillReply {}

  public record NothingKillable() implements KillReply {}

  /**
   * For {@code /state}.
   *
   * @param unheard members that must report before slots are leased
   * @param targets slots per member and instance
   */
  public record State(
      Term term,
      boolean complete,
      List<MemberId> unheard,
      Map<MemberId, Map<InstanceId, Integer>> targets)
      implements CborSerializable {}

  private final ServiceId service;
  private final ReserverContext shared;
  private final String dataCenter;
  private final Map<MemberId, ActorRef<LeaseHolder.Command>> routers = new HashMap<>();
  private final Map<MemberId, Address> addresses = new HashMap<>();
  private LeaseLedger ledger;
  private @Nullable ServiceView view;
  private @Nullable ServiceDescription description;
  private @Nullable ServiceLimits limits;
  private @Nullable ActorRef<KillReply> killer;
  private long pauses;
  private long busyAt;

  /**
   * What the reservers of a node share.
   *
   * @param descriptions effective descriptions; null while unknown
   */
  record ReserverContext(
      ReservationSettings settings,
      Fence fence,
      Clocks clocks,
      Function<ServiceId, @Nullable ServiceDescription> descriptions) {

    Moment now() {
      return new Moment(
          clocks.nanos().getAsLong() / 1_000_000,
          Instant.ofEpochMilli(clocks.wallMillis().getAsLong()));
    }
  }

  /** Starts this node's part of the sharding of reservers. */
  public static void init(
      ClusterSharding sharding,
      ReservationSettings settings,
      Fence fence,
      Clocks clocks,
      Function<ServiceId, @Nullable ServiceDescription> descriptions) {
    var shared = new ReserverContext(settings, fence, clocks, descriptions);
    sharding.init(
        Entity.of(TYPE_KEY, entity -> create(new ServiceId(entity.getEntityId()), shared)));
  }

  static Behavior<Command> create(ServiceId service, ReserverContext shared) {
    // a restart is a new incarnation: it learns again from the routers what is leased
    return Behaviors.supervise(incarnation(service, shared))
        .onFailure(SupervisorStrategy.restart());
  }

  private static Behavior<Command> incarnation(ServiceId service, ReserverContext shared) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.INSTANCE, shared.settings().tick());
                  return new InstanceReserver(context, service, shared);
                }));
  }

  private InstanceReserver(
      ActorContext<Command> context, ServiceId service, ReserverContext shared) {
    super(context);
    this.service = service;
    this.shared = shared;
    var now = shared.now();
    this.ledger = LeaseLedger.fresh(shared.settings().rules(), UUID.randomUUID().toString(), now);
    this.pauses = shared.fence().check();
    this.busyAt = now.millis();
    var cluster = Cluster.get(context.getSystem());
    this.dataCenter = cluster.selfMember().dataCenter();
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(ClusterEvent.MemberEvent.class, MemberChanged::new),
                ClusterEvent.MemberEvent.class));
    // the list comes after the events of the subscription: then all members are known
    cluster
        .subscriptions()
        .tell(
            new GetCurrentState(
                context.messageAdapter(
                    ClusterEvent.CurrentClusterState.class,
                    state -> new MembersListed(membersOf(state)))));
  }

  private static List<Member> membersOf(ClusterEvent.CurrentClusterState state) {
    var members = new java.util.ArrayList<Member>();
    state.getMembers().forEach(members::add);
    return members;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reported.class, this::onReported)
        .onMessage(Discovered.class, this::onDiscovered)
        .onMessage(ServiceGone.class, this::onServiceGone)
        .onMessage(Scaling.class, this::onScaling)
        .onMessage(GetDemand.class, this::onGetDemand)
        .onMessage(PrepareKill.class, this::onPrepareKill)
        .onMessage(KillEnded.class, this::onKillEnded)
        .onMessage(GetState.class, this::onGetState)
        .onMessageEquals(Tick.INSTANCE, this::onTick)
        .onMessage(MemberChanged.class, this::onMemberChanged)
        .onMessage(MembersListed.class, this::onMembersListed)
        .build();
  }

  private Behavior<Command> onReported(Reported command) {
    routers.put(command.report().member(), command.replyTo());
    step((book, now) -> book.received(command.report(), now));
    return this;
  }

  private Behavior<Command> onDiscovered(Discovered command) {
    view = command.view();
    describe();
    list();
    return this;
  }

  /**
   * Begins anew. It does not stop: when the service is started again at once, its first views would
   * come to a stopped actor and be lost. Without a service it ends when it has been idle.
   */
  private Behavior<Command> onServiceGone(ServiceGone command) {
    return incarnation(service, shared);
  }

  /** Takes the limits over from the description; returns whether it is another than before. */
  @SuppressWarnings("ReferenceEquality") // a description is replaced as a whole when it changes
  private boolean describe() {
    var present = shared.descriptions().apply(service);
    if (present == description) {
      return false;
    }
    description = present;
    if (present != null) {
      limits =
          new ServiceLimits(
              present.integer("concurrency-level"),
              present.integer("instance-expiry-mins"),
              present.integer("grace-period-secs"),
              InstanceOrder.Pick.of(present.string("load-balancing"), false));
    }
    return present != null;
  }

  private void list() {
    var listed = view;
    var known = limits;
    if (listed != null && known != null) {
      step((book, now) -> book.instancesListed(listed, known, now));
    }
  }

  private Behavior<Command> onScaling(Scaling command) {
    step((book, now) -> book.scaling(command.down(), now));
    return this;
  }

  private Behavior<Command> onGetDemand(GetDemand command) {
    command.replyTo().tell(ledger.demand());
    return this;
  }

  private Behavior<Command> onPrepareKill(PrepareKill command) {
    killer = command.replyTo();
    step((book, now) -> book.prepareKill(command.excluded(), now));
    return this;
  }

  private Behavior<Command> onKillEnded(KillEnded command) {
    step((book, now) -> book.killEnded(command.instance(), command.killed(), now));
    return this;
  }

  private Behavior<Command> onGetState(GetState command) {
    command
        .replyTo()
        .tell(new State(ledger.term(), ledger.isComplete(), ledger.unheard(), ledger.targets()));
    return this;
  }

  private Behavior<Command> onTick() {
    if (describe()) { // it was changed, or has become known
      list();
    }
    step(LeaseLedger::tick);
    long now = shared.now().millis();
    if (view != null || ledger.demand().outstanding() > 0) {
      busyAt = now;
    }
    return now - busyAt > shared.settings().idleLimit().toMillis() ? Behaviors.stopped() : this;
  }

  private Behavior<Command> onMemberChanged(MemberChanged command) {
    var member = command.event().member();
    if (!member.dataCenter().equals(dataCenter)) {
      return this;
    }
    var id = Members.id(member);
    if (command.event() instanceof ClusterEvent.MemberRemoved removed) {
      routers.remove(id);
      addresses.remove(id);
      step((book, now) -> Members.wasDowned(removed) ? book.downed(id, now) : book.left(id, now));
    } else {
      enter(member);
      step(LeaseLedger::tick);
    }
    return this;
  }

  private void enter(Member member) {
    var id = Members.id(member);
    var status = member.status();
    addresses.put(id, member.address());
    if (status.equals(MemberStatus.up())) {
      ledger = ledger.up(id, shared.now());
    } else if (status.equals(MemberStatus.leaving()) || status.equals(MemberStatus.exiting())) {
      ledger = ledger.leaving(id);
    } else if (status.equals(MemberStatus.down())) {
      ledger = ledger.downing(id);
    } else if (!status.equals(MemberStatus.removed())) {
      // joining or weakly up: not everybody has seen it
      ledger = ledger.joined(id);
    }
  }

  private Behavior<Command> onMembersListed(MembersListed command) {
    command.members().stream()
        .filter(member -> member.dataCenter().equals(dataCenter))
        .forEach(this::enter);
    step(LeaseLedger::membersKnown);
    return this;
  }

  /** Every transition goes through here: first it is asked whether this node stood still. */
  private void step(BiFunction<LeaseLedger, Moment, LeaseLedger.Step> transition) {
    var now = shared.now();
    long seen = shared.fence().check();
    if (seen != pauses) {
      pauses = seen;
      take(ledger.paused(now));
    }
    take(transition.apply(ledger, now));
  }

  private void take(LeaseLedger.Step step) {
    ledger = step.next();
    step.outputs().forEach(this::act);
  }

  private void act(LedgerOutput output) {
    if (output instanceof LedgerOutput.Send send) {
      var router = routers.get(send.to());
      if (router != null) {
        router.tell(new LeaseHolder.Targets(service, send.leases(), getContext().getSelf()));
      }
    } else if (output instanceof LedgerOutput.Greet greet) {
      var to = greet.to();
      addresses.forEach(
          (member, address) -> {
            if (to == null || member.equals(to)) {
              greet(address, greet.term());
            }
          });
    } else if (output instanceof LedgerOutput.KillReady ready) {
      answerKiller(new Locked(ready.instance()));
    } else if (output instanceof LedgerOutput.NothingKillable) {
      answerKiller(new NothingKillable());
    }
  }

  /** By path: the holder of a node that has just joined would be looked up in vain. */
  private void greet(Address address, Term term) {
    Adapter.toClassic(getContext())
        .actorSelection(LeaseHolder.path(address))
        .tell(
            new LeaseHolder.Greeting(service, term, getContext().getSelf()),
            akka.actor.ActorRef.noSender());
  }

  private void answerKiller(KillReply reply) {
    var waiting = killer;
    killer = null;
    if (waiting != null) {
      waiting.tell(reply);
    }
  }
}
