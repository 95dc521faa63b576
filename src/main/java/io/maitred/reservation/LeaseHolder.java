package io.maitred.reservation;

import akka.actor.ActorPath;
import akka.actor.Address;
import akka.actor.RootActorPath;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import io.maitred.common.CborSerializable;
import io.maitred.common.ServiceId;
import io.maitred.reservation.model.LeaseTargets;
import io.maitred.reservation.model.MemberId;
import io.maitred.reservation.model.RouterReport;
import io.maitred.reservation.model.Term;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Speaks with the reservers for all pools of this node: reports what they hold, brings them what
 * they may hold. One per node, at a path that reservers know.
 */
public final class LeaseHolder extends AbstractBehavior<LeaseHolder.Command> {

  /** Answers of routers without a pool that are remembered, so that nothing is said twice. */
  private static final int MAX_DENIALS = 10_000;

  /** What a lease holder is told. */
  public sealed interface Command {}

  /** A reserver says its term and asks for a report. */
  public record Greeting(ServiceId service, Term term, ActorRef<InstanceReserver.Command> replyTo)
      implements Command, CborSerializable {}

  /** A reserver says what may be held. */
  public record Targets(
      ServiceId service, LeaseTargets leases, ActorRef<InstanceReserver.Command> replyTo)
      implements Command, CborSerializable {}

  private enum Tick implements Command {
    INSTANCE
  }

  private record Urgent(ServiceId service) implements Command {}

  private record MemberChanged(ClusterEvent.MemberEvent event) implements Command {}

  /** When a service's last report was sent, and the next repetition is due; monotonic ms. */
  private record Sent(long at, int attempts, long retryAt) {}

  /** The last answer for a service that has no pool here. */
  private record Denial(long report, Term term, long applied) {}

