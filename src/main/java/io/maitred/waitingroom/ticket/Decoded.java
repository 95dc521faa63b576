package io.maitred.waitingroom.ticket;

import io.maitred.waitingroom.model.Ticket;

/** What came of opening a cookie's value. */
public sealed interface Decoded {

  /** The value is a ticket of the room, sealed by us. Whether it still counts is not said. */
  record Opened(Ticket ticket) implements Decoded {}

  /** The value is to be treated as no ticket (contract waiting room 3.3). */
  enum Failure implements Decoded {
    /** Not what we write: too short or long, no base64url, another version, unreadable content. */
    MALFORMED,
    /** Sealed with a key that is not in the ring. */
    UNKNOWN_KEY,
    /** Changed, sealed by somebody else, or a ticket of another room. */
    FORGED,
    /** From a time that has not come. */
    FUTURE
  }
}
