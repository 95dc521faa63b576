package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.RoomEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a user in a queue is told, whatever the form of the answer (contract waiting room
 * 27). Numbers of minutes are whole and rounded up.
 *
 * @param waitTimeKnown false: all waiting times are 0
 * @param waitTime minutes; for the method {@code random} the 50th percentile
 * @param waitTime25Percentile minutes, for the method {@code random} only, else 0
 * @param waitTime50Percentile minutes, for the method {@code random} only, else 0
 * @param waitTime75Percentile minutes, for the method {@code random} only, else 0
 * @param usersAhead about how many go first; 0 when unknown; not in the JSON answer
 * @param lastUpdated the user's last counted attempt
 * @param refreshIntervalSeconds when the page asks again; 0: never
 * @param isEventActive whether an event holds, its pre-queue included
 * @param timeUntilEventStart minutes; 0 unless pre-queueing
 * @param timeUntilEventEnd minutes; 0 unless an event is active
 * @param turnstile markup of a bot challenge; empty for none
 */
public record QueueFacts(
    boolean waitTimeKnown,
    long waitTime,
    long waitTime25Percentile,
    long waitTime50Percentile,
    long waitTime75Percentile,
    long usersAhead,
    boolean queueIsFull,
    boolean queueAll,
    Instant lastUpdated,
    int refreshIntervalSeconds,
    QueueingMethod queueingMethod,
    boolean isEventActive,
    boolean isEventPrequeueing,
    long timeUntilEventStart,
    long timeUntilEventEnd,
    boolean shuffleAtEventStart,
    String turnstile,
    boolean infiniteQueue) {

  /** Seconds between two refreshes of a queue page, unless an operator says otherwise. */
  public static final int REFRESH_SECONDS = (int) TicketRules.REFRESH_INTERVAL.toSeconds();

  private static final String UNAVAILABLE = "unavailable";
  private static final DateTimeFormatter ISO_MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** What a user is told who keeps or takes a place in line, or gets none because it is full. */
  public static QueueFacts of(EffectiveConfig effective, Outcome.Queued outcome, Instant now) {
    return of(effective, outcome, now, REFRESH_SECONDS);
  }

  /**
   * @param refreshSeconds how often the page asks again
   */
  public static QueueFacts of(
      EffectiveConfig effective, Outcome.Queued outcome, Instant now, int refreshSeconds) {
    var ticket = outcome.ticket();
    boolean infinite =
        outcome.reason() == Outcome.Reason.INFINITE || (ticket != null && ticket.infinite());
    return of(effective, outcome.estimate(), outcome.lastUpdated(), refreshSeconds, infinite, now);
  }

  /** What a user is told who is turned away. */
  public static QueueFacts of(EffectiveConfig effective, Outcome.Rejected outcome, Instant now) {
    return of(effective, WaitEstimate.unknown(false), outcome.lastUpdated(), 0, false, now);
  }

  private static QueueFacts of(
      EffectiveConfig effective,
      WaitEstimate estimate,
      Instant lastUpdated,
      int refreshSeconds,
      boolean infinite,
      Instant now) {
    var event = effective.event();
    return new QueueFacts(
        estimate.known(),
        estimate.minutes(),
        estimate.minutes25(),
        estimate.minutes50(),
        estimate.minutes75(),
        estimate.usersAhead(),
        estimate.queueIsFull(),
        effective.queueAll(),
        lastUpdated,
        refreshSeconds,
        effective.method(),
        event != null,
        effective.prequeueing(),
        event != null && effective.prequeueing() ? minutesUntil(event.start(), now) : 0,
        event == null ? 0 : minutesUntil(event.end(), now),
        isShuffled(event),
        "",
        infinite);
  }

  private static boolean isShuffled(@Nullable RoomEvent event) {
    return event != null && event.shuffleAtStart();
  }

  private static long minutesUntil(Instant then, Instant now) {
    return Math.max(0, -Math.floorDiv(-Duration.between(now, then).toMillis(), 60_000L));
  }

  /** The waiting time in English; for the method {@code random} the likely range. */
  public String waitTimeFormatted() {
    if (!waitTimeKnown) {
      return UNAVAILABLE;
    }
    return queueingMethod == QueueingMethod.RANDOM
        ? minutes(waitTime25Percentile) + " to " + minutes(waitTime75Percentile)
        : minutes(waitTime);
  }

  public String timeUntilEventStartFormatted() {
    return timeUntilEventStart == 0 ? UNAVAILABLE : minutes(timeUntilEventStart);
  }

  public String timeUntilEventEndFormatted() {
    return timeUntilEventEnd == 0 ? UNAVAILABLE : minutes(timeUntilEventEnd);
  }

  /** {@link #lastUpdated} as users and programs see it: ISO 8601, UTC, with milliseconds. */
  public String lastUpdatedFormatted() {
    return ISO_MILLIS.format(lastUpdated);
  }

  /** The fields of the JSON answer, in the order of the contract. */
  public Map<String, Object> json() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("inWaitingRoom", true);
    fields.put("waitTimeKnown", waitTimeKnown);
    fields.put("waitTime", waitTime);
    fields.put("waitTime25Percentile", waitTime25Percentile);
    fields.put("waitTime50Percentile", waitTime50Percentile);
    fields.put("waitTime75Percentile", waitTime75Percentile);
    fields.put("waitTimeFormatted", waitTimeFormatted());
    fields.put("queueIsFull", queueIsFull);
    fields.put("queueAll", queueAll);
    fields.put("lastUpdated", lastUpdatedFormatted());
    fields.put("refreshIntervalSeconds", refreshIntervalSeconds);
    fields.put("queueingMethod", queueingMethod.text());
    fields.put("isFIFOQueue", queueingMethod == QueueingMethod.FIFO);
    fields.put("isRandomQueue", queueingMethod == QueueingMethod.RANDOM);
    fields.put("isPassthroughQueue", queueingMethod == QueueingMethod.PASSTHROUGH);
    fields.put("isRejectQueue", queueingMethod == QueueingMethod.REJECT);
    fields.put("isEventActive", isEventActive);
    fields.put("isEventPrequeueing", isEventPrequeueing);
    fields.put("timeUntilEventStart", timeUntilEventStart);
    fields.put("timeUntilEventStartFormatted", timeUntilEventStartFormatted());
    fields.put("timeUntilEventEnd", timeUntilEventEnd);
    fields.put("timeUntilEventEndFormatted", timeUntilEventEndFormatted());
    fields.put("shuffleAtEventStart", shuffleAtEventStart);
    fields.put("turnstile", turnstile);
    fields.put("infiniteQueue", infiniteQueue);
    return fields;
  }

  /**
   * The variables of a template: the fields of the JSON answer, and the waiting time in hours and
   * the minutes beyond them.
   */
  public Map<String, Object> variables() {
    var variables = json();
    variables.put("waitTimeHours", waitTime / 60);
    variables.put("waitTimeHourMinutes", waitTime % 60);
    return variables;
  }

  private static String minutes(long count) {
    return count == 1 ? "1 minute" : count + " minutes";
  }
}
