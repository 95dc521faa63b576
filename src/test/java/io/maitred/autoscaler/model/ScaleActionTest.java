package io.maitred.autoscaler.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.autoscaler.model.ScaleAction.Kind;
import io.maitred.autoscaler.model.ScaleAction.Quanta;
import io.maitred.autoscaler.model.ScalingFormula.Decision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleActionTest {
  private static final Quanta QUANTA = new Quanta(64, 524288);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                              amount, total, running, kind,        to
          up,                                     4,     1,       1, SCALE,        5
          up while the last is pending,           4,     3,       2, NONE,         7
          up while more run than asked for,       4,     3,       5, SCALE,        7
          down,                                  -3,    10,      10, KILL_ONE,     7
          down while a scale-up is pending,      -3,    10,       6, FORCE_SCALE,  7
          down to what runs,                     -3,    10,       7, NONE,         7
          stable,                                 0,    10,       4, NONE,        10
          """)
  void of(String name, int amount, int total, int running, Kind kind, int to) {
    var decision = new Decision(0, 0, 0, 0, amount, total + amount);

    assertEquals(
        new ScaleAction(kind, to), ScaleAction.of(decision, total, running, 1, 256, QUANTA));
  }

  @ParameterizedTest(name = "{0} cpus, {1} MiB, {2} more: {3}")
  @CsvSource({
    "2,     1024, 100, 32",
    "10,     512,   3,  3",
    "10,     512,   9,  6",
    "100,    512,   9,  1",
    "1,   524289,   9,  1",
    "1,   131072,   9,  4",
    "0.1,    256, 100, 100",
  })
  void quanta(double cpus, double mem, int amount, int expected) {
    assertEquals(expected, QUANTA.limit(amount, cpus, mem));
    var decision = new Decision(0, 0, 0, 0, amount, 5 + amount);
    assertEquals(5 + expected, ScaleAction.of(decision, 5, 5, cpus, mem, QUANTA).to());
  }
}
