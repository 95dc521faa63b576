package io.maitred.waitingroom.model;

/**
 * How slots are divided, as an operator chose it.
 *
 * @param reserve whether only slots in proportion to a data center's users are reserved for it, and
 *     any data center may use the others (contract waiting room 9.8)
 * @param workers how a data center's slots get to its workers
 * @param curve the exponent of contract 10.5; 0: off
 * @param strictPartial whether a data center keeps slots of the partial bucket for which it has no
 *     users (8.5)
 * @param paceNewUsers whether N is poured out over the minute (7.3)
 * @param trafficLagMinutes age of the minute whose traffic weighs data centers, 1 or 2 (9.1)
 */
public record AllocationRules(
    boolean reserve,
    WorkerMode workers,
    double curve,
    boolean strictPartial,
    boolean paceNewUsers,
    int trafficLagMinutes) {

  /** How a data center's slots get to its workers (contract waiting room 10). */
  public enum WorkerMode {
    /** Small shares are drawn, others divided. */
    AUTO,
    DIVIDE,
    /** Each slot is drawn from the data center's counter. */
    COUNTER
  }

  /** The modes that hold when nothing is configured. */
  public static final AllocationRules DEFAULT =
      new AllocationRules(false, WorkerMode.AUTO, 0, false, false, 2);

  public AllocationRules {
    if (trafficLagMinutes < 1 || trafficLagMinutes > 2) {
      throw new IllegalArgumentException(
          "trafficLagMinutes: " + trafficLagMinutes + " (expected: 1 or 2)");
    }
    if (!(curve >= 0)) {
      throw new IllegalArgumentException("curve: " + curve + " (expected: >= 0)");
    }
    if (curve > 0 && workers == WorkerMode.COUNTER) {
      throw new IllegalArgumentException(
          "curve: " + curve + " (expected: 0 when slots are drawn from a counter)");
    }
  }
}
