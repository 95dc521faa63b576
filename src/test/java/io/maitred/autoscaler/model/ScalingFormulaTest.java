package io.maitred.autoscaler.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.autoscaler.model.ScalingFormula.Counts;
import io.maitred.autoscaler.model.ScalingFormula.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingFormulaTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          no, case,                        out,       T, total, healthy, expired, n, level, factor,   u,     d, rate, min,  max, ideal,  next T, amount,   to
          1,  first step up,                10,       1,     1,       1,       0, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,    10,     1.9,      1,    2
          2,  while one is starting,        10,     1.9,     2,       1,       0, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,    10,    2.71,      1,    3
          3,  three seconds at once,       100,       5,     5,       5,       0, 3,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,   100,  30.745,     26,   31
          4,  ten requests an instance,    100,       5,     5,       5,       0, 1,    10,    1.0, 0.1, 0.001,  0.1,   1,  500,    10,     5.5,      1,    6
          5,  half of the demand,          100,       5,     5,       5,       0, 1,    10,    0.5, 0.1, 0.001,  0.1,   1,  500,     5,     5.0,      0,    5
          6,  slowly down,                   0,      20,    20,      20,       0, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,     0,   19.98,      0,   20
          7,  down but not 0.99,             0,      20,    20,      20,       0, 5,     1,    1.0, 0.1,  0.01,  0.1,   1,  500,     0, 19.0198,      0,   20
          8,  down by one,                   0, 19.0198,    20,      20,       0, 5,     1,    1.0, 0.1,  0.01,  0.1,   1,  500,     0, 18.0876,     -1,   19
          9,  up to the minimum,             0,       1,     0,       0,       0, 1,     1,    1.0, 0.1, 0.001,  0.1,   2,  500,     0,       2,      2,    2
          10, all expired,                  10,      10,    10,      10,      10, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,    10,      10,      1,   11
          11, the replacement is healthy,   10,      10,    11,      11,      10, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,    10,      10,     -1,   10
          12, the replacement is starting,  10,      10,    11,      10,      10, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,    10,      10,      0,   11
          13, expired while going down,      0,      10,    10,      10,       3, 1,     1,    1.0, 0.1,   0.1,  0.1,   1,  500,     0,       9,     -1,    9
          14, half of the expired,          10,      10,    10,       8,       5, 1,     1,    1.0, 0.1, 0.001,  0.5,   1,  500,    10,      10,      3,   13
          15, far too many run,           1000,     200,  1000,    1000,       0, 1,     1,    1.0, 0.5, 0.001,  0.1,   1, 1000,  1000,     600,   -400,  600
          16, at the maximum,             2000,   499.7,   500,     500,       0, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,  2000,     500,      0,  500
          17, 70 of 700 expired are 7 more, 70,      70,    70,      70,      70, 1,     1,    1.0, 0.1, 0.001,  0.1,   1,  500,    70,      70,      7,   77
          """)
  void decide(
      int no,
      String name,
      int out,
      double previous,
      int total,
      int healthy,
      int expired,
      int n,
      int level,
      double factor,
      double up,
      double down,
      double rate,
      int min,
      int max,
      int ideal,
      double target,
      int amount,
      int to) {
    var parameters = new ScalingParameters(min, max, level, factor, up, down, 0.5, rate);

    var decision =
        ScalingFormula.decide(parameters, new Counts(out, total, healthy, expired), n, previous);

    assertEquals(ideal, decision.ideal());
    assertEquals(target, decision.target(), 1e-4);
    assertEquals(amount, decision.amount());
    assertEquals(to, decision.to());
  }

  @Test
  void trajectoryA_constantDemand_growsQuicklyAtFirst() {
    var totals = new ArrayList<Integer>();
    int total = 1;
    double target = 1;
    for (int cycle = 1; cycle <= 28; cycle++) {
      var decision = step(standard(0.001), 10, total, target);
      target = decision.target();
      total = Math.max(total, decision.to());
      totals.add(total);
    }

    assertEquals(List.of(2, 3, 3, 5, 5, 5, 6, 6, 7, 7), totals.subList(0, 10));
    assertEquals(13, totals.indexOf(8) + 1);
    assertEquals(18, totals.indexOf(9) + 1);
    assertEquals(28, totals.indexOf(10) + 1);
  }

  @ParameterizedTest(name = "d = {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0.001 | 105 222 356 509 691 914
          0.01  | 11 23 36 51 69 91 120 160 229
          """)
  void trajectoryB_noDemand_killsOneByOne(double down, String cycles) {
    var kills = new ArrayList<String>();
    int total = 10;
    double target = 10;
    for (int cycle = 1; cycle <= 914; cycle++) {
      var decision = step(standard(down), 0, total, target);
      target = decision.target();
      if (decision.amount() < 0) {
        total--;
        kills.add(String.valueOf(cycle));
      }
    }

    assertEquals(cycles, String.join(" ", kills));
  }

  @Test
  void target_ofAnyInput_staysWithinMinAndMax_andGrowsWithDemand() {
    for (int seed = 0; seed < 2000; seed++) {
      var random = new Random(seed);
      int min = 1 + random.nextInt(10);
      var parameters =
          new ScalingParameters(
              min,
              min + random.nextInt(100),
              1 + random.nextInt(20),
              0.01 + random.nextDouble() * 1.99,
              0.001 + random.nextDouble() * 0.99,
              0.001 + random.nextDouble() * 0.99,
              random.nextDouble(),
              0.01 + random.nextDouble() * 0.99);
      int total = random.nextInt(120);
      int healthy = random.nextInt(total + 1);
      int expired = random.nextInt(healthy + 1);
      double target = random.nextDouble() * 120;
      int seconds = random.nextInt(5);
      double before = 0;
      for (int outstanding = 0; outstanding < 400; outstanding += 13) {
        var counts = new Counts(outstanding, total, healthy, expired);
        var decision = ScalingFormula.decide(parameters, counts, seconds, target);
        var message = "seed " + seed + ", outstanding " + outstanding + ": " + decision;
        assertTrue(decision.target() >= parameters.minInstances(), message);
        assertTrue(decision.target() <= parameters.maxInstances(), message);
        assertTrue(decision.target() >= before, message);
        assertEquals(decision.to() - total, decision.amount(), message);
        before = decision.target();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 0, 3", "0, 1, 1", "0, 9, 2", "3, 9, 5"})
  void expired_countsFewUnhealthyOnes(int healthy, int unhealthy, int expected) {
    assertEquals(expected, ScalingFormula.expired(healthy, unhealthy, 2));
  }

  private static ScalingParameters standard(double down) {
    return new ScalingParameters(1, 500, 1, 1.0, 0.1, down, 0.5, 0.1);
  }

  private static Decision step(ScalingParameters p, int outstanding, int total, double target) {
    return ScalingFormula.decide(p, new Counts(outstanding, total, total, 0), 1, target);
  }
}
