package io.maitred.waitingroom.ticket;

import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RingKey;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketRules;
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

  private record Usable(RingKey key, SecretKey secret) {}

  private final ThreadLocal<Sealer> sealers = ThreadLocal.withInitial(Sealer::new);
  private final Duration spread;
  private volatile List<Usable> keys;

  /**
   * @param ring the keys, until {@link #use} brings others
   * @param spread how long a new key may take to reach every node; tickets are sealed with it only
   *     then
   */
  public TicketCodec(KeyRing ring, Duration spread) {
    this.spread = spread;
    this.keys = usable(ring);
  }

  /** Takes another ring for everything from now on. */
  public void use(KeyRing ring) {
    keys = usable(ring);
  }

  private static List<Usable> usable(KeyRing ring) {
    return ring.keys().stream()
        .map(key -> new Usable(key, new SecretKeySpec(key.secret(), "AES")))
        .toList();
  }

  /**
   * The ticket as the value of a cookie.
   *
   * @param now decides which key everybody knows by now
   * @return null while there is no key
   */
  public @Nullable String encode(RoomId room, Ticket ticket, Instant now) {
    var key = sealing(now);
    if (key == null) {
      return null;
    }
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
    var key = find(sealer.keyId());
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
    long limit = now.toEpochMilli() + TicketRules.MAX_FUTURE.toMillis();
    var accepted = ticket.acceptedAt();
    return ticket.lastCheckIn().toEpochMilli() > limit
        || (accepted != null && accepted.toEpochMilli() > limit)
        || ticket.bucketMinute() > Math.floorDiv(limit, 60_000L);
  }

  /** The newest key that every node knows by now, else the oldest. */
  private @Nullable Usable sealing(Instant now) {
    var known = keys;
    for (int i = 0; i < known.size(); i++) {
      var key = known.get(i);
      if (i == known.size() - 1 || !key.key().createdOn().plus(spread).isAfter(now)) {
        return key;
      }
    }
    return null;
  }

  private @Nullable Usable find(int id) {
    var known = keys;
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).key().id() == id) {
        return known.get(i);
      }
    }
    return null;
  }
}
