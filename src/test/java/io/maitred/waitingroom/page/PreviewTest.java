package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.QueueFacts;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreviewTest {

  @Test
  void noParameters_areAnOrdinaryQueueOfTenMinutes() {
    var facts = queue("");
    assertEquals(10, facts.waitTime());
    assertTrue(facts.waitTimeKnown());
    assertEquals("10 minutes", facts.waitTimeFormatted());
    assertEquals(true, facts.json().get("isFIFOQueue"));
    assertEquals("unavailable", facts.timeUntilEventEndFormatted());
    assertEquals(20, facts.refreshIntervalSeconds());
    assertEquals(SampleFacts.NOW, facts.lastUpdated());
  }

  @ParameterizedTest(name = "{0}: {1} = {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          waitTime=1 | waitTimeFormatted | 1 minute
          waitTime=1000000 | waitTime | 1000000
          queueing_method=random | waitTimeFormatted | 5 minutes to 15 minutes
          queueing_method=random | waitTime50Percentile | 10
          queueing_method=random&event=started | timeUntilEventEndFormatted | 15 minutes
          queueing_method=random&event=started | isEventActive | true
          queueing_method=RANDOM&waitTime=1 | waitTime75Percentile | 2
          queue_is_full=true | queueIsFull | true
          force_queue=true | queueAll | true
          force_queue=true | waitTimeKnown | false
          force_queue=true | waitTimeFormatted | unavailable
          force_queue=false | queueAll | false
          event=prequeueing | isEventPrequeueing | true
          event=prequeueing | isEventActive | true
          event=prequeueing | waitTimeKnown | false
          event=prequeueing | timeUntilEventStart | 15
          event=prequeueing&shuffle_at_event_start=true | shuffleAtEventStart | true
          event=started&shuffle_at_event_start=true | shuffleAtEventStart | true
          event=started | isEventPrequeueing | false
          event=started | timeUntilEventStart | 0
          event=none&shuffle_at_event_start=false | isEventActive | false
          queueing_method=reject | refreshIntervalSeconds | 0
          queueing_method=reject | waitTimeKnown | false
          queueing_method=reject&force_queue=true | refreshIntervalSeconds | 20
          queueing_method=passthrough&force_queue=true | isPassthroughQueue | true
          queueing_method=passthrough&event=prequeueing | isPassthroughQueue | true
          something=else | waitTime | 10
          """)
  void parameters_changeTheFacts(String query, String field, String expected) {
    assertEquals(expected, String.valueOf(queue(query).json().get(field)));
  }

  @ParameterizedTest
  @CsvSource({"queueing_method=passthrough", "queueing_method=passthrough&event=started"})
  void passthrough_isASiteWithoutAQueue(String query) {
    assertInstanceOf(Preview.Welcome.class, Preview.of(parameters(query), SampleFacts.NOW));
  }

  @ParameterizedTest
  @CsvSource({
    "force_queue=yes, force_queue: yes (expected: true or false)",
    "force_queue=, force_queue",
    "queue_is_full=TRUE, queue_is_full",
    "queueing_method=lifo, queueing_method: lifo",
    "event=over, event: over",
    "event=none&shuffle_at_event_start=true, shuffle_at_event_start",
    "shuffle_at_event_start=true, shuffle_at_event_start",
    "waitTime=0, waitTime: 0 (expected: 1 to 1000000)",
    "waitTime=-5, waitTime",
    "waitTime=1.5, waitTime",
    "waitTime=1000001, waitTime",
    "waitTime=99999999999999999999, waitTime"
  })
  void invalidParameters_areNamed(String query, String expected) {
    var invalid =
        assertInstanceOf(Preview.Invalid.class, Preview.of(parameters(query), SampleFacts.NOW));
    assertTrue(invalid.message().contains(expected), invalid.message());
  }

  private static QueueFacts queue(String query) {
    return assertInstanceOf(Preview.Queue.class, Preview.of(parameters(query), SampleFacts.NOW))
        .facts();
  }

  private static Map<String, String> parameters(String query) {
    var parameters = new HashMap<String, String>();
    for (var pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        var parts = pair.split("=", 2);
        parameters.put(parts[0], parts[1]);
      }
    }
    return parameters;
  }
}
