package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.RoomEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueFactsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T15:00:00Z");
  private static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");

  @Test
  void json_fifoWithoutEvent_isTheFirstExample() {
    var facts = QueueFacts.of(config(QueueingMethod.FIFO, null, NOW), queued(tenMinutes()), NOW);

    var json = facts.json();

    assertEquals(
        "{inWaitingRoom=true, waitTimeKnown=true, waitTime=10, waitTime25Percentile=0,"
            + " waitTime50Percentile=0, waitTime75Percentile=0, waitTimeFormatted=10 minutes,"
            + " queueIsFull=false, queueAll=false, lastUpdated=2026-11-21T15:00:00.000Z,"
            + " refreshIntervalSeconds=20, queueingMethod=fifo, isFIFOQueue=true,"
            + " isRandomQueue=false, isPassthroughQueue=false, isRejectQueue=false,"
            + " isEventActive=false, isEventPrequeueing=false, timeUntilEventStart=0,"
            + " timeUntilEventStartFormatted=unavailable, timeUntilEventEnd=0,"
            + " timeUntilEventEndFormatted=unavailable, shuffleAtEventStart=false, turnstile=,"
            + " infiniteQueue=false}",
        json.toString());
  }

  @Test
  void json_randomWithEvent_isTheSecondExample() {
    var event = event("2026-11-21T14:00:00Z", "2026-11-21T15:15:00Z", null);
    var estimate = new WaitEstimate(true, 10, 5, 10, 15, 200, false);
    var json =
        QueueFacts.of(config(QueueingMethod.RANDOM, event, NOW), queued(estimate), NOW).json();

    assertEquals(10L, json.get("waitTime"));
    assertEquals(5L, json.get("waitTime25Percentile"));
    assertEquals(10L, json.get("waitTime50Percentile"));
    assertEquals(15L, json.get("waitTime75Percentile"));
    assertEquals("5 minutes to 15 minutes", json.get("waitTimeFormatted"));
    assertEquals(true, json.get("isRandomQueue"));
    assertEquals(true, json.get("isEventActive"));
    assertEquals(false, json.get("isEventPrequeueing"));
    assertEquals(15L, json.get("timeUntilEventEnd"));
    assertEquals("15 minutes", json.get("timeUntilEventEndFormatted"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                  now,      untilStart, startText,   untilEnd, prequeueing
          D37 pre-queue opens,   15:00:00,         30, 30 minutes,       120, true
          D37 half a minute,     15:29:30,          1, 1 minute,          91, true
          just before the start, 15:29:59,          1, 1 minute,          91, true
          D37 started,           15:30:00,          0, unavailable,       90, false
          D37 last second,       16:59:59,          0, unavailable,        1, false
          D37 over,              17:00:00,          0, unavailable,        0, false
          """)
  void times_ofAnEvent_areRoundedUp(
      String name,
      String time,
      long untilStart,
      String startText,
      long untilEnd,
      boolean prequeueing) {
    var now = Instant.parse("2026-11-21T" + time + "Z");
    var event = event("2026-11-21T15:30:00Z", "2026-11-21T17:00:00Z", "2026-11-21T15:00:00Z");
    var holds = event.covers(now) ? event : null;

    var facts =
        QueueFacts.of(
            config(QueueingMethod.FIFO, holds, now), queued(WaitEstimate.unknown(false)), now);

    assertEquals(untilStart, facts.timeUntilEventStart());
    assertEquals(startText, facts.timeUntilEventStartFormatted());
    assertEquals(untilEnd, facts.timeUntilEventEnd());
    assertEquals(prequeueing, facts.isEventPrequeueing());
    assertEquals("unavailable", facts.waitTimeFormatted());
  }

  @Test
  void rejected_isNeverRefreshed() {
    var facts =
        QueueFacts.of(config(QueueingMethod.REJECT, null, NOW), new Outcome.Rejected(NOW), NOW);

    assertEquals(0, facts.refreshIntervalSeconds());
    assertEquals(true, facts.json().get("isRejectQueue"));
  }

  @Test
  void infinite_isTold() {
    var outcome =
        new Outcome.Queued(null, NOW, WaitEstimate.unknown(false), Outcome.Reason.INFINITE);

    assertTrue(QueueFacts.of(config(QueueingMethod.FIFO, null, NOW), outcome, NOW).infiniteQueue());
  }

  @ParameterizedTest(name = "{0} minutes")
  @CsvSource({"1,0,1,1 minute", "59,0,59,59 minutes", "60,1,0,60 minutes", "135,2,15,135 minutes"})
  void variables_haveHoursAndMinutes(long wait, long hours, long rest, String text) {
    var estimate = new WaitEstimate(true, wait, 0, 0, 0, 7, false);
    var variables =
        QueueFacts.of(config(QueueingMethod.FIFO, null, NOW), queued(estimate), NOW).variables();

    assertEquals(hours, variables.get("waitTimeHours"));
    assertEquals(rest, variables.get("waitTimeHourMinutes"));
    assertEquals(text, variables.get("waitTimeFormatted"));
    assertEquals(27, variables.size());
  }

  private static WaitEstimate tenMinutes() {
    return new WaitEstimate(true, 10, 0, 0, 0, 300, false);
  }

  private static Outcome.Queued queued(WaitEstimate estimate) {
    return new Outcome.Queued(null, NOW, estimate, Outcome.Reason.NO_SLOT);
  }

  private static EffectiveConfig config(
      QueueingMethod method, @Nullable RoomEvent event, Instant now) {
    boolean prequeueing = event != null && event.isPrequeueing(now);
    return new EffectiveConfig(
        ROOM, 1, false, false, event, prequeueing, 200, 200, 5, true, method, false, "");
  }

  private static RoomEvent event(String start, String end, @Nullable String prequeue) {
    return new RoomEvent(
        ROOM.value(),
        NOW,
        NOW,
        "sale",
        "",
        false,
        Instant.parse(start),
        Instant.parse(end),
        prequeue == null ? null : Instant.parse(prequeue),
        false,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
