package io.maitred.demo;

import java.util.Map;
import java.util.TreeMap;

/** Counters of requests; health checks and questions for the counters themselves do not count. */
final class DemoState {
  private long pending;
  private long maximum;
  private long total;

  synchronized void begin() {
    pending++;
    total++;
    maximum = Math.max(maximum, pending);
  }

  synchronized void end() {
    pending--;
  }

  /** {@code max-pending-http-requests} proves a limit of concurrency. */
  synchronized Map<String, Long> counters() {
    var counters = new TreeMap<String, Long>();
    counters.put("pending-http-requests", pending);
    counters.put("max-pending-http-requests", maximum);
    counters.put("total-http-requests", total);
    counters.put("pending-ws-requests", 0L);
    counters.put("total-ws-requests", 0L);
    counters.put("async-requests", 0L);
    return counters;
  }
}
