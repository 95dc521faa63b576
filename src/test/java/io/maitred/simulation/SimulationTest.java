package io.maitred.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.simulation.Scenario.Incident;
import io.maitred.simulation.Scenario.Limits;
import io.maitred.simulation.Scenario.Network;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounds that rooms keep, in small crowds; the large ones are left to the script. */
class SimulationTest {
  private static final long SEED = 42;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                            weights, T,   N,   workers, trickle, loss
          evenly over three data centers,  1 1 1,   400, 400, 3,       0,       0.001
          80/15/5,                         80 15 5, 400, 400, 3,       0,       0.001
          80/15/5 after some visitors,     80 15 5, 400, 400, 3,       30,      0.001
          more workers than slots,         3 2 1,   200, 200, 70,      0,       0.001
          a tenth of the messages lost,    80 15 5, 400, 400, 3,       30,      0.1
          """)
  void coldSpike_tenTimesTheLimit_staysNearTheLimit(
      String name, String weights, int t, int n, int workers, double trickle, double loss) {
    var sites = Arrays.stream(weights.split(" ")).mapToDouble(Double::parseDouble).toArray();
    for (double from : new double[] {0, 31, 52}) {
      var scenario =
          Scenario.of(
                  "spike",
                  name,
                  new Limits(t, n, 5),
                  Scenario.sites(workers, sites),
                  Duration.ofMinutes(3),
                  ArrivalCurve.spike(10.0 * t, from, 10).plus(ArrivalCurve.steady(trickle)))
              .with(new Network(3, loss, 5));
      var result = Simulation.run(scenario, SEED);
      assertTrue(result.overshoot() <= 0.10, () -> "from " + from + ": " + ResultTable.row(result));
      // one user more or less counts with limits as small as these
      assertTrue(result.newUsersOvershoot() <= 0.055, () -> ResultTable.row(result));
      assertEquals(0, result.counts().inversions());
      assertEquals(0, result.counts().lostSessions());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                      T,   N,   centers, workers, perMinute
          one data center,           300, 200, 1,       3,       80
          three data centers,        300, 200, 3,       3,       80
          small shares are drawn,    200, 200, 5,       8,       50
          """)
  void steadyCrowd_fillsTheRoomInOrder(
      String name, int t, int n, int centers, int workers, double perMinute) {
    var weights = new double[centers];
    Arrays.setAll(weights, i -> centers - i);
    var scenario =
        Scenario.of(
            "steady",
            name,
            new Limits(t, n, 5),
            Scenario.sites(workers, weights),
            Duration.ofMinutes(25),
            ArrivalCurve.steady(perMinute));
    assertKeepsTheBounds(Simulation.run(scenario, SEED));
  }

  @Test
  void workersDouble_boundsHold() {
    var scenario =
        Scenario.of(
                "workers",
                "workers double",
                new Limits(300, 200, 5),
                Scenario.sites(4, 2, 1),
                Duration.ofMinutes(25),
                ArrivalCurve.steady(80))
            .with(
                new Incident(Duration.ofMinutes(15), Incident.Kind.ADD_WORKERS, "dc01", 4),
                new Incident(Duration.ofMinutes(15), Incident.Kind.ADD_WORKERS, "dc02", 4));
    assertKeepsTheBounds(Simulation.run(scenario, SEED));
  }

  @Test
  void dataCenterCutOff_nobodyInsideIsDisturbed() {
    var scenario =
        Scenario.of(
                "cut-off",
                "cut off",
                new Limits(300, 200, 5),
                Scenario.sites(3, 1, 1, 1),
                Duration.ofMinutes(25),
                ArrivalCurve.steady(80))
            .with(
                new Incident(Duration.ofMinutes(12), Incident.Kind.CUT_OFF, "dc02", 0),
                new Incident(Duration.ofMinutes(17), Incident.Kind.REJOIN, "dc02", 0));
    var result = Simulation.run(scenario, SEED);
    assertEquals(0, result.counts().lostSessions());
    // the others may take the places of those whom they do not see any more
    assertTrue(result.overshoot() <= 1.0 / 3, () -> ResultTable.row(result));
    var last = result.samples().get(result.samples().size() - 1);
    assertTrue(last.active() <= 306 && last.active() >= 285, last::toString);
  }

  @Test
  void run_sameSeed_sameResult() {
    var scenario =
        Scenario.of(
            "again",
            "again",
            new Limits(200, 200, 5),
            Scenario.sites(2, 2, 1),
            Duration.ofMinutes(4),
            ArrivalCurve.flashSale(600, 10, 60));
    var first = Simulation.run(scenario, 7);
    assertEquals(first.samples(), Simulation.run(scenario, 7).samples());
    assertTrue(first.counts().admitted() > 0);
  }

  /** Seven in ten stay until it is their turn, as in the usual crowd. */
  private static void assertKeepsTheBounds(SimulationResult result) {
    var row = ResultTable.row(result);
    assertTrue(result.steadyOvershoot() <= 0.02, row);
    assertTrue(result.newUsersOvershoot() <= 0.05, row);
    assertTrue(result.filled() >= 0.95, row);
    assertTrue(result.unused() < 0.05, row);
    assertTrue(result.medianError() <= 0.5, row);
    assertEquals(0, result.counts().inversions(), row);
    assertEquals(0, result.counts().lostSessions(), row);
  }
}
