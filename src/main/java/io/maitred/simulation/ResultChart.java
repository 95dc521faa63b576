package io.maitred.simulation;

import io.maitred.simulation.Census.Sample;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The course of a simulation as a chart. */
final class ResultChart {
  private ResultChart() {}

  static String of(SimulationResult result) {
    var scenario = result.scenario();
    var limits = scenario.limits();
    var samples = result.samples();
    return new LineChart(scenario.title(), scenario.length().toMinutes())
        .panel(
            "active users, and the limit",
            line("active", "#1f6fb4", samples, Sample::active),
            line("limit", "#c0392b", samples, sample -> limits.totalActiveUsers()))
        .panel(
            "waiting users",
            line("in the queue", "#8e6bbf", samples, Sample::waiting),
            line("of these, seen lately", "#b0892c", samples, Sample::present))
        .panel(
            "let in this minute, and the limit",
            line("new users", "#2e8b57", samples, Sample::newUsers),
            line("limit", "#c0392b", samples, sample -> limits.newUsersPerMinute()))
        .panel(
            "slots that stay empty while people wait, % of the limit",
            line(
                "unused",
                "#b5541c",
                samples,
                sample -> 100 * SimulationResult.unused(sample, limits)))
        .svg();
  }

  private static LineChart.Line line(
      String name, String color, List<Sample> samples, ToDoubleFunction<Sample> value) {
    return new LineChart.Line(name, color, samples.stream().mapToDouble(value).toArray());
  }
}
