package io.maitred.waitingroom.page;

import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.util.List;

/** What the default page is about. */
enum PageVariant {
  /** The user is turned away. */
  REJECTED("reject.title", "reject.text"),
  /** Nobody enters for the time being. */
  CLOSED("line.title", "closed.text"),
  /** An event is about to start; afterwards everybody enters, or nobody new. */
  PREQUEUE("prequeue.title", "prequeue.text"),
  /** An event is about to start; who came first enters first. */
  PREQUEUE_ORDER("prequeue.title", "prequeue.text", "prequeue.order"),
  /** An event is about to start; the order is drawn then. */
  PREQUEUE_SHUFFLE("prequeue.title", "prequeue.text", "prequeue.shuffle"),
  /** An event is about to start; from then on lots are drawn. */
  PREQUEUE_RANDOM("prequeue.title", "prequeue.text", "random.text"),
  /** The user has no place in line yet. */
  FULL("full.title", "full.text"),
  /** Lots are drawn. */
  RANDOM("random.title", "random.text"),
  /** In line during an event. */
  EVENT("line.title", "event.text"),
  /** In line. */
  LINE("line.title", "line.text");

  private final String title;
  private final String text;
  private final String more;

  PageVariant(String title, String text) {
    this(title, text, "");
  }

  PageVariant(String title, String text, String more) {
    this.title = title;
    this.text = text;
    this.more = more;
  }

  /** The first that applies: queue_all beats every event, an event's start every estimate. */
  static PageVariant of(QueueFacts facts) {
    var method = facts.queueingMethod();
    if (method == QueueingMethod.REJECT && facts.refreshIntervalSeconds() == 0) {
      return REJECTED;
    }
    if (facts.queueAll()) {
      return CLOSED;
    }
    if (facts.isEventPrequeueing()) {
      return ofPrequeue(method, facts.shuffleAtEventStart());
    }
    if (facts.queueIsFull() && !facts.waitTimeKnown()) {
      return FULL;
    }
    if (method == QueueingMethod.RANDOM) {
      return RANDOM;
    }
    return facts.isEventActive() ? EVENT : LINE;
  }

  private static PageVariant ofPrequeue(QueueingMethod method, boolean shuffle) {
    return switch (method) {
      case FIFO -> shuffle ? PREQUEUE_SHUFFLE : PREQUEUE_ORDER;
      case RANDOM -> PREQUEUE_RANDOM;
      case PASSTHROUGH, REJECT -> PREQUEUE;
    };
  }

  /** Key of the headline. */
  String title() {
    return title;
  }

  /** Keys of the paragraphs. */
  List<String> texts() {
    return more.isEmpty() ? List.of(text) : List.of(text, more);
  }

  /** Whether the page loads itself again. */
  boolean refreshes() {
    return this != REJECTED;
  }

  /** Whether it matters when the user came. */
  boolean keepsPlaces() {
    return switch (this) {
      case CLOSED, PREQUEUE_ORDER, EVENT, LINE -> true;
      case REJECTED, PREQUEUE, PREQUEUE_SHUFFLE, PREQUEUE_RANDOM, FULL, RANDOM -> false;
    };
  }
}
