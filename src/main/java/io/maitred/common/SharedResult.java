package io.maitred.common;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One result that many wait for, who go on in the order in which they joined. (What hangs on one
 * future runs in the reverse order.) Safe for all threads.
 */
public final class SharedResult<T> {
  private final CompletableFuture<T> ended = new CompletableFuture<>();
  private final Queue<CompletableFuture<T>> waiting = new ArrayDeque<>();

  /** Completes with the result, after all that joined before. */
  public synchronized CompletionStage<T> join() {
    if (ended.isDone()) {
      return ended.minimalCompletionStage();
    }
    var turn = new CompletableFuture<T>();
    waiting.add(turn);
    return turn.minimalCompletionStage();
  }

  /** Ends the wait, with a value or, when there is one, a failure. */
  public void end(T value, @Nullable Throwable failure) {
    for (var turn = next(value, failure); turn != null; turn = next(value, failure)) {
      complete(turn, value, failure);
    }
  }

  /** Null when nobody waits any more; from then on nobody does. */
  private synchronized @Nullable CompletableFuture<T> next(T value, @Nullable Throwable failure) {
    var next = waiting.poll();
    if (next == null) {
      complete(ended, value, failure);
    }
    return next;
  }

  private static <T> void complete(
      CompletableFuture<T> future, T value, @Nullable Throwable failure) {
    if (failure == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(failure);
    }
  }
}
