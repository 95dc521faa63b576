package io.maitred.simulation;

import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.Outcome.Queued;
import io.maitred.waitingroom.model.Outcome.ToOrigin;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketRules;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Everybody who visits, each with a cookie jar and a mind of its own. */
final class Crowd {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final double SLOWEST_PAGE_MILLIS = 1_000;
  private static final double MOST_TARDY_MILLIS = 120_000;

  private final EventQueue events;
  private final RandomGenerator random;
  private final Scenario scenario;
  private final List<SimulatedDataCenter> dataCenters;
  private final Census census;
  private final long start;
  private final double allWeights;

  Crowd(
      EventQueue events,
      RandomGenerator random,
      Scenario scenario,
      List<SimulatedDataCenter> dataCenters,
      Census census) {
    this.events = events;
    this.random = random;
    this.scenario = scenario;
    this.dataCenters = dataCenters;
    this.census = census;
    this.start = events.now();
    this.allWeights = scenario.sites().stream().mapToDouble(Scenario.Site::weight).sum();
  }

  /** Lets visitors come, from now on. */
  void come() {
    double second = (events.now() - start) / 1000.0;
    double expected = scenario.arrivals().rate(second) * TICK.toMillis() / 1000.0;
    for (int i = poisson(expected); i > 0; i--) {
      var visitor = new Visitor(chooseSite());
      events.after(random.nextDouble() * (double) TICK.toMillis(), visitor::ask);
    }
    events.after(TICK, this::come);
  }

  private SimulatedDataCenter chooseSite() {
    double at = random.nextDouble() * allWeights;
    for (int i = 0; i < dataCenters.size(); i++) {
      at -= scenario.sites().get(i).weight();
      if (at < 0) {
        return dataCenters.get(i);
      }
    }
    return dataCenters.get(dataCenters.size() - 1);
  }

  private int poisson(double mean) {
    if (mean > 50) {
      return (int) Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  private double exponential(Duration mean) {
    return -Math.log(1 - random.nextDouble()) * mean.toMillis();
  }

  /** One person with one browser. */
  private final class Visitor {
    private final SimulatedDataCenter near;
    private Wait wait = new Wait(events.now());
    private final long patientUntil;
    private @Nullable Ticket ticket;
    private long leavesAt;
    private boolean isIn;

    Visitor(SimulatedDataCenter near) {
      this.near = near;
      var visitors = scenario.visitors();
      this.patientUntil =
          random.nextDouble() < visitors.abandoning()
              ? events.now() + (long) exponential(visitors.patience())
              : Long.MAX_VALUE;
    }

    void ask() {
      boolean roams = random.nextDouble() < scenario.visitors().roaming();
      var site = roams ? dataCenters.get(random.nextInt(dataCenters.size())) : near;
      var workers = site.workers();
      workers.get(random.nextInt(workers.size())).visit(ticket, this::answered);
    }

    private void answered(Outcome outcome) {
      if (outcome instanceof ToOrigin origin) {
        arrive(origin);
      } else if (outcome instanceof Queued queued) {
        queue(queued);
      }
    }

    private void arrive(ToOrigin origin) {
      var issued = origin.ticket();
      census.moved(ticket, issued);
      if (issued != null && !isSameSession(issued)) {
        census.admitted(wait, issued.bucketMinute());
      }
      if (!isIn) {
        isIn = true;
        leavesAt = events.now() + (long) exponential(scenario.visitors().session());
      }
      ticket = issued;
      double next = exponential(scenario.visitors().thinking());
      if (events.now() + next < leavesAt) {
        events.after(next, this::ask);
      }
    }

    private boolean isSameSession(Ticket issued) {
      return ticket != null && Objects.equals(issued.acceptedAt(), ticket.acceptedAt());
    }

    private void queue(Queued queued) {
      if (isIn) {
        isIn = false;
        wait = new Wait(events.now());
        census.interrupted(ticket);
      }
      var issued = queued.ticket();
      if (queued.reason() != Outcome.Reason.TOO_EARLY) {
        census.moved(ticket, issued);
        ticket = issued;
        census.refused(
            wait, issued == null ? Long.MAX_VALUE : issued.bucketMinute(), near.isCutOff());
      }
      if (queued.estimate().known()) {
        wait.estimate(events.now(), queued.estimate().minutes());
      }
      double next =
          TicketRules.REFRESH_INTERVAL.toMillis() + random.nextDouble() * SLOWEST_PAGE_MILLIS;
      boolean isTardy = random.nextDouble() < scenario.visitors().tardy();
      if (isTardy) {
        next += random.nextDouble() * MOST_TARDY_MILLIS;
      }
      wait.refreshes(!isTardy);
      if (events.now() + next < patientUntil) {
        events.after(next, this::ask);
      } else {
        census.abandoned();
      }
    }
  }
}
