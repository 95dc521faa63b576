package io.maitred.scheduler.local;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds and signals the processes of instances. Methods block: not for the adapter's own thread.
 *
 * <p>An instance's processes are those of its session, and their descendants, also those that began
 * a session of their own.
 */
final class ProcessGroups {
  private static final Duration DESTROY_PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration SIGNAL_TIMEOUT = Duration.ofSeconds(10);

  private ProcessGroups() {}

  /** SIGTERM to every process of the instance. */
  static void terminate(ProcessIdentity leader, String marker) throws IOException {
    signal("TERM", groups(members(leader, marker, ProcessEntry.all())));
  }

  /**
   * SIGKILL to every process of the instance until none is left. May repeat.
   *
   * @param marker a variable, {@code NAME=value}, that only this instance's processes have
   * @return false if some process is still there after a while
   */
  static boolean destroy(ProcessIdentity leader, String marker) throws IOException {
    long deadline = System.nanoTime() + DESTROY_PATIENCE.toNanos();
    // What was seen once is followed even after its parent, which linked it to us, has died.
    var seen = new HashSet<ProcessIdentity>();
    while (true) {
      var all = ProcessEntry.all();
      var left = new ArrayList<>(members(leader, marker, all));
      all.stream()
          .filter(ProcessEntry::running)
          .filter(e -> seen.contains(new ProcessIdentity(e.pid(), e.startTicks())))
          .filter(e -> !left.contains(e))
          .forEach(left::add);
      if (left.isEmpty()) {
        return true;
      }
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      left.forEach(e -> seen.add(new ProcessIdentity(e.pid(), e.startTicks())));
      signal("KILL", groups(left));
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** Memory of each instance's processes in KiB, without the wrapper that leads the session. */
  static Map<ProcessIdentity, Long> residentKiB(Map<ProcessIdentity, String> leaders)
      throws IOException {
    var all = ProcessEntry.all();
    var used = new HashMap<ProcessIdentity, Long>();
    leaders.forEach(
        (leader, marker) ->
            used.put(
                leader,
                members(leader, marker, all).stream()
                    .filter(e -> e.pid() != leader.pid())
                    .mapToLong(ProcessEntry::residentKiB)
                    .sum()));
    return used;
  }

  private static List<ProcessEntry> members(
      ProcessIdentity leader, String marker, List<ProcessEntry> all) {
    var byPid = new HashMap<Long, ProcessEntry>();
    all.forEach(e -> byPid.put(e.pid(), e));
    var first = byPid.get(leader.pid());
    if (first != null && first.startTicks() != leader.startTicks()) {
      return List.of(); // the id is another process's now, so no member of the old session is left
    }
    var members =
        all.stream()
            .filter(ProcessEntry::running)
            .filter(e -> belongs(e, leader.pid(), byPid))
            .toList();
    // With the leader gone its id may have led a stranger's session in between: ask the members.
    boolean ours = first != null || members.stream().anyMatch(e -> e.startedWith(marker));
    return ours ? members : List.of();
  }

  private static boolean belongs(ProcessEntry entry, long session, Map<Long, ProcessEntry> byPid) {
    var next = entry;
    // The table is not read in one moment, so a chain of parents could be a circle.
    for (int depth = 0; next != null && depth < 1000; depth++) {
      if (next.session() == session || next.pid() == session) {
        return true;
      }
      next = byPid.get(next.parent());
    }
    return false;
  }

  /**
   * The members' process groups. A leader that was forked a moment ago is still in the node's own
   * group, because it has not yet begun its session: that group must never be signalled.
   */
  private static Set<Long> groups(List<ProcessEntry> members) {
    var groups = new TreeSet<Long>();
    long own = ProcessEntry.read(ProcessHandle.current().pid()).orElseThrow().group();
    members.stream().map(ProcessEntry::group).filter(g -> g != own && g > 1).forEach(groups::add);
    return groups;
  }

  private static void signal(String name, Set<Long> groups) throws IOException {
    if (groups.isEmpty()) {
      return;
    }
    // The shell's own kill: /bin/kill is not on every machine, bash must be.
    var command =
        new ArrayList<>(
            List.of("bash", "-c", "s=$1; shift; for g; do kill -s $s -- -$g; done", "kill", name));
    groups.forEach(group -> command.add(Long.toString(group)));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(SIGNAL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException("kill takes longer than " + SIGNAL_TIMEOUT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while signalling", e);
    }
  }
}
