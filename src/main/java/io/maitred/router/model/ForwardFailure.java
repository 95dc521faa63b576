package io.maitred.router.model;

import io.maitred.common.Refusal;
import io.maitred.reservation.model.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Every way in which a forwarded request ends without a whole answer: what the client is told and
 * what the slot's release says (contract waiter 6.11).
 */
@SuppressWarnings("ImmutableEnumChecker") // a refusal is immutable, though not annotated so
public enum ForwardFailure {
  /** Refused, unreachable, or not connected in time. */
  CONNECT(
      502,
      "Request failed to connect to service backend",
      Outcome.INSTANCE_ERROR,
      "instance-error",
      null),
  /** The backend was silent for longer than the socket timeout. */
  BACKEND_SILENT(
      504, "Request to service backend timed out", Outcome.INSTANCE_ERROR, "instance-error", null),
  /** The backend closed, reset, or broke the protocol; after the head: a truncated answer. */
  BACKEND_BROKEN(
      502, "Request to service backend failed", Outcome.INSTANCE_ERROR, "instance-error", null),
  /** The client paused for too long inside its body. */
  CLIENT_IDLE(
      408, "Timeout receiving bytes from client", Outcome.CLIENT_ERROR, "client-error", null),
  /** The client closed or broke its body while sending it. */
  CLIENT_CLOSED(
      400,
      "Connection closed by the client while it sent the request",
      Outcome.CLIENT_ERROR,
      "client-error",
      null),
  /** The client left while nothing was expected from it. */
  CLIENT_GONE(
      400,
      "Connection closed by the client before it was answered",
      Outcome.CLIENT_EAGERLY_CLOSED,
      "client-eagerly-closed",
      null),
  /** The client did not take the next piece of the answer within the streaming timeout. */
  CLIENT_SLOW(
      503,
      "Timeout sending bytes to the client",
      Outcome.CLIENT_ERROR,
      "client-error",
      "waiter.StreamFailure"),
  /** The backend did not take the next piece of the request within the streaming timeout. */
  UPLOAD_STALLED(
      503,
      "Timeout sending bytes to service backend",
      Outcome.GENERIC_ERROR,
      "generic-error",
      "waiter.StreamTimeout"),
  /** The router must not start requests at this moment. */
  FENCED(
      503,
      "This router may not start requests at the moment",
      Outcome.GENERIC_ERROR,
      "generic-error",
      null),
  /** The router aborted what it had in flight. */
  ABORTED(503, "Request was aborted by its router", Outcome.GENERIC_ERROR, "generic-error", null);

  private final Refusal refusal;
  private final Outcome outcome;

  ForwardFailure(
      int status, String message, Outcome outcome, String errorCause, @Nullable String errorClass) {
    var plain = Refusal.of(status, message).with("error-cause", errorCause);
    this.refusal = errorClass == null ? plain : plain.errorClass(errorClass);
    this.outcome = outcome;
  }

  /** What the client is told while no head has been sent; afterwards its connection is aborted. */
  public Refusal refusal() {
    return refusal;
  }

  /** With what the slot is released. */
  public Outcome outcome() {
    return outcome;
  }

  /** Whether the client is the reason, so that it needs no answer that it could read to the end. */
  public boolean byClient() {
    return this == CLIENT_IDLE || this == CLIENT_CLOSED || this == CLIENT_GONE;
  }
}
