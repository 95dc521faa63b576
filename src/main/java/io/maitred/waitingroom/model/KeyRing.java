package io.maitred.waitingroom.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that protect tickets, shared by all data centers. The first one protects new tickets,
 * all open old ones.
 *
 * @param keys newest first; each id appears once
 */
public record KeyRing(List<RingKey> keys) {
  /** A ring has at most so many keys; beyond, the oldest is dropped. */
  public static final int MAX_KEYS = 4;

  /** Before the first key was made. */
  public static final KeyRing EMPTY = new KeyRing(List.of());

  private static final int NO_KEY = -1;

  public KeyRing {
    keys = List.copyOf(keys);
    if (keys.stream().map(RingKey::id).distinct().count() != keys.size()) {
      throw new IllegalArgumentException("KeyRing: two keys of one id");
    }
  }

  /** The key that was made last; null in an empty ring. */
  public @Nullable RingKey newest() {
    return keys.isEmpty() ? null : keys.get(0);
  }

  /**
   * The key for new tickets: the newest one that every node knows by now. Tickets of a newer one
   * would be worth nothing where it is not known yet.
   *
   * @param spread how long a new key may take to reach every node
   * @return null in an empty ring
   */
  public @Nullable RingKey sealing(Instant now, Duration spread) {
    for (var key : keys) {
      if (!key.createdOn().plus(spread).isAfter(now)) {
        return key;
      }
    }
    return keys.isEmpty() ? null : keys.get(keys.size() - 1);
  }

  /** The key of this id; null for none. */
  public @Nullable RingKey key(int id) {
    for (var key : keys) {
      if (key.id() == id) {
        return key;
      }
    }
    return null;
  }

  /** Id of the newest key, -1 in an empty ring. */
  public int newestId() {
    return keys.isEmpty() ? NO_KEY : keys.get(0).id();
  }

  /** The id for the next key: one more than the newest one's, after 255 follows 0. */
  public int nextId() {
    return (newestId() + 1) % (RingKey.MAX_ID + 1);
  }

  /** Whether a new key is due. */
  public boolean isOlderThan(Duration age, Instant now) {
    var newest = newest();
    return newest == null || newest.createdOn().plus(age).isBefore(now);
  }

  /**
   * With one more key, if the newest one is the one that the maker of the key saw; else unchanged:
   * somebody was faster.
   *
   * @param newestSeen id of the newest key when the key was made, -1 for none
   */
  public KeyRing adding(RingKey key, int newestSeen) {
    if (newestSeen != newestId() || key(key.id()) != null) {
      return this;
    }
    var next = new ArrayList<RingKey>();
    next.add(key);
    next.addAll(keys.subList(0, Math.min(keys.size(), MAX_KEYS - 1)));
    return new KeyRing(next);
  }

  /**
   * Without a key: tickets made with it are worth nothing any more. The newest key stays; it can be
   * retired when it has a successor.
   */
  public KeyRing retiring(int id) {
    return id == newestId() || key(id) == null
        ? this
        : new KeyRing(keys.stream().filter(key -> key.id() != id).toList());
  }
}
