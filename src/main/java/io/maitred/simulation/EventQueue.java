package io.maitred.simulation;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Simulated time: what is to happen, in order. What is due at the same time happens as planned. */
final class EventQueue {
  private record Event(long at, long number, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private long now;
  private long planned;

  /**
   * @param start in milliseconds since 1970-01-01 UTC
   */
  EventQueue(long start) {
    now = start;
  }

  /** The simulated time, in milliseconds. */
  long now() {
    return now;
  }

  /** Plans something for a time from now; at once if that is not positive. */
  void after(double millis, Runnable action) {
    events.add(new Event(now + Math.max(0, Math.round(millis)), planned++, action));
  }

  void after(Duration time, Runnable action) {
    after((double) time.toMillis(), action);
  }

  /** Lets everything happen that is due within a time from now. */
  void run(Duration time) {
    long end = now + time.toMillis();
    while (!events.isEmpty() && events.peek().at() < end) {
      var next = events.remove();
      now = next.at();
      next.action().run();
    }
    now = end;
  }
}
