package io.maitred.service;

import io.maitred.common.ServiceId;
import io.maitred.common.SharedResult;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.SourceToken;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps a node from describing the same service over and over: parallel requests share one message,
 * and a reference that was sent is not sent again for a while. The latter matters when more tokens
 * lead to one service than references are kept: each request would otherwise push another one out,
 * one write per request.
 */
final class Descriptions {
  private static final int REMEMBERED = 10_000;
  private static final Duration TTL = Duration.ofMinutes(5);

  private record Key(ServiceId id, List<SourceToken> reference) {}

  private final Map<Key, Long> sentAt =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
          return size() > REMEMBERED;
        }
      };
  private final ConcurrentHashMap<Key, SharedResult<ServiceRecord>> underWay =
      new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  Descriptions(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether this description was sent and stored not long ago. */
  boolean sent(ServiceId id, List<SourceToken> reference) {
    var key = new Key(id, reference);
    synchronized (sentAt) {
      var at = sentAt.get(key);
      if (at == null) {
        return false;
      }
      if (nanoTime.getAsLong() - at < TTL.toNanos()) {
        return true;
      }
      sentAt.remove(key);
      return false;
    }
  }

  /** Sends a description, unless the same one is under way. */
  CompletionStage<ServiceRecord> send(
      ServiceId id, List<SourceToken> reference, Supplier<CompletionStage<ServiceRecord>> message) {
    var key = new Key(id, List.copyOf(reference));
    var mine = new SharedResult<ServiceRecord>();
    var first = mine.join();
    var others = underWay.putIfAbsent(key, mine);
    if (others != null) {
      return others.join();
    }
    message.get().whenComplete((stored, failure) -> finish(key, mine, stored, failure));
    return first;
  }

  @SuppressWarnings("NullAway") // of stored and failure one is null
  private void finish(
      Key key, SharedResult<ServiceRecord> mine, ServiceRecord stored, Throwable failure) {
    underWay.remove(key, mine);
    if (failure == null) {
      synchronized (sentAt) {
        sentAt.remove(key);
        sentAt.put(key, nanoTime.getAsLong());
      }
    }
    mine.end(stored, failure);
  }
}
