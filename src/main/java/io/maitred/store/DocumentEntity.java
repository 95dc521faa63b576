package io.maitred.store;

import akka.actor.typed.BackoffSupervisorStrategy;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.state.RecoveryCompleted;
import akka.persistence.typed.state.javadsl.DurableStateBehaviorWithEnforcedReplies;
import akka.persistence.typed.state.javadsl.SignalHandler;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * What the entities of all documents have in common. After a write that fails, or that meets a
 * revision written by another incarnation, the entity reads its document again, with a pause that
 * grows to two seconds; commands wait meanwhile, up to {@value #WAITING_COMMANDS}. The command that
 * failed is not answered: its caller repeats it.
 *
 * @param <C> the commands
 * @param <D> the document
 */
public abstract class DocumentEntity<C, D> extends DurableStateBehaviorWithEnforcedReplies<C, D> {
  private static final int WAITING_COMMANDS = 256;

  private final ActorContext<C> context;
  private final String tag;
  private final Announcer<? super D> announcer;
  private final D unknown;

  /**
   * @param tag of the family
   * @param unknown the state as long as nothing is stored
   */
  protected DocumentEntity(
      ActorContext<C> context,
      PersistenceId persistenceId,
      String tag,
      D unknown,
      Announcer<? super D> announcer) {
    super(persistenceId, backoff());
    this.context = context;
    this.tag = tag;
    this.unknown = unknown;
    this.announcer = announcer;
  }

  private static BackoffSupervisorStrategy backoff() {
    return SupervisorStrategy.restartWithBackoff(Duration.ofMillis(100), Duration.ofSeconds(2), 0.2)
        .withStashCapacity(WAITING_COMMANDS)
        .withLogLevel(Level.WARN);
  }

  @Override
  public final D emptyState() {
    return unknown;
  }

  @Override
  public final String tag() {
    return tag;
  }

  @Override
  public final Optional<Integer> stashCapacity() {
    return Optional.of(WAITING_COMMANDS);
  }

  /** Announces again: the entity may have crashed between a write and its announcement. */
  @Override
  public final SignalHandler<D> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.class, (state, signal) -> onRecovered(state))
        .build();
  }

  private void onRecovered(D state) {
    if (revision() == 0) {
      return;
    }
    if (state == unknown) {
      // the store plugin answers so when it cannot read the row; going on would overwrite it
      throw new IllegalStateException(
          persistenceId().id() + ": revision " + revision() + " cannot be deserialized");
    }
    announcer.announce(state, revision());
  }

  /** To be called after each write, before the reply. */
  protected final void announce(D state) {
    announcer.announce(state, revision());
  }

  /** Revision of the stored document; 0: nothing is stored. */
  protected final long revision() {
    return lastSequenceNumber(context);
  }
}
