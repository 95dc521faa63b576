package io.maitred.waitingroom.model;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The last reports of each data center; the newer of two is told by incarnation and sequence, so
 * that repeated and late ones change nothing, and what is known stays when the global aggregator
 * has forgotten it (contract waiting room 6.4, 17.4). Owned by one state.
 */
final class KnownReports {
  /** Reports kept per data center. */
  static final int KEPT = 4;

  private static final Comparator<DataCenterReport> BY_AGE =
      Comparator.comparingLong(DataCenterReport::incarnation)
          .thenComparingLong(DataCenterReport::sequence);

  private final Map<String, TreeSet<DataCenterReport>> reports = new HashMap<>();
  private final int kept;

  KnownReports(int kept) {
    this.kept = kept;
  }

  /** Takes a report; one that is known, or older than all that are kept, changes nothing. */
  void hear(DataCenterReport report) {
    var own = reports.computeIfAbsent(report.dataCenter(), name -> new TreeSet<>(BY_AGE));
    own.add(report);
    while (own.size() > kept) {
      own.pollFirst();
    }
  }

  /** The newest of a data center; null for none. */
  @Nullable DataCenterReport newest(String dataCenter) {
    var own = reports.get(dataCenter);
    return own == null ? null : own.last();
  }

  /** The report of an epoch; the newest if there are several. */
  @Nullable DataCenterReport at(String dataCenter, long epoch) {
    var own = reports.get(dataCenter);
    if (own == null) {
      return null;
    }
    return own.descendingSet().stream().filter(r -> r.epoch() == epoch).findFirst().orElse(null);
  }

  Set<String> names() {
    return Set.copyOf(reports.keySet());
  }

  Collection<DataCenterReport> all() {
    return reports.values().stream().flatMap(Collection::stream).toList();
  }

  /** What is known, in few words. */
  Map<String, ReportStamp> stamps() {
    var stamps = new HashMap<String, ReportStamp>();
    reports.forEach((name, own) -> stamps.put(name, ReportStamp.of(own.last())));
    return stamps;
  }

  /** Reports that are newer than what another one knows, oldest first. */
  List<DataCenterReport> newerThan(Map<String, ReportStamp> held) {
    return all().stream()
        .filter(
            report -> {
              var stamp = held.get(report.dataCenter());
              return stamp == null || ReportStamp.of(report).isNewerThan(stamp);
            })
        .sorted(Comparator.comparing(DataCenterReport::dataCenter).thenComparing(BY_AGE))
        .toList();
  }

  /**
   * The newest epoch, not before one, that each of some data centers has reported; null for none.
   */
  @Nullable Long newestCommon(Set<String> dataCenters, long from) {
    var common = new TreeSet<Long>();
    boolean first = true;
    for (var name : dataCenters) {
      var epochs = epochs(name).tailMap(from, true).keySet();
      if (first) {
        common.addAll(epochs);
        first = false;
      } else {
        common.retainAll(epochs);
      }
    }
    return common.isEmpty() ? null : common.last();
  }

  private NavigableMap<Long, Boolean> epochs(String dataCenter) {
    var epochs = new TreeMap<Long, Boolean>();
    for (var report : reports.getOrDefault(dataCenter, new TreeSet<>(BY_AGE))) {
      epochs.put(report.epoch(), true);
    }
    return epochs;
  }

  /** Forgets data centers whose last cells have aged out, except some. */
  void forgetAged(Retention retention, Instant now, Collection<String> except) {
    reports
        .entrySet()
        .removeIf(
            entry ->
                !except.contains(entry.getKey())
                    && retention.counting(entry.getValue().last().cells(), now).isEmpty());
  }

  void clear() {
    reports.clear();
  }
}
