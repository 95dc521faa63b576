package io.maitred.simulation;

import java.util.random.RandomGenerator;

/** Carries messages, late, and sometimes not at all. */
final class Link {
  private final EventQueue events;
  private final RandomGenerator random;
  private final double leastMillis;
  private final double mostMillis;
  private final double loss;
  private boolean isCut;

  Link(
      EventQueue events,
      RandomGenerator random,
      double leastMillis,
      double mostMillis,
      double loss) {
    this.events = events;
    this.random = random;
    this.leastMillis = leastMillis;
    this.mostMillis = mostMillis;
    this.loss = loss;
  }

  /** Something happens at the other end, if the message gets there. */
  void send(Runnable arrival) {
    if (!isCut && random.nextDouble() >= loss) {
      double late = leastMillis + (mostMillis - leastMillis) * random.nextDouble();
      events.after(late, () -> deliver(arrival));
    }
  }

  /** What is under way when a link is cut is lost too. */
  private void deliver(Runnable arrival) {
    if (!isCut) {
      arrival.run();
    }
  }

  boolean isCut() {
    return isCut;
  }

  void cut(boolean cut) {
    isCut = cut;
  }
}
