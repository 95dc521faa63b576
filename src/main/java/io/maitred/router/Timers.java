package io.maitred.router;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Does something later. Actions are short and do not block. */
@FunctionalInterface
public interface Timers {

  /** Runs the action once, on some thread, when the delay is over. */
  void after(Duration delay, Runnable action);

  /** With the JVM's own timer thread. */
  static Timers system() {
    return (delay, action) ->
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS).execute(action);
  }
}
