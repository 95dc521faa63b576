package io.maitred.waitingroom.ticket;

import io.maitred.waitingroom.model.QueueKey;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The content of a ticket in bytes, about 35 of them: flags, the id, the first visit's minute, and
 * everything else as a variable-length difference from it (zigzag, wrapping, so that every value of
 * a {@code long} survives). Times have milliseconds. Reused for many tickets by one thread.
 */
final class TicketBytes {
  /** More than any ticket takes. */
  static final int MAX = 400;

  private static final int MAX_HOME = 255;
  private static final int ACCEPTED = 1;
  private static final int INFINITE = 2;
  private static final int TRAFFIC = 4;
  private static final int ACTIVE = 8;
  private static final int WAITING_MINUTE = 16;
  private static final int WAITING_KEY = 32;
  private static final int ALL = 63;
  private static final long MINUTE_MILLIS = 60_000;

  final byte[] bytes = new byte[MAX];
  private int at;
  private int end;

  // data centers are few, so the last one usually fits
  private byte[] lastHomeBytes = new byte[0];
  private String lastHome = "";

  /**
   * Writes a ticket to the beginning of {@link #bytes}.
   *
   * @return the number of bytes
   * @throws IllegalArgumentException for the name of a data center that is too long
   */
  int write(Ticket ticket) {
    at = 0;
    bytes[at++] = (byte) flags(ticket);
    fixed(ticket.id().high());
    fixed(ticket.id().low());
    long minute = ticket.bucketMinute();
    long checkIn = ticket.lastCheckIn().toEpochMilli();
    signed(minute);
    signed(checkIn - minute * MINUTE_MILLIS);
    var accepted = ticket.acceptedAt();
    if (accepted != null) {
      signed(checkIn - accepted.toEpochMilli());
      home(ticket.home());
    }
    counted(ticket.trafficMinute(), minute);
    counted(ticket.activeCell(), minute * RoomTime.CELLS_PER_MINUTE);
    counted(ticket.waitingMinute(), minute);
    counted(ticket.waitingKey(), QueueKey.ofMinute(minute));
    return at;
  }

  private static int flags(Ticket ticket) {
    return (ticket.isAccepted() ? ACCEPTED : 0)
        | (ticket.infinite() ? INFINITE : 0)
        | (ticket.trafficMinute() == Ticket.NEVER ? 0 : TRAFFIC)
        | (ticket.activeCell() == Ticket.NEVER ? 0 : ACTIVE)
        | (ticket.waitingMinute() == Ticket.NEVER ? 0 : WAITING_MINUTE)
        | (ticket.waitingKey() == Ticket.NEVER ? 0 : WAITING_KEY);
  }

  /**
   * Reads the ticket at the beginning of {@link #bytes}.
   *
   * @return null when there is none
   */
  @Nullable Ticket read(int length) {
    at = 0;
    end = length;
    try {
      int flags = next();
      var id = new TicketId(fixed(), fixed());
      long minute = signed();
      long checkIn = minute * MINUTE_MILLIS + signed();
      Instant accepted = null;
      var home = "";
      if ((flags & ACCEPTED) != 0) {
        accepted = Instant.ofEpochMilli(checkIn - signed());
        home = home();
      }
      var ticket =
          new Ticket(
              id,
              minute,
              Instant.ofEpochMilli(checkIn),
              accepted,
              home,
              counted(flags & TRAFFIC, minute),
              counted(flags & ACTIVE, minute * RoomTime.CELLS_PER_MINUTE),
              counted(flags & WAITING_MINUTE, minute),
              counted(flags & WAITING_KEY, QueueKey.ofMinute(minute)),
              (flags & INFINITE) != 0);
      return at == end && (flags & ~ALL) == 0 ? ticket : null;
    } catch (IndexOutOfBoundsException e) {
      return null;
    }
  }

  private void counted(long value, long base) {
    if (value != Ticket.NEVER) {
      signed(value - base);
    }
  }

  private long counted(int present, long base) {
    return present == 0 ? Ticket.NEVER : base + signed();
  }

  private void home(String home) {
    if (!home.equals(lastHome)) {
      lastHomeBytes = home.getBytes(StandardCharsets.UTF_8);
      lastHome = home;
    }
    if (lastHomeBytes.length > MAX_HOME) {
      throw new IllegalArgumentException(
          "home: " + home + " (expected: at most " + MAX_HOME + " bytes)");
    }
    bytes[at++] = (byte) lastHomeBytes.length;
    System.arraycopy(lastHomeBytes, 0, bytes, at, lastHomeBytes.length);
    at += lastHomeBytes.length;
  }

  private String home() {
    int length = next();
    int from = at;
    at += length;
    if (at > end) {
      throw new IndexOutOfBoundsException(at);
    }
    if (!Arrays.equals(bytes, from, at, lastHomeBytes, 0, lastHomeBytes.length)) {
      lastHomeBytes = Arrays.copyOfRange(bytes, from, at);
      lastHome = new String(lastHomeBytes, StandardCharsets.UTF_8);
    }
    return lastHome;
  }

  private void fixed(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[at++] = (byte) (value >>> shift);
    }
  }

  private long fixed() {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = (value << 8) | next();
    }
    return value;
  }

  private void signed(long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7fL) != 0) {
      bytes[at++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  private long signed() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int read = next();
      value |= (read & 0x7fL) << shift;
      if (read < 0x80) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new IndexOutOfBoundsException(at);
  }

  private int next() {
    if (at >= end) {
      throw new IndexOutOfBoundsException(at);
    }
    return bytes[at++] & 0xff;
  }
}
