package io.maitred.simulation;

import io.maitred.waitingroom.model.AllocationRules;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is simulated.
 *
 * @param name lower-case words joined by hyphens
 * @param title for people
 * @param arrivals of new visitors, over all data centers
 * @param incidents what goes wrong, or changes
 */
record Scenario(
    String name,
    String title,
    Limits limits,
    List<Site> sites,
    Duration length,
    ArrivalCurve arrivals,
    Visitors visitors,
    Network network,
    AllocationRules rules,
    List<Incident> incidents) {

  /**
   * What the room's owner configured.
   *
   * @param totalActiveUsers T
   * @param newUsersPerMinute N
   * @param sessionMinutes S
   */
  record Limits(int totalActiveUsers, int newUsersPerMinute, int sessionMinutes) {

    EffectiveConfig config() {
      return new EffectiveConfig(
          new RoomId("0123456789abcdef0123456789abcdef"),
          1,
          false,
          false,
          null,
          false,
          totalActiveUsers,
          newUsersPerMinute,
          sessionMinutes,
          true,
          QueueingMethod.FIFO,
          false,
          "");
    }
  }

  /**
   * A data center.
   *
   * @param weight its part of the visitors, in proportion to the others' weights
   * @param distanceMillis one way to the global aggregator
   */
  record Site(String name, double weight, int workers, double distanceMillis) {}

  /**
   * How visitors behave.
   *
   * @param abandoning part of them that gives up waiting after a time
   * @param patience mean of that time
   * @param session mean time from the first to the last page
   * @param thinking mean time from page to page
   * @param tardy part of the refreshes that come up to two minutes late
   * @param roaming part of the requests that reach another data center than the visitor's own
   */
  record Visitors(
      double abandoning,
      Duration patience,
      Duration session,
      Duration thinking,
      double tardy,
      double roaming) {
    static final Visitors USUAL =
        new Visitors(
            0.3, Duration.ofMinutes(5), Duration.ofMinutes(3), Duration.ofSeconds(40), 0.02, 0.002);
  }

  /**
   * What lies between nodes.
   *
   * @param insideMillis most time of a message inside a data center
   * @param loss part of the messages that are lost
   * @param skewSeconds most by which a node's clock is ahead or behind
   */
  record Network(double insideMillis, double loss, double skewSeconds) {
    static final Network USUAL = new Network(3, 0.001, 5);
  }

  /** Something that happens at a time after the start. */
  record Incident(Duration at, Kind kind, String site, int workers) {
    enum Kind {
      /** The data center and the global aggregator hear nothing of each other. */
      CUT_OFF,
      REJOIN,
      /** Workers are added. */
      ADD_WORKERS
    }
  }

  Scenario {
    sites = List.copyOf(sites);
    incidents = List.copyOf(incidents);
  }

  /** With the usual visitors and network, and no incident. */
  static Scenario of(
      String name,
      String title,
      Limits limits,
      List<Site> sites,
      Duration length,
      ArrivalCurve arrivals) {
    return new Scenario(
        name,
        title,
        limits,
        sites,
        length,
        arrivals,
        Visitors.USUAL,
        Network.USUAL,
        AllocationRules.DEFAULT,
        List.of());
  }

  Scenario with(Incident... more) {
    return new Scenario(
        name, title, limits, sites, length, arrivals, visitors, network, rules, List.of(more));
  }

  Scenario with(Visitors other) {
    return new Scenario(
        name, title, limits, sites, length, arrivals, other, network, rules, incidents);
  }

  Scenario with(Network other) {
    return new Scenario(
        name, title, limits, sites, length, arrivals, visitors, other, rules, incidents);
  }

  Scenario with(AllocationRules other) {
    return new Scenario(
        name, title, limits, sites, length, arrivals, visitors, network, other, incidents);
  }

  /** Data centers with as many workers each, and visitors in proportion to the weights. */
  static List<Site> sites(int workers, double... weights) {
    var sites = new ArrayList<Site>();
    for (int i = 0; i < weights.length; i++) {
      sites.add(new Site("dc%02d".formatted(i + 1), weights[i], workers, 5 + 35 * (i % 5)));
    }
    return sites;
  }
}