  private final SlotPools pools;
  private final ReservationSettings settings;
  private final Reservers reservers;
  private final String dataCenter;
  private final MemberId self;
  private final Map<ServiceId, Sent> sent = new HashMap<>();
  private final Set<ServiceId> urgent = new HashSet<>();
  private final Map<MemberId, Long> removals = new HashMap<>();
  private final Set<MemberId> members = new HashSet<>();
  private final Map<ServiceId, Denial> denials =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ServiceId, Denial> eldest) {
          return size() > MAX_DENIALS;
        }
      };

  private static final String NAME = "lease-holder";

  /** Where a node's lease holder is. */
  static ActorPath path(Address node) {
    return RootActorPath.apply(node, "/").child("system").child(NAME);
  }

  /** Starts the one of this node, for its pools; before the node joins the cluster. */
  public static ActorRef<Command> start(
      ActorSystem<?> system, SlotPools pools, ReservationSettings settings, Reservers reservers) {
    return system.systemActorOf(create(pools, settings, reservers), NAME, Props.empty());
  }

  static Behavior<Command> create(
      SlotPools pools, ReservationSettings settings, Reservers reservers) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new LeaseHolder(context, timers, pools, settings, reservers)));
  }

  private LeaseHolder(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      SlotPools pools,
      ReservationSettings settings,
      Reservers reservers) {
    super(context);
    this.pools = pools;
    this.settings = settings;
    this.reservers = reservers;
    var cluster = Cluster.get(context.getSystem());
    this.dataCenter = cluster.selfMember().dataCenter();
    this.self = Members.id(cluster.selfMember());
    var me = context.getSelf();
    pools.onUrgent(service -> me.tell(new Urgent(service)));
    timers.startTimerWithFixedDelay(Tick.INSTANCE, settings.tick());
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(ClusterEvent.MemberEvent.class, MemberChanged::new),
                ClusterEvent.MemberEvent.class));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Greeting.class, this::onGreeting)
        .onMessage(Targets.class, this::onTargets)
        .onMessage(Urgent.class, this::onUrgent)
        .onMessageEquals(Tick.INSTANCE, this::onTick)
        .onMessage(MemberChanged.class, this::onMemberChanged)
        .build();
  }

  private Behavior<Command> onGreeting(Greeting command) {
    var pool = pools.find(command.service());
    if (pool == null) {
      deny(command.service(), command.term(), 0);
    } else {
      pool.greeted(command.term());
      answer(pool, command.term(), command.replyTo());
    }
    return this;
  }

  private Behavior<Command> onTargets(Targets command) {
    var service = command.service();
    var leases = command.leases();
    var pool = pools.find(service);
    if (pool != null) {
      if (pool.receive(leases)) {
        answer(pool, leases.term(), command.replyTo());
      }
    } else if (!isDenied(service, leases)) {
      deny(service, leases.term(), leases.sequence());
    }
    return this;
  }

  private boolean isDenied(ServiceId service, LeaseTargets leases) {
    var denial = denials.get(service);
    return denial != null
        && leases.heard() >= denial.report()
        && denial.term().equals(leases.term())
        && denial.applied() >= leases.sequence();
  }

  /** A reserver that is behind must hear it itself: the way through sharding leads to another. */
  private void answer(SlotPool pool, Term itsTerm, ActorRef<InstanceReserver.Command> replyTo) {
    var report = send(pool, 0);
    if (itsTerm.isBelow(report.term())) {
      replyTo.tell(new InstanceReserver.Reported(report, getContext().getSelf()));
    }
  }

  /** There is no pool: whatever was granted is given back at once. */
  private void deny(ServiceId service, Term term, long applied) {
    long sequence = pools.context().nextReport();
    denials.put(service, new Denial(sequence, term, applied));
    tell(
        service,
        RouterReport.none(
            self, pools.context().router(), sequence, term, applied, recentRemovals()));
  }

  private Behavior<Command> onUrgent(Urgent command) {
    urgent.add(command.service());
    sendIfUrgent(command.service());
    return this;
  }

  private void sendIfUrgent(ServiceId service) {
    var pool = pools.find(service);
    if (pool == null) {
      urgent.remove(service);
    } else if (urgent.contains(service)
        && sinceReport(service) >= settings.reportMin().toMillis()) {
      send(pool, 0);
    }
  }

  private Behavior<Command> onTick() {
    for (var ended : pools.sweep()) {
      sent.remove(ended);
      var denial = denials.get(ended);
      deny(ended, denial == null ? Term.NONE : denial.term(), 0);
    }
    for (var service : Set.copyOf(urgent)) {
      sendIfUrgent(service);
    }
    pools.context().fence().check();
    for (var pool : pools.all()) {
      var last = sent.get(pool.service());
      if (pool.isDirty() && sinceReport(pool.service()) >= interval()) {
        send(pool, 0);
      } else if (last != null && now() >= last.retryAt() && pool.isUnanswered()) {
        send(pool, last.attempts() + 1);
      }
    }
    return this;
  }

  private RouterReport send(SlotPool pool, int attempts) {
    urgent.remove(pool.service());
    var report = pool.report(self, recentRemovals());
    long now = now();
    sent.put(pool.service(), new Sent(now, attempts, now + settings.rules().retryMillis(attempts)));
    tell(pool.service(), report);
    return report;
  }

  private void tell(ServiceId service, RouterReport report) {
    reservers.tell(service, new InstanceReserver.Reported(report, getContext().getSelf()));
  }

  private long sinceReport(ServiceId service) {
    var last = sent.get(service);
    return last == null ? Long.MAX_VALUE : now() - last.at();
  }

  /** The more routers report to a reserver, the less often each does. */
  private long interval() {
    return Math.min(
        settings.reportMax().toMillis(),
        settings.reportMin().toMillis() * Math.max(1, members.size()));
  }

  private Behavior<Command> onMemberChanged(MemberChanged command) {
    var member = command.event().member();
    if (!member.dataCenter().equals(dataCenter)) {
      return this;
    }
    var id = Members.id(member);
    if (command.event() instanceof ClusterEvent.MemberRemoved removed) {
      members.remove(id);
      if (Members.wasDowned(removed)) {
        removals.put(id, now());
      }
    } else {
      members.add(id);
    }
    boolean own = id.equals(self);
    if (own
        && (command.event() instanceof ClusterEvent.MemberDowned
            || (command.event() instanceof ClusterEvent.MemberRemoved removed
                && Members.wasDowned(removed)))) {
      pools.fence().downed();
    }
    return this;
  }

  private Map<MemberId, Long> recentRemovals() {
    if (removals.isEmpty()) {
      return Map.of();
    }
    long now = now();
    removals.values().removeIf(at -> now - at > settings.rules().removalMarginMillis());
    var ago = new HashMap<MemberId, Long>();
    removals.forEach((id, at) -> ago.put(id, now - at));
    return ago;
  }

  private long now() {
    return pools.context().clocks().nanos().getAsLong() / 1_000_000;
  }
}
