package io.maitred.reservation.model;

/** How a request that held a slot ended (contract waiter 7.5). */
public enum Outcome {
  SUCCESS,
  CLIENT_ERROR,
  CLIENT_EAGERLY_CLOSED,
  SERVER_EAGERLY_CLOSED,
  GENERIC_ERROR,
  /** The backend failed: ejects the instance. */
  INSTANCE_ERROR,
  /** The backend said that it is busy: ejects the instance. */
  INSTANCE_BUSY;

  /** Whether the instance is ejected for a while by the router that saw this. */
  public boolean ejects() {
    return this == INSTANCE_ERROR || this == INSTANCE_BUSY;
  }
}
