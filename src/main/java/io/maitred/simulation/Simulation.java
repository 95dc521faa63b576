package io.maitred.simulation;

import io.maitred.waitingroom.model.WorkerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a scenario in simulated time. The same scenario and seed give the same result everywhere.
 */
final class Simulation {
  private static final Instant START = Instant.parse("2026-03-02T00:00:17.250Z");

  private final Scenario scenario;
  private final SplittableRandom random;
  private final EventQueue events = new EventQueue(START.toEpochMilli());
  private final Census census;
  private final SimulatedGlobal global;
  private final List<SimulatedDataCenter> dataCenters = new ArrayList<>();
  private int started;

  private Simulation(Scenario scenario, long seed) {
    this.scenario = scenario;
    this.random = new SplittableRandom(seed);
    this.census = new Census(events, scenario);
    this.global = new SimulatedGlobal(events, scenario.rules());
  }

  static SimulationResult run(Scenario scenario, long seed) {
    return new Simulation(scenario, seed).run();
  }

  private SimulationResult run() {
    for (var site : scenario.sites()) {
      var dataCenter = dataCenter(site);
      dataCenters.add(dataCenter);
      global.add(dataCenter);
      for (int i = 0; i < site.workers(); i++) {
        dataCenter.add(worker(dataCenter));
      }
    }
    var names = dataCenters.stream().map(SimulatedDataCenter::name).toList();
    dataCenters.forEach(dataCenter -> dataCenter.start(names));
    dataCenters.forEach(dataCenter -> dataCenter.workers().forEach(SimulatedWorker::start));
    for (var incident : scenario.incidents()) {
      events.after(incident.at(), () -> happen(incident));
    }
    // nodes run before anybody knows of the room
    events.run(java.time.Duration.ofSeconds(5));
    var crowd = new Crowd(events, random.split(), scenario, dataCenters, census);
    crowd.come();
    census.watch();
    events.run(scenario.length());
    return census.result();
  }

  private SimulatedDataCenter dataCenter(Scenario.Site site) {
    var distance =
        new Link(
            events,
            random.split(),
            site.distanceMillis(),
            1.5 * site.distanceMillis(),
            scenario.network().loss());
    return new SimulatedDataCenter(
        events, random.split(), site.name(), scenario, clock(), global, distance);
  }

  private SimulatedWorker worker(SimulatedDataCenter dataCenter) {
    var network = scenario.network();
    var link = new Link(events, random.split(), 0.2, network.insideMillis(), network.loss());
    var id = new WorkerId("%s-%03d".formatted(dataCenter.name(), started++));
    return new SimulatedWorker(
        events, random.split(), id, scenario.limits().config(), clock(), dataCenter, link);
  }

  private NodeClock clock() {
    double skew = scenario.network().skewSeconds() * (2 * random.nextDouble() - 1);
    return new NodeClock(events, Math.round(1000 * skew));
  }

  private void happen(Scenario.Incident incident) {
    for (var dataCenter : dataCenters) {
      if (dataCenter.name().equals(incident.site())) {
        switch (incident.kind()) {
          case CUT_OFF -> dataCenter.distance().cut(true);
          case REJOIN -> dataCenter.distance().cut(false);
          case ADD_WORKERS -> {
            for (int i = 0; i < incident.workers(); i++) {
              var worker = worker(dataCenter);
              dataCenter.add(worker);
              worker.start();
            }
          }
        }
      }
    }
  }
}
