package io.maitred.waitingroom.page;

import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What users are told, one sample of each kind. */
final class SampleFacts {
  static final Instant NOW = Instant.parse("2026-11-21T09:12:05.123Z");

  private SampleFacts() {}

  /** In line, with a known time. */
  static QueueFacts line(long minutes, long ahead) {
    return new QueueFacts(
        true,
        minutes,
        0,
        0,
        0,
        ahead,
        false,
        false,
        NOW,
        20,
        QueueingMethod.FIFO,
        false,
        false,
        0,
        0,
        false,
        "",
        false);
  }

  static QueueFacts unknown() {
    return with(QueueingMethod.FIFO, 20, false, false, false, 0, false);
  }

  static QueueFacts closed() {
    return with(QueueingMethod.FIFO, 20, true, false, false, 0, false);
  }

  static QueueFacts full() {
    return new QueueFacts(
        false,
        0,
        0,
        0,
        0,
        0,
        true,
        false,
        NOW,
        20,
        QueueingMethod.FIFO,
        false,
        false,
        0,
        0,
        false,
        "",
        false);
  }

  static QueueFacts random(long minutes25, long minutes50, long minutes75) {
    return new QueueFacts(
        true,
        minutes50,
        minutes25,
        minutes50,
        minutes75,
        800,
        false,
        false,
        NOW,
        20,
        QueueingMethod.RANDOM,
        false,
        false,
        0,
        0,
        false,
        "",
        false);
  }

  static QueueFacts event() {
    return new QueueFacts(
        true,
        35,
        0,
        0,
        0,
        2317,
        false,
        false,
        NOW,
        20,
        QueueingMethod.FIFO,
        true,
        false,
        0,
        55,
        false,
        "",
        false);
  }

  static QueueFacts prequeue(QueueingMethod method, boolean shuffle) {
    return with(method, 20, false, true, true, 12, shuffle);
  }

  static QueueFacts rejected() {
    return with(QueueingMethod.REJECT, 0, false, false, false, 0, false);
  }

  private static QueueFacts with(
      QueueingMethod method,
      int refresh,
      boolean queueAll,
      boolean event,
      boolean prequeueing,
      long untilStart,
      boolean shuffle) {
    return new QueueFacts(
        false,
        0,
        0,
        0,
        0,
        0,
        false,
        queueAll,
        NOW,
        refresh,
        method,
        event,
        prequeueing,
        untilStart,
        event ? untilStart + 60 : 0,
        shuffle,
        "",
        false);
  }

  /** All kinds by name. */
  static Map<String, QueueFacts> all() {
    var all = new LinkedHashMap<String, QueueFacts>();
    all.put("line", line(12, 1234));
    all.put("line-long", line(95, 23));
    all.put("line-days", line(3000, 1_234_567));
    all.put("line-next", line(1, 4));
    all.put("unknown", unknown());
    all.put("closed", closed());
    all.put("full", full());
    all.put("random", random(5, 10, 15));
    all.put("random-long", random(40, 80, 120));
    all.put("event", event());
    all.put("prequeue-order", prequeue(QueueingMethod.FIFO, false));
    all.put("prequeue-shuffle", prequeue(QueueingMethod.FIFO, true));
    all.put("prequeue-random", prequeue(QueueingMethod.RANDOM, false));
    all.put("prequeue", prequeue(QueueingMethod.PASSTHROUGH, false));
    all.put("rejected", rejected());
    return all;
  }
}
