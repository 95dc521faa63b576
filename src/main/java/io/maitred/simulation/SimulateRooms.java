package io.maitred.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs named scenarios of waiting rooms and writes what they showed: {@code --out DIR}, {@code
 * --seed NUMBER}, names of scenarios (all if none is named).
 */
public final class SimulateRooms {
  private SimulateRooms() {}

  public static void main(String[] arguments) throws IOException {
    var out = Path.of("target", "simulation");
    long seed = 1;
    var names = new ArrayList<String>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--out" -> out = Path.of(value(arguments, ++i));
        case "--seed" -> seed = Long.parseLong(value(arguments, ++i));
        default -> names.add(arguments[i]);
      }
    }
    var chosen = choose(names);
    Files.createDirectories(out);
    var results = new ArrayList<SimulationResult>();
    System.out.println(ResultTable.HEADER);
    for (var scenario : chosen) {
      long began = System.nanoTime();
      var result = Simulation.run(scenario, seed);
      results.add(result);
      Files.writeString(out.resolve(scenario.name() + ".svg"), ResultChart.of(result));
      System.out.println(ResultTable.row(result));
      System.err.printf(
          Locale.ROOT,
          "%s: %,d visits in %.1f s%n",
          scenario.name(),
          result.counts().visits(),
          (System.nanoTime() - began) / 1e9);
    }
    Files.writeString(out.resolve("results.md"), ResultTable.of(results));
  }

  private static String value(String[] arguments, int index) {
    if (index >= arguments.length) {
      throw new IllegalArgumentException(arguments[index - 1] + ": no value");
    }
    return arguments[index];
  }

  private static List<Scenario> choose(List<String> names) {
    var all = Scenarios.all();
    for (var name : names) {
      if (all.stream().noneMatch(scenario -> scenario.name().equals(name))) {
        throw new IllegalArgumentException(
            name + ": no scenario (expected: " + all.stream().map(Scenario::name).toList() + ")");
      }
    }
    return all.stream()
        .filter(scenario -> names.isEmpty() || names.contains(scenario.name()))
        .toList();
  }
}
