package io.maitred.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what waiting rooms do with requests, by room. Rooms are configured, so that their number
 * is bounded; {@link #retain} drops the counters of those that are gone.
 */
public final class RoomRequests {
  private record Key(String room, String name, String value) {}

  private final MeterRegistry registry;
  private final ConcurrentHashMap<Key, Counter> counters = new ConcurrentHashMap<>();

  public RoomRequests(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A request was answered by the room itself, with its page or its JSON. */
  public void answered(String room, int status) {
    count("maitred.room.answers", "Requests that a room answered", "status", room, text(status));
  }

  /** Texts of the few statuses that rooms answer with, so that none is made for each request. */
  private static String text(int status) {
    return switch (status) {
      case 200 -> "200";
      case 202 -> "202";
      case 429 -> "429";
      default -> Integer.toString(status);
    };
  }

  /**
   * A request passed a room as if it were not there.
   *
   * @param by what let it pass, one of a few words
   */
  public void bypassed(String room, String by) {
    count("maitred.room.bypassed", "Requests that passed a room unseen", "by", room, by);
  }

  /** A rule of a room could not be evaluated for a request, and did not let it pass. */
  public void ruleFailed(String room) {
    count("maitred.room.rules.failed", "Rules that could not be evaluated", "by", room, "rule");
  }

  private void count(String meter, String description, String name, String room, String value) {
    var key = new Key(room, meter, value);
    var counter = counters.get(key);
    if (counter == null) {
      counter =
          counters.computeIfAbsent(
              key,
              missing ->
                  Counter.builder(meter)
                      .description(description)
                      .tag("room", room)
                      .tag(name, value)
                      .register(registry));
    }
    counter.increment();
  }

  /** Drops the counters of all rooms but these. */
  public void retain(Collection<String> rooms) {
    var kept = Set.copyOf(rooms);
    counters
        .entrySet()
        .removeIf(
            entry -> {
              boolean isGone = !kept.contains(entry.getKey().room());
              if (isGone) {
                registry.remove(entry.getValue());
              }
              return isGone;
            });
  }
}
