package io.maitred.waitingroom;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.maitred.common.CborSerializable;
import io.maitred.waitingroom.model.GlobalRoomState;
import io.maitred.waitingroom.model.RoomExchange;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.SlotAllocation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The one aggregator of a room in the world: stores what data centers report, and answers with what
 * the others reported. The rules are in {@link GlobalRoomState}. Its clock is the room's clock. It
 * keeps nothing over a restart: every data center reports again within one interval.
 */
public final class GlobalRoom extends AbstractBehavior<GlobalRoom.Command> {
  public static final EntityTypeKey<Command> TYPE_KEY =
      EntityTypeKey.create(Command.class, "GlobalRoom");

  public sealed interface Command extends CborSerializable {}

  /** A data center's report; answered with {@link DataCenterRoom.Answered}. */
  record Exchange(RoomExchange exchange, ActorRef<DataCenterRoom.Command> replyTo)
      implements Command {}

  /**
   * One of the slots that any data center may use.
   *
   * @param slots of the version
   */
  record Draw(long epoch, long slots, ActorRef<Boolean> replyTo) implements Command {}

  /** The entity is to end: the node leaves, or it passivates. */
  public enum Stop implements Command {
    INSTANCE
  }

  private enum SilenceCheck implements Command {
    INSTANCE
  }

  private static final Duration CHECK = Duration.ofMinutes(1);

  /** No room is active any more when nothing was exchanged for so long. */
  private static final Duration SILENCE = Duration.ofMinutes(2);

  private final RoomId id;
  private final RoomPorts ports;
  private final GlobalRoomState state;
  private final Map<String, ActorRef<DataCenterRoom.Command>> dataCenters = new HashMap<>();

  public static Behavior<Command> create(RoomId id, RoomPorts ports, RoomSettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new GlobalRoom(context, timers, id, ports, settings)));
  }

  private GlobalRoom(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      RoomId id,
      RoomPorts ports,
      RoomSettings settings) {
    super(context);
    this.id = id;
    this.ports = ports;
    this.state = new GlobalRoomState(SlotAllocation.of(settings.rules()));
    timers.startTimerWithFixedDelay(SilenceCheck.INSTANCE, CHECK);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Exchange.class, this::onExchange)
        .onMessage(Draw.class, this::onDraw)
        .onMessageEquals(SilenceCheck.INSTANCE, this::onSilenceCheck)
        .onMessageEquals(Stop.INSTANCE, Behaviors::stopped)
        .build();
  }

  private Behavior<Command> onExchange(Exchange command) {
    var exchange = command.exchange();
    var now = ports.wallClock();
    dataCenters.put(exchange.dataCenter(), command.replyTo());
    state
        .exchanged(exchange, now)
        .forEach(
            (name, answer) -> {
              var to = dataCenters.get(name);
              if (to != null) {
                to.tell(new DataCenterRoom.Answered(answer));
              }
            });
    state
        .toWake(exchange, ports.participants().dataCenters(), now)
        .forEach(name -> ports.wake().accept(id, name));
    return this;
  }

  private Behavior<Command> onDraw(Draw draw) {
    draw.replyTo().tell(state.draw(draw.epoch(), draw.slots(), ports.wallClock()));
    return this;
  }

  private Behavior<Command> onSilenceCheck() {
    if (state.isSilentFor(SILENCE, ports.wallClock())) {
      ports.passivateGlobal().accept(getContext().getSelf());
    }
    return this;
  }
}
