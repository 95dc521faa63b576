package io.maitred.waitingroom.page;

import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The query parameters of a preview. */
final class PreviewParameters {
  /** Minutes until the pretended event starts, and that it lasts. */
  private static final int EVENT_MINUTES = 15;

  /** Largest waiting time, in minutes. */
  private static final int MAX_WAIT = 1_000_000;

  /** Thrown and caught here only. */
  private static final class InvalidParameterException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private InvalidParameterException(String name, String value, String expected) {
      super(name + ": " + value + " (expected: " + expected + ")");
    }
  }

  private final Map<String, String> query;

  private PreviewParameters(Map<String, String> query) {
    this.query = query;
  }

  static Preview read(Map<String, String> query, Instant now) {
    try {
      return new PreviewParameters(query).preview(now);
    } catch (InvalidParameterException e) {
      return new Preview.Invalid(String.valueOf(e.getMessage()));
    }
  }

  private Preview preview(Instant now) {
    boolean queueAll = bool("force_queue");
    boolean full = bool("queue_is_full");
    var method = method();
    var event = event();
    boolean shuffle = bool("shuffle_at_event_start");
    if (shuffle && "none".equals(event)) {
      throw new InvalidParameterException(
          "shuffle_at_event_start", "true", "false, because there is no event");
    }
    long wait = waitTime();
    boolean prequeueing = "prequeueing".equals(event);
    boolean closed = queueAll || prequeueing;
    if (method == QueueingMethod.PASSTHROUGH && !closed) {
      return new Preview.Welcome();
    }
    boolean rejects = method == QueueingMethod.REJECT && !closed;
    boolean known = !closed && !rejects;
    boolean random = known && method == QueueingMethod.RANDOM;
    return new Preview.Queue(
        new QueueFacts(
            known,
            known ? wait : 0,
            random ? (wait + 1) / 2 : 0,
            random ? wait : 0,
            random ? (3 * wait + 1) / 2 : 0,
            0,
            full,
            queueAll,
            now,
            rejects ? 0 : QueueFacts.REFRESH_SECONDS,
            method,
            !"none".equals(event),
            prequeueing,
            prequeueing ? EVENT_MINUTES : 0,
            "none".equals(event) ? 0 : prequeueing ? 2 * EVENT_MINUTES : EVENT_MINUTES,
            shuffle,
            "",
            false));
  }

  private @Nullable String value(String name) {
    return query.get(name);
  }

  private boolean bool(String name) {
    var value = value(name);
    if (value == null || "false".equals(value)) {
      return false;
    }
    if ("true".equals(value)) {
      return true;
    }
    throw new InvalidParameterException(name, value, "true or false");
  }

  private QueueingMethod method() {
    var value = value("queueing_method");
    if (value == null) {
      return QueueingMethod.FIFO;
    }
    return QueueingMethod.of(value)
        .orElseThrow(
            () ->
                new InvalidParameterException(
                    "queueing_method", value, "fifo, random, passthrough or reject"));
  }

  private String event() {
    var value = Optional.ofNullable(value("event")).orElse("none").toLowerCase(Locale.ROOT);
    return switch (value) {
      case "none", "prequeueing", "started" -> value;
      default ->
          throw new InvalidParameterException("event", value, "none, prequeueing or started");
    };
  }

  private long waitTime() {
    var value = value("waitTime");
    if (value == null) {
      return 10;
    }
    // digits only: no sign, and short enough for the number
    long minutes = value.matches("[0-9]{1,9}") ? Long.parseLong(value) : 0;
    if (minutes < 1 || minutes > MAX_WAIT) {
      throw new InvalidParameterException("waitTime", value, "1 to " + MAX_WAIT);
    }
    return minutes;
  }
}
