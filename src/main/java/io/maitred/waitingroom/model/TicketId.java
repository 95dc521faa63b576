package io.maitred.waitingroom.model;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.random.RandomGenerator;

/** The random identity of a ticket, 128 bits. */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record TicketId(long high, long low) {

  /** A new one; the source must be fit for secrets. */
  public static TicketId random(RandomGenerator random) {
    return new TicketId(random.nextLong(), random.nextLong());
  }
}
