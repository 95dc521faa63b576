package io.maitred.service;

import io.maitred.common.Refusal;
import io.maitred.service.model.TokenDocument;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Guards the entities against look-ups of tokens that do not exist: names come from outside, so
 * their number and rate have no bound. One look-up per name at a time, a bounded number of them at
 * once, and a short memory of names that were not found.
 */
final class UnknownTokens {
  private static final Refusal TOO_MANY =
      Refusal.of(503, "Too many unknown tokens are being looked up; try again.");

  private final Map<String, Long> notFoundUntil;
  private final ConcurrentHashMap<String, CompletableFuture<Optional<TokenDocument>>> underWay =
      new ConcurrentHashMap<>();
  private final Duration ttl;
  private final int limit;
  private final LongSupplier nanoTime;

  /**
   * @param capacity names that are remembered; beyond, the oldest is forgotten
   * @param limit look-ups under way at once
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  UnknownTokens(int capacity, Duration ttl, int limit, LongSupplier nanoTime) {
    this.ttl = ttl;
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.notFoundUntil =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > capacity;
          }
        };
  }

  /** Looks the token up, unless its absence is remembered or somebody is looking already. */
  CompletionStage<Optional<TokenDocument>> fetch(
      String name, Supplier<CompletionStage<Optional<TokenDocument>>> lookUp) {
    if (isRemembered(name)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    if (underWay.size() >= limit && !underWay.containsKey(name)) {
      return CompletableFuture.failedFuture(TOO_MANY.asException());
    }
    var mine = new CompletableFuture<Optional<TokenDocument>>();
    var others = underWay.putIfAbsent(name, mine);
    if (others != null) {
      return others.minimalCompletionStage();
    }
    lookUp.get().whenComplete((found, failure) -> finish(name, mine, found, failure));
    return mine.minimalCompletionStage();
  }

  @SuppressWarnings("NullAway") // of found and failure one is null
  private void finish(
      String name,
      CompletableFuture<Optional<TokenDocument>> mine,
      Optional<TokenDocument> found,
      Throwable failure) {
    if (failure == null && found.isEmpty()) {
      remember(name);
    }
    underWay.remove(name, mine);
    if (failure == null) {
      mine.complete(found);
    } else {
      mine.completeExceptionally(failure);
    }
  }

  private void remember(String name) {
    synchronized (notFoundUntil) {
      notFoundUntil.remove(name);
      notFoundUntil.put(name, nanoTime.getAsLong() + ttl.toNanos());
    }
  }

  private boolean isRemembered(String name) {
    synchronized (notFoundUntil) {
      var until = notFoundUntil.get(name);
      if (until == null) {
        return false;
      }
      if (nanoTime.getAsLong() - until < 0) {
        return true;
      }
      notFoundUntil.remove(name);
      return false;
    }
  }
}
