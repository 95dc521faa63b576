package io.maitred.demo;

import java.util.Map;
import java.util.TreeMap;

/** Counters of requests; health checks and questions for the counters themselves do not count. */
final class DemoState {
  private long pending;
  private long maximum;
  private long total;

  /** A request that is being answered. */
  final class Pending {
    private boolean counted;

    /**
     * To be called before the last byte of the answer is sent, since the client may send its next
     * request as soon as it has that byte. May repeat.
     */
    void end() {
      synchronized (DemoState.this) {
        if (counted) {
          counted = false;
          pending--;
        }
      }
    }
  }

  /**
   * @param counts whether the counters show the request
   */
  synchronized Pending begin(boolean counts) {
    var request = new Pending();
    if (counts) {
      request.counted = true;
      pending++;
      total++;
      maximum = Math.max(maximum, pending);
    }
    return request;
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
