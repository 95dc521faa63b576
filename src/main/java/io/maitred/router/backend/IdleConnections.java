package io.maitred.router.backend;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Connections without a request, of all event loops, by backend. The one used last is taken first:
 * a backend that serves one connection at a time is then never held up by a second one that idles.
 * Safe to use from all threads.
 */
final class IdleConnections {
  private final ConcurrentHashMap<BackendAddress, ArrayDeque<BackendConnection>> byBackend =
      new ConcurrentHashMap<>();
  private final AtomicInteger total = new AtomicInteger();
  private final int maxPerBackend;
  private final int max;

  IdleConnections(int maxPerBackend, int max) {
    this.maxPerBackend = maxPerBackend;
    this.max = max;
  }

  /** Takes one out; from then on it is the caller's. */
  @Nullable BackendConnection take(BackendAddress address) {
    var taken = new BackendConnection[1];
    byBackend.computeIfPresent(
        address,
        (key, idle) -> {
          taken[0] = idle.pollLast();
          return idle.isEmpty() ? null : idle;
        });
    if (taken[0] != null) {
      total.decrementAndGet();
    }
    return taken[0];
  }

  /** False when there are enough idle ones already: the caller closes this one. */
  boolean offer(BackendConnection connection) {
    if (total.incrementAndGet() > max) {
      total.decrementAndGet();
      return false;
    }
    var offered = new boolean[1];
    byBackend.compute(
        connection.address(),
        (key, known) -> {
          var idle = known == null ? new ArrayDeque<BackendConnection>(4) : known;
          offered[0] = idle.size() < maxPerBackend;
          if (offered[0]) {
            idle.addLast(connection);
          }
          return idle.isEmpty() ? null : idle;
        });
    if (!offered[0]) {
      total.decrementAndGet();
    }
    return offered[0];
  }

  /** True when it was idle: it is the caller's now. */
  boolean remove(BackendConnection connection) {
    var removed = new boolean[1];
    byBackend.computeIfPresent(
        connection.address(),
        (key, idle) -> {
          removed[0] = idle.removeLastOccurrence(connection);
          return idle.isEmpty() ? null : idle;
        });
    if (removed[0]) {
      total.decrementAndGet();
    }
    return removed[0];
  }

  /** Takes all of one backend. */
  List<BackendConnection> removeAll(BackendAddress address) {
    var idle = byBackend.remove(address);
    if (idle == null) {
      return List.of();
    }
    total.addAndGet(-idle.size());
    return List.copyOf(idle);
  }

  int total() {
    return total.get();
  }
}
