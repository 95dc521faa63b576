package io.maitred.waitingroom;

import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.Outcome.Reason;
import io.maitred.waitingroom.model.Outcome.ToOrigin;
import io.maitred.waitingroom.model.RoomTime;
import io.maitred.waitingroom.model.RoomWorkerState.Drawn;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.Visit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what happens in one room on this node (contract waiting room 28). {@link #close}
 * takes everything out of the registry again.
 */
final class RoomMeters {
  /** Kinds of cookies that cannot be read, at most; more are counted as one. */
  private static final int MAX_KINDS = 20;

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<Reason, Counter> outcomes = new EnumMap<>(Reason.class);
  private final Map<Drawn, Counter> draws = new EnumMap<>(Drawn.class);
  private final Map<String, Counter> undecodable = new ConcurrentHashMap<>();
  private final Counter rejected;
  private final Counter revoked;
  private final Timer inQueue;
  private final Timer atOrigin;

  /**
   * @param tags which tell the room from others
   */
  RoomMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
    for (var reason : Reason.values()) {
      outcomes.put(reason, counter("maitred.room.visits", "Visits by decision", label(reason)));
    }
    for (var drawn : Drawn.values()) {
      draws.put(drawn, counter("maitred.room.draws", "Draws from the counter", label(drawn)));
    }
    rejected = counter("maitred.room.visits", "Visits by decision", "rejected");
    revoked = counter("maitred.room.sessions.revoked", "Sessions that the origin ended", "");
    inQueue = timer("maitred.room.queue.time", "From the minute of the first visit to admission");
    atOrigin = timer("maitred.room.origin.time", "From admission to the last visit of a session");
  }

  /** A visit was decided. */
  void decided(Visit visit, Outcome outcome) {
    if (outcome instanceof ToOrigin origin) {
      count(origin.reason());
      admitted(visit, origin);
    } else if (outcome instanceof Outcome.Queued queued) {
      count(queued.reason());
      ended(visit, queued.ticket());
    } else {
      rejected.increment();
      ended(visit, null);
    }
  }

  /** The origin ended a session. */
  void revoked(Ticket ticket, Instant now) {
    revoked.increment();
    var acceptedAt = ticket.acceptedAt();
    if (acceptedAt != null) {
      record(atOrigin, Duration.between(acceptedAt, now));
    }
  }

  /** A draw was answered, or not. */
  void drawn(Drawn drawn) {
    var counter = draws.get(drawn);
    if (counter != null) {
      counter.increment();
    }
  }

  /** A cookie held no ticket of the room. */
  void undecodable(String kind) {
    var known = undecodable.get(kind);
    if (known == null) {
      var label = undecodable.size() < MAX_KINDS ? kind : "other";
      known =
          undecodable.computeIfAbsent(
              label,
              name -> counter("maitred.room.cookies.refused", "Cookies without a ticket", name));
    }
    known.increment();
  }

  /** Takes the meters out of the registry. */
  synchronized void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }

  private void count(Reason reason) {
    var counter = outcomes.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  private void admitted(Visit visit, ToOrigin origin) {
    var ticket = origin.ticket();
    if (ticket == null || origin.reason() == Reason.ACTIVE) {
      return;
    }
    ended(visit, ticket);
    if (origin.reason() != Reason.NEW) {
      record(inQueue, Duration.between(RoomTime.startOfMinute(ticket.bucketMinute()), visit.at()));
    }
  }

  /** An accepted ticket that was not honoured tells how long its session was. */
  private void ended(Visit visit, @Nullable Ticket issued) {
    var before = visit.ticket();
    var acceptedAt = before == null ? null : before.acceptedAt();
    if (before != null
        && acceptedAt != null
        && (issued == null || !issued.id().equals(before.id()))) {
      record(atOrigin, Duration.between(acceptedAt, before.lastCheckIn()));
    }
  }

  private static void record(Timer timer, Duration time) {
    timer.record(time.isNegative() ? Duration.ZERO : time);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private synchronized Counter counter(String name, String description, String kind) {
    var counter =
        Counter.builder(name)
            .description(description)
            .tags(kind.isEmpty() ? tags : tags.and("kind", kind))
            .register(registry);
    meters.add(counter);
    return counter;
  }

  private Timer timer(String name, String description) {
    var timer =
        Timer.builder(name)
            .description(description)
            .tags(tags)
            .publishPercentiles(0.5, 0.9, 0.95, 0.99)
            .maximumExpectedValue(Duration.ofDays(1))
            .register(registry);
    meters.add(timer);
    return timer;
  }
}
