package io.maitred.reservation;

import io.maitred.common.Refusal;
import java.util.concurrent.CompletionStage;

/** What a request gets that asks for a slot: one at once, a place in the queue, or an error. */
public sealed interface Reservation {

  /** A slot, free at once. It must be released exactly once; more often does no harm. */
  non-sealed interface Granted extends Reservation {
    Slot slot();
  }

  /** A place in the queue. */
  non-sealed interface Queued extends Reservation {
    /**
     * Completes with the slot, or fails with {@link io.maitred.common.RefusedException} when the
     * deadline passes or the service cannot be deployed, or with the reason of {@link #cancel}.
     */
    CompletionStage<Slot> slot();

    /**
     * Nobody waits any more. A slot that nobody has got yet is given back; whoever has got it
     * through {@link #slot} goes on and releases it.
     *
     * @param why what {@link #slot} fails with
     */
    void cancel(RuntimeException why);
  }

  /** An error at once: the queue is full, or the service cannot be deployed. */
  record Refused(Refusal refusal) implements Reservation {}
}
