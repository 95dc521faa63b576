package io.maitred.router;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that passes when a test says so; actions run on the test's thread, in their order. */
final class ManualTimers implements Timers {
  private record Due(long at, Runnable action) {}

  private final List<Due> due = new ArrayList<>();
  private long now;

  @Override
  public void after(Duration delay, Runnable action) {
    due.add(new Due(now + delay.toMillis(), action));
  }

  long millis() {
    return now;
  }

  long nanos() {
    return now * 1_000_000;
  }

  int pending() {
    return due.size();
  }

  void pass(long millis) {
    long end = now + millis;
    while (true) {
      var next =
          due.stream()
              .filter(one -> one.at() <= end)
              .min(java.util.Comparator.comparingLong(Due::at));
      if (next.isEmpty()) {
        now = end;
        return;
      }
      due.remove(next.get());
      now = next.get().at();
      next.get().action().run();
    }
  }
}
