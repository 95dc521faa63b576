package io.maitred.http.waitingroom.api;

import io.maitred.http.QueryParameters;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The situation in which a template is shown (contract waiting room 24.7).
 *
 * @param waitTime minutes, at least 1
 */
record PreviewParameters(
    boolean forceQueue,
    boolean queueIsFull,
    QueueingMethod method,
    Event event,
    boolean shuffle,
    int waitTime) {
  private static final int DEFAULT_WAIT = 10;
  private static final int EVENT_MINUTES = 15;

  enum Event {
    NONE,
    PREQUEUEING,
    STARTED
  }

  /**
   * @throws ApiException 400 with all parameters that are wrong
   */
  static PreviewParameters of(QueryParameters query) {
    var reading = new Reading(query, new ArrayList<>());
    var parameters =
        new PreviewParameters(
            reading.flag("force_queue"),
            reading.flag("queue_is_full"),
            reading.method(),
            reading.event(),
            reading.flag("shuffle_at_event_start"),
            reading.waitTime());
    if (parameters.shuffle && parameters.event == Event.NONE) {
      reading.wrong("shuffle_at_event_start", "only with an event");
    }
    if (!reading.errors.isEmpty()) {
      throw ApiException.invalid(reading.errors);
    }
    return parameters;
  }

  /** Whether users would see the origin and not the queue. */
  boolean showsOrigin() {
    return method == QueueingMethod.PASSTHROUGH && !isClosed();
  }

  private boolean isClosed() {
    return forceQueue || event == Event.PREQUEUEING;
  }

  QueueFacts facts(Instant now) {
    boolean rejects = method == QueueingMethod.REJECT && !isClosed();
    boolean known = !isClosed() && !rejects;
    boolean random = known && method == QueueingMethod.RANDOM;
    boolean prequeueing = event == Event.PREQUEUEING;
    int untilEnd = prequeueing ? 2 * EVENT_MINUTES : EVENT_MINUTES;
    return new QueueFacts(
        known,
        known ? waitTime : 0,
        random ? (waitTime + 1L) / 2 : 0,
        random ? waitTime : 0,
        random ? waitTime + (waitTime + 1L) / 2 : 0,
        0,
        queueIsFull,
        forceQueue,
        now,
        rejects ? 0 : QueueFacts.REFRESH_SECONDS,
        method,
        event != Event.NONE,
        prequeueing,
        prequeueing ? EVENT_MINUTES : 0,
        event == Event.NONE ? 0 : untilEnd,
        shuffle,
        "",
        false);
  }

  private record Reading(QueryParameters query, List<ApiError> errors) {

    boolean flag(String name) {
      var value = query.first(name);
      if (value != null && !value.equals("true") && !value.equals("false")) {
        wrong(name, "true or false");
      }
      return "true".equals(value);
    }

    QueueingMethod method() {
      var value = query.first("queueing_method");
      var method = QueueingMethod.of(value == null ? "fifo" : value);
      if (method.isEmpty()) {
        wrong("queueing_method", "fifo, random, passthrough or reject");
      }
      return method.orElse(QueueingMethod.FIFO);
    }

    Event event() {
      var value = lower(query.first("event"));
      return switch (value == null ? "none" : value) {
        case "none" -> Event.NONE;
        case "prequeueing" -> Event.PREQUEUEING;
        case "started" -> Event.STARTED;
        default -> {
          wrong("event", "none, prequeueing or started");
          yield Event.STARTED;
        }
      };
    }

    int waitTime() {
      var value = query.first("waitTime");
      if (value == null) {
        return DEFAULT_WAIT;
      }
      if (value.matches("0*[1-9][0-9]{0,6}")) {
        return Integer.parseInt(value);
      }
      wrong("waitTime", "an integer in range [1, 9999999]");
      return DEFAULT_WAIT;
    }

    void wrong(String name, String expected) {
      errors.add(
          new ApiError(
              ApiError.INVALID, name + " must be " + expected + ": invalid data", "/" + name));
    }

    private static @Nullable String lower(@Nullable String text) {
      return text == null ? null : text.toLowerCase(Locale.ROOT);
    }
  }
}
