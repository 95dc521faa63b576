package io.maitred.scheduler.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock between all nodes of this machine that share a data directory. The system frees it when
 * its holder dies. Waits at most {@link #PATIENCE}, since a holder may stand still.
 */
final class MachineLock {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(2);

  /** File locks belong to the process, so threads of one process need a lock of their own. */
  private static final ReentrantLock IN_PROCESS = new ReentrantLock(true);

  private final Path file;

  MachineLock(Path file) {
    this.file = file;
  }

  /** Work that may fail. */
  interface Work<T> {
    T run() throws IOException;
  }

  <T> T hold(Work<T> work) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    if (!acquire()) {
      throw new IOException("cannot lock " + file + " within " + PATIENCE.toSeconds() + " s");
    }
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      var lock = channel.tryLock();
      while (lock == null) {
        if (System.nanoTime() - deadline > 0) {
          throw new IOException("cannot lock " + file + " within " + PATIENCE.toSeconds() + " s");
        }
        LockSupport.parkNanos(PAUSE.toNanos());
        lock = channel.tryLock();
      }
      try {
        return work.run();
      } finally {
        lock.release();
      }
    } finally {
      IN_PROCESS.unlock();
    }
  }

  private static boolean acquire() throws IOException {
    try {
      return IN_PROCESS.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a lock", e);
    }
  }
}
