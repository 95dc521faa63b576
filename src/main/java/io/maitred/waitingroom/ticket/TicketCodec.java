package io.maitred.waitingroom.ticket;

import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tickets as the values of cookies: base64url of a clear prefix (version, id of the key), the
 * initialisation vector, and the ticket sealed with AES-256-GCM. Room and prefix are bound as
 * associated data, so that a ticket is worth nothing in another room. Safe to use from all threads;
 * no caller ever gets an exception for what a client sent.
 */
public final class TicketCodec {
  /** Longest value that is looked at, in characters. */
  public static final int MAX_LENGTH = 4096;

  /** How far a ticket may be ahead of the clock (contract waiting room 3.3). */
  public static final Duration MAX_AHEAD = Duration.ofSeconds(120);

  private record Usable(KeyRing.Key key, SecretKey secret) {}

  private record Keys(KeyRing ring, List<Usable> usable) {
    static Keys of(KeyRing ring) {
      return new Keys(
          ring,
          ring.keys().stream()
              .map(key -> new Usable(key, new SecretKeySpec(key.secret(), "AES")))
              .toList());
    }

    @Nullable Usable find(int id) {
      for (int i = 0; i < usable.size(); i++) {
        if (usable.get(i).key().id() == id) {
          return usable.get(i);
        }
      }
      return null;
    }

    Usable current(Instant now) {
      return usable.get(ring.keys().indexOf(ring.current(now)));
    }
  }

  private final ThreadLocal<Sealer> sealers = ThreadLocal.withInitial(Sealer::new);
  private volatile Keys keys;

  /**
   * @param ring the keys, until {@link #use} brings others
   */
  public TicketCodec(KeyRing ring) {
    this.keys = Keys.of(ring);
  }

  /** Takes another ring for everything from now on. */
  public void use(KeyRing next) {
    keys = Keys.of(next);
  }

  /**
   * The ticket as the value of a cookie.
   *
   * @param now decides which key everybody knows by now
   */
  public String encode(RoomId room, Ticket ticket, Instant now) {
    var key = keys.current(now);
    try {
      return sealers.get().seal(room, ticket, key.key().id(), key.secret());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a ticket cannot be sealed", e);
    }
  }

  /**
   * What a cookie's value means in a room.
   *
   * @param value anything that a client sent
   */
  public Decoded decode(RoomId room, String value, Instant now) {
    if (value.length() > MAX_LENGTH) {
      return Decoded.Failure.MALFORMED;
    }
    var sealer = sealers.get();
    if (!sealer.read(value)) {
      return Decoded.Failure.MALFORMED;
    }
    var key = keys.find(sealer.keyId());
    if (key == null) {
      return Decoded.Failure.UNKNOWN_KEY;
    }
    Ticket ticket;
    try {
      ticket = sealer.open(room, key.secret());
    } catch (AEADBadTagException e) {
      return Decoded.Failure.FORGED;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a ticket cannot be opened", e);
    }
    if (ticket == null) {
      return Decoded.Failure.MALFORMED;
    }
    return isAhead(ticket, now) ? Decoded.Failure.FUTURE : new Decoded.Opened(ticket);
  }

  private static boolean isAhead(Ticket ticket, Instant now) {
    long limit = now.toEpochMilli() + MAX_AHEAD.toMillis();
    var accepted = ticket.acceptedAt();
    return ticket.lastCheckIn().toEpochMilli() > limit
        || (accepted != null && accepted.toEpochMilli() > limit)
        || ticket.bucketMinute() > Math.floorDiv(limit, 60_000L);
  }
}
