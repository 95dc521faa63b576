package io.maitred.scheduler.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One line of the system's process table.
 *
 * @param startTicks when it was started, in clock ticks since the machine's start
 */
record ProcessEntry(long pid, char state, long parent, long group, long session, long startTicks) {

  private static final Path PROC = Path.of("/proc");

  /** A process that has ended is a zombie until its parent has noticed; it holds nothing. */
  boolean running() {
    return state != 'Z' && state != 'X';
  }

  static Optional<ProcessEntry> read(long pid) {
    try {
      var text = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      // The name is in parentheses and may itself hold blanks and parentheses.
      var fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(
          new ProcessEntry(
              pid,
              fields[0].charAt(0),
              Long.parseLong(fields[1]),
              Long.parseLong(fields[2]),
              Long.parseLong(fields[3]),
              Long.parseLong(fields[19])));
    } catch (IOException e) {
      return Optional.empty(); // it has ended
    }
  }

  /** All processes of the machine. */
  static List<ProcessEntry> all() throws IOException {
    var entries = new ArrayList<ProcessEntry>();
    try (var pids = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var pid : pids) {
        read(Long.parseLong(pid.getFileName().toString())).ifPresent(entries::add);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  /** Memory in use (resident), in KiB; 0 when the process has ended. */
  long residentKiB() {
    try (var lines = Files.lines(PROC.resolve(pid + "/status"), StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // it has ended
    }
  }

  /** Whether the process was started with this variable. */
  boolean startedWith(String variable) {
    try {
      var all =
          Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1) + "\0";
      return all.startsWith(variable + "\0") || all.contains("\0" + variable + "\0");
    } catch (IOException e) {
      return false; // it has ended, or is somebody else's
    }
  }

  /** Names this start of the machine: process ids and start times mean nothing in another. */
  static String bootId() throws IOException {
    return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
  }
}
