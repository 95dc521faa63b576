package io.maitred.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the instances of a {@link WitnessService} have written down so far. */
public final class WitnessRecord {
  private final Map<String, List<String>> lines = new TreeMap<>();

  private WitnessRecord() {}

  /** Reads the records of all instances that wrote into this folder. */
  public static WitnessRecord read(Path folder) {
    var record = new WitnessRecord();
    try (Stream<Path> files = Files.list(folder)) {
      for (var file : files.toList()) {
        record.lines.put(file.getFileName().toString(), Files.readAllLines(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return record;
  }

  /** Per instance, the most requests that it worked on at one time. */
  public Map<String, Integer> mostAtOnce() {
    return lines.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> mostAtOnce(e.getValue())));
  }

  /** How many requests began, at all instances. */
  public long begun() {
    return lines.values().stream().flatMap(List::stream).filter(l -> l.startsWith("S")).count();
  }

  /** How many requests each instance began at or after this time. */
  public Map<String, Long> begunSince(long epochMillis) {
    return lines.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                e ->
                    e.getValue().stream()
                        .filter(l -> l.startsWith("S"))
                        .filter(l -> Long.parseLong(l.substring(2)) >= epochMillis)
                        .count()));
  }

  private static int mostAtOnce(List<String> lines) {
    int now = 0;
    int most = 0;
    for (var line : lines) {
      now += line.startsWith("S") ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  }

  @Override
  public String toString() {
    return "most at once " + mostAtOnce() + ", begun " + begun();
  }
}
