package io.maitred.simulation;

import io.maitred.simulation.Scenario.Incident;
import io.maitred.simulation.Scenario.Limits;
import io.maitred.simulation.Scenario.Network;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The scenarios that have names. */
final class Scenarios {
  private Scenarios() {}

  static List<Scenario> all() {
    return List.of(
        day(),
        crowdAtOnce(),
        spike("spike-even", "10 x the limit within 10 s, evenly", 1, 1, 1),
        spike("spike-uneven", "10 x the limit within 10 s, split 80/15/5", 80, 15, 5),
        world(),
        cutOff(),
        workersDouble(),
        smallLimit(),
        flashSale());
  }

  private static Scenario day() {
    return Scenario.of(
        "day",
        "A day with a limit of 250",
        new Limits(250, 200, 5),
        Scenario.sites(4, 5, 3, 2),
        Duration.ofHours(24),
        ArrivalCurve.day(6, 55).plus(ArrivalCurve.spike(400, 15.5 * 3600, 120)));
  }

  private static Scenario crowdAtOnce() {
    return Scenario.of(
        "crowd",
        "23,000 users at once",
        new Limits(4000, 1000, 5),
        Scenario.sites(4, 5, 3, 2),
        Duration.ofMinutes(60),
        ArrivalCurve.spike(23_000, 60, 5).plus(ArrivalCurve.steady(60)));
  }

  private static Scenario spike(String name, String title, double... weights) {
    return Scenario.of(
        name,
        title,
        new Limits(1000, 1000, 5),
        Scenario.sites(4, weights),
        Duration.ofMinutes(80),
        ArrivalCurve.spike(10_000, 30, 10).plus(ArrivalCurve.steady(30)));
  }

  private static Scenario world() {
    var weights = new double[50];
    Arrays.setAll(weights, i -> 1 + 60.0 / (i + 2));
    return Scenario.of(
        "world",
        "50 data centers, 1,000,000 users in an hour",
        new Limits(100_000, 20_000, 5),
        Scenario.sites(4, weights),
        Duration.ofHours(1),
        ArrivalCurve.steady(1_000_000.0 / 60));
  }

  private static Scenario cutOff() {
    return Scenario.of(
            "cut-off",
            "One of three data centers is cut off for 5 minutes",
            new Limits(1500, 600, 5),
            Scenario.sites(4, 1, 1, 1),
            Duration.ofMinutes(60),
            ArrivalCurve.steady(320))
        .with(
            new Incident(Duration.ofMinutes(25), Incident.Kind.CUT_OFF, "dc02", 0),
            new Incident(Duration.ofMinutes(30), Incident.Kind.REJOIN, "dc02", 0));
  }

  private static Scenario workersDouble() {
    return Scenario.of(
            "workers",
            "Workers double after 25 minutes",
            new Limits(1500, 600, 5),
            Scenario.sites(5, 2, 1),
            Duration.ofMinutes(50),
            ArrivalCurve.steady(320))
        .with(
            new Incident(Duration.ofMinutes(25), Incident.Kind.ADD_WORKERS, "dc01", 5),
            new Incident(Duration.ofMinutes(25), Incident.Kind.ADD_WORKERS, "dc02", 5));
  }

  private static Scenario smallLimit() {
    return Scenario.of(
        "small-limit",
        "A limit of 200, 5 data centers of 20 workers",
        new Limits(200, 200, 5),
        Scenario.sites(20, 5, 4, 3, 2, 1),
        Duration.ofMinutes(60),
        ArrivalCurve.steady(60));
  }

  private static Scenario flashSale() {
    return Scenario.of(
            "flash-sale",
            "A sale opens; lossy network, clocks wrong by up to 25 s",
            new Limits(2000, 1000, 5),
            Scenario.sites(6, 6, 3, 1),
            Duration.ofMinutes(60),
            ArrivalCurve.steady(60).plus(ArrivalCurve.flashSale(12_000, 300, 120)))
        .with(new Network(10, 0.1, 25));
  }
}
