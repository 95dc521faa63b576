package io.maitred.scheduler.local;

/**
 * The process that leads an instance's session. A process id alone may be given to another process
 * later; together with the start time it is not.
 *
 * @param startTicks in clock ticks since the machine's start; {@link #GONE} if the process had
 *     certainly ended before anybody could read it
 */
record ProcessIdentity(long pid, long startTicks) {

  static final long GONE = -1;

  /** Of an earlier start of the machine. */
  static final long BEFORE_BOOT = -2;

  boolean ofThisBoot() {
    return startTicks != BEFORE_BOOT;
  }

  boolean alive() {
    return ProcessEntry.read(pid)
        .filter(entry -> entry.startTicks() == startTicks && entry.running())
        .isPresent();
  }
}
