package io.maitred.discovery;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.ServiceDirectory.AddListener;
import io.maitred.discovery.ServiceDirectory.AwaitGoal;
import io.maitred.discovery.ServiceDirectory.AwaitHere;
import io.maitred.discovery.ServiceDirectory.Changed;
import io.maitred.discovery.ServiceDirectory.Command;
import io.maitred.discovery.ServiceDirectory.GoalAnswer;
import io.maitred.discovery.ServiceDirectory.Gone;
import io.maitred.discovery.ServiceDirectory.Known;
import io.maitred.discovery.ServiceDirectory.Peers;
import io.maitred.discovery.ServiceDirectory.Published;
import io.maitred.discovery.ServiceDirectory.Snapshot;
import io.maitred.discovery.ServiceDirectory.WaiterExpired;
import io.maitred.discovery.model.ServiceView;
import io.maitred.discovery.model.ServiceView.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The actor behind {@link ServiceDirectory}. What it misses is repeated by the sync within one sync
 * interval; what an earlier sync says after a later one was heard is ignored.
 */
final class DirectoryKeeper extends AbstractBehavior<Command> {

  private record Waiter(Predicate<Optional<ServiceView>> condition, Consumer<Boolean> result) {}

  private final Published published;
  private final TimerScheduler<Command> timers;
  private final int maxWaiters;
  private final Map<ServiceId, Map<Long, Waiter>> waiting = new HashMap<>();
  private int waiters;
  private long nextWaiter;

  static Behavior<Command> create(
      Published published, String dataCenter, DiscoverySettings settings) {
    Behavior<Command> keeper =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers -> {
                      var key = ServiceDirectory.key(dataCenter);
                      var receptionist = context.getSystem().receptionist();
                      receptionist.tell(Receptionist.register(key, context.getSelf()));
                      var listing =
                          context.messageAdapter(
                              Receptionist.Listing.class,
                              l -> new Peers(l.getAllServiceInstances(key)));
                      receptionist.tell(Receptionist.subscribe(key, listing));
                      return new DirectoryKeeper(context, timers, published, settings.maxWaiters());
                    }));
    return Behaviors.supervise(keeper).onFailure(SupervisorStrategy.restart());
  }

  private DirectoryKeeper(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Published published,
      int maxWaiters) {
    super(context);
    this.timers = timers;
    this.published = published;
    this.maxWaiters = maxWaiters;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Changed.class, this::onChanged)
        .onMessage(Gone.class, this::onGone)
        .onMessage(Known.class, this::onKnown)
        .onMessage(AwaitGoal.class, this::onAwaitGoal)
        .onMessage(AwaitHere.class, this::onAwaitHere)
        .onMessage(WaiterExpired.class, this::onWaiterExpired)
        .onMessage(AddListener.class, this::onAddListener)
        .onMessage(Peers.class, this::onPeers)
        .onSignal(PreRestart.class, signal -> onEnd())
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<Command> onChanged(Changed message) {
    var view = message.view();
    var held = snapshot().views().get(view.id());
    if (outdated(view.version())
        || (held != null && held.version().compareTo(view.version()) >= 0)) {
      return this;
    }
    var views = new HashMap<>(snapshot().views());
    views.put(view.id(), view);
    publish(views, view.version(), snapshot().leader());
    tellChanged(view);
    return this;
  }

  private Behavior<Command> onGone(Gone message) {
    var held = snapshot().views().get(message.id());
    if (held != null
        && !outdated(message.version())
        && held.version().compareTo(message.version()) < 0) {
      remove(List.of(message.id()), message.version(), snapshot().leader());
    }
    return this;
  }

  private Behavior<Command> onKnown(Known message) {
    if (outdated(message.version())) {
      message.sync().tell(new SchedulerSync.Outdated(snapshot().version().incarnation()));
      return this;
    }
    var existing = new HashSet<>(message.ids());
    var missing =
        snapshot().views().keySet().stream()
            .filter(id -> message.covers(id) && !existing.contains(id))
            .toList();
    remove(missing, message.version(), message.leader());
    return this;
  }

  private Behavior<Command> onAwaitGoal(AwaitGoal message) {
    await(
        message.id(),
        message.goal()::reached,
        message.timeout(),
        reached -> message.replyTo().tell(new GoalAnswer(reached)));
    return this;
  }

  private Behavior<Command> onAwaitHere(AwaitHere message) {
    await(message.id(), message.condition(), message.timeout(), message.result()::complete);
    return this;
  }

  private Behavior<Command> onWaiterExpired(WaiterExpired message) {
    var ofService = waiting.get(message.id());
    var waiter = ofService == null ? null : ofService.remove(message.waiter());
    if (waiter != null) {
      waiters--;
      forgetIfEmpty(message.id());
      waiter.result().accept(false);
    }
    return this;
  }

  private Behavior<Command> onAddListener(AddListener message) {
    published.listeners.add(message.listener());
    snapshot().views().values().forEach(message.listener().changed());
    return this;
  }

  private Behavior<Command> onPeers(Peers message) {
    published.peers = message.directories();
    return this;
  }

  private Behavior<Command> onEnd() {
    waiting.values().forEach(of -> of.values().forEach(waiter -> waiter.result().accept(false)));
    return this;
  }

  private void await(
      ServiceId id,
      Predicate<Optional<ServiceView>> condition,
      Duration timeout,
      Consumer<Boolean> result) {
    if (condition.test(snapshot().find(id))) {
      result.accept(true);
    } else if (timeout.isZero() || timeout.isNegative() || waiters >= maxWaiters) {
      result.accept(false);
    } else {
      var number = nextWaiter++;
      waiters++;
      waiting
          .computeIfAbsent(id, ignored -> new LinkedHashMap<>())
          .put(number, new Waiter(condition, result));
      var expired = new WaiterExpired(id, number);
      timers.startSingleTimer(expired, expired, timeout);
    }
  }

  private void wake(ServiceId id) {
    var ofService = waiting.get(id);
    if (ofService == null) {
      return;
    }
    var view = snapshot().find(id);
    var met = new LinkedHashMap<Long, Waiter>();
    ofService.forEach(
        (number, waiter) -> {
          if (waiter.condition().test(view)) {
            met.put(number, waiter);
          }
        });
    met.forEach(
        (number, waiter) -> {
          ofService.remove(number);
          waiters--;
          timers.cancel(new WaiterExpired(id, number));
          waiter.result().accept(true);
        });
    forgetIfEmpty(id);
  }

  private void forgetIfEmpty(ServiceId id) {
    var ofService = waiting.get(id);
    if (ofService != null && ofService.isEmpty()) {
      waiting.remove(id);
    }
  }

  private void remove(List<ServiceId> ids, Version version, @Nullable RouterId leader) {
    var views = snapshot().views();
    if (!ids.isEmpty()) {
      views = new HashMap<>(views);
      views.keySet().removeAll(ids);
    }
    publish(views, version, leader);
    for (var id : ids) {
      published.listeners.forEach(listener -> listener.gone().accept(id));
      wake(id);
    }
  }

  private void tellChanged(ServiceView view) {
    published.listeners.forEach(listener -> listener.changed().accept(view));
    wake(view.id());
  }

  private void publish(
      Map<ServiceId, ServiceView> views, Version version, @Nullable RouterId leader) {
    var before = snapshot();
    var newest = before.version().compareTo(version) < 0 ? version : before.version();
    published.snapshot = new Snapshot(views, newest, leader, before.updates() + 1);
  }

  private boolean outdated(Version version) {
    return version.incarnation() < snapshot().version().incarnation();
  }

  private Snapshot snapshot() {
    return published.snapshot;
  }
}
