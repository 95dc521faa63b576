package io.maitred.discovery;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import io.maitred.common.CborSerializable;
import io.maitred.common.RouterId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which routers there are, in this and in other data centers. Reading is a volatile read. A router
 * that starts is known everywhere as soon as the receptionists have met; one that ended is
 * forgotten when its node is removed from the cluster.
 */
public final class RouterDirectory {

  /**
   * One router of the cluster.
   *
   * @param url where its HTTP front end answers, {@code http://host:port}
   */
  public record Router(RouterId id, String dataCenter, String url) implements CborSerializable {}

  private static final class Published {
    volatile List<Router> routers = List.of();
  }

  private final Published published;
  private final Router self;

  private RouterDirectory(Published published, Router self) {
    this.published = published;
    this.self = self;
  }

  /** Starts this node's directory, once per node, as a child of the caller. */
  public static RouterDirectory start(
      ActorContext<?> context, Router self, DiscoverySettings settings) {
    var published = new Published();
    published.routers = List.of(self);
    context.spawn(Introductions.create(self, published, settings), "router-directory");
    return new RouterDirectory(published, self);
  }

  /** The router of this node. */
  public Router self() {
    return self;
  }

  /** All routers of all data centers, this one included, sorted by id. */
  public List<Router> all() {
    return published.routers;
  }

  /** The routers of this node's data center, this one included, sorted by id. */
  public List<Router> local() {
    return all().stream().filter(r -> r.dataCenter().equals(self.dataCenter())).toList();
  }

  /** Asks every router that registered who it is, until it has answered. */
  private static final class Introductions extends AbstractBehavior<Introductions.Command> {
    private static final ServiceKey<Command> KEY =
        ServiceKey.create(Command.class, "router-directory");

    sealed interface Command {}

    record Introduce(ActorRef<Command> replyTo) implements Command, CborSerializable {}

    record Introduced(ActorRef<Command> who, Router router) implements Command, CborSerializable {}

    record Present(Set<ActorRef<Command>> refs) implements Command {}

    enum AskAgain implements Command {
      INSTANCE
    }

    private final Router self;
    private final Published published;
    private final Map<ActorRef<Command>, Router> known = new HashMap<>();
    private Set<ActorRef<Command>> present = Set.of();

    static Behavior<Command> create(Router self, Published published, DiscoverySettings settings) {
      Behavior<Command> introductions =
          Behaviors.setup(
              context ->
                  Behaviors.withTimers(
                      timers -> {
                        timers.startTimerWithFixedDelay(
                            AskAgain.INSTANCE, settings.introduceInterval());
                        var receptionist = context.getSystem().receptionist();
                        receptionist.tell(Receptionist.register(KEY, context.getSelf()));
                        var listing =
                            context.messageAdapter(
                                Receptionist.Listing.class,
                                l -> new Present(l.getAllServiceInstances(KEY)));
                        receptionist.tell(Receptionist.subscribe(KEY, listing));
                        return new Introductions(context, self, published);
                      }));
      return Behaviors.supervise(introductions).onFailure(SupervisorStrategy.restart());
    }

    private Introductions(ActorContext<Command> context, Router self, Published published) {
      super(context);
      this.self = self;
      this.published = published;
    }

    @Override
    public Receive<Command> createReceive() {
      return newReceiveBuilder()
          .onMessage(Introduce.class, this::onIntroduce)
          .onMessage(Introduced.class, this::onIntroduced)
          .onMessage(Present.class, this::onPresent)
          .onMessageEquals(AskAgain.INSTANCE, this::onAskAgain)
          .build();
    }

    private Behavior<Command> onIntroduce(Introduce message) {
      message.replyTo().tell(new Introduced(getContext().getSelf(), self));
      return this;
    }

    private Behavior<Command> onIntroduced(Introduced message) {
      if (present.contains(message.who())) {
        known.put(message.who(), message.router());
        publish();
      }
      return this;
    }

    private Behavior<Command> onPresent(Present message) {
      present = Set.copyOf(message.refs());
      known.keySet().retainAll(present);
      publish();
      return onAskAgain();
    }

    private Behavior<Command> onAskAgain() {
      for (var ref : present) {
        if (!known.containsKey(ref)) {
          ref.tell(new Introduce(getContext().getSelf()));
        }
      }
      return this;
    }

    private void publish() {
      var routers = new HashMap<RouterId, Router>();
      known.values().forEach(router -> routers.put(router.id(), router));
      routers.put(self.id(), self);
      published.routers =
          routers.values().stream().sorted(Comparator.comparing(Router::id)).toList();
    }
  }
}
