package io.maitred.waitingroom.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * The lots that an event draws for those who came before it started (contract waiting room 14.5).
 * The same ticket always draws the same lot for the same event, on every node.
 */
@FunctionalInterface
public interface ShuffleRank {
  /** Everybody draws the same lot: for rooms without such events. */
  ShuffleRank NONE = (event, ticket) -> 0;

  /**
   * @param event the event's id
   * @return 0 to 255
   */
  int rank(String event, TicketId ticket);

  /**
   * Lots from a keyed hash.
   *
   * @param hmac HMAC-SHA256 with a secret that all nodes share; called by one thread at a time
   */
  static ShuffleRank of(UnaryOperator<byte[]> hmac) {
    return (event, ticket) -> {
      var name = event.getBytes(StandardCharsets.UTF_8);
      var message =
          ByteBuffer.allocate(name.length + 2 * Long.BYTES)
              .put(name)
              .putLong(ticket.high())
              .putLong(ticket.low());
      return hmac.apply(message.array())[0] & 0xff;
    };
  }
}
