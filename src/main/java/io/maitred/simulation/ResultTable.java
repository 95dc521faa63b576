package io.maitred.simulation;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results as a table in Markdown. */
final class ResultTable {
  static final String HEADER =
      """
      | scenario | T / N / S | data centers x workers | peak over T | steady over T | filled | n over N | unused | worst 5 min | inversions | error of wait | median wait | admitted | gave up | lost sessions |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""
          .stripIndent();

  private ResultTable() {}

  static String of(List<SimulationResult> results) {
    return results.stream()
        .map(ResultTable::row)
        .collect(Collectors.joining("\n", HEADER + "\n", "\n"));
  }

  static String row(SimulationResult result) {
    var scenario = result.scenario();
    var limits = scenario.limits();
    var counts = result.counts();
    return String.format(
        Locale.ROOT,
        "| %s | %,d / %,d / %d | %d x %d | %s | %s | %s | %s | %s | %s | %d | %s | %s | %,d | %,d |"
            + " %d |",
        scenario.name(),
        limits.totalActiveUsers(),
        limits.newUsersPerMinute(),
        limits.sessionMinutes(),
        scenario.sites().size(),
        scenario.sites().get(0).workers(),
        percent(result.overshoot()),
        percent(result.steadyOvershoot()),
        percent(result.filled()),
        percent(result.newUsersOvershoot()),
        percent(result.unused()),
        percent(result.worstUnused()),
        counts.inversions(),
        percent(result.medianError()),
        Double.isNaN(result.medianWait())
            ? "-"
            : String.format(Locale.ROOT, "%.1f min", result.medianWait()),
        counts.admitted(),
        counts.abandoned(),
        counts.lostSessions());
  }

  private static String percent(double part) {
    return Double.isNaN(part) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }
}
