package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomWorldTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                     T,    centers, workers, spread,   loss, overshoot
          one data center,          1000, 1,       3,       100,      0,    5
          three alike,              1000, 3,       3,       34 33 33, 0,    10
          three unlike,             1000, 3,       3,       80 15 5,  0,    10
          small room,               200,  5,       20,      20 20 20 20 20, 0, 10
          lossy,                    1000, 3,       3,       80 15 5,  0.1,  10
          """)
  void coldSpike_staysNearTheLimit(
      String name, int total, int centers, int workers, String spread, double loss, int overshoot) {
    var world =
        new RoomWorld(5, Cells.limits(total, 100_000), AllocationRules.DEFAULT, centers, workers);
    world.loss = loss;
    var parts = spread.split(" ");
    // ten times the limit in ten seconds
    for (int i = 0; i < 10 * total; i++) {
      int at = world.random.nextInt(100);
      int site = 0;
      for (int sum = Integer.parseInt(parts[0]); at >= sum; sum += Integer.parseInt(parts[site])) {
        site++;
      }
      var to = world.sites.get(site);
      world.after(world.random.nextInt(10_000), () -> world.arrive(to, 60));
    }
    long most = 0;
    for (int second = 0; second < 600; second++) {
      world.run(1000);
      most = Math.max(most, world.active());
    }
    assertTrue(most <= total * (100 + overshoot) / 100, name + ": " + most);
  }
}
