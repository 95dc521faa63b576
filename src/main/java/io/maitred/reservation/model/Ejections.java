package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Instances that one router avoids after failures (contract waiter 7.5).
 *
 * <pre>
 * period = min(max, base * 2^min(E, failures - 1)),  E = max(1, int(1 + exp(ln(max) / ln(base))))
 * </pre>
 *
 * with both times in milliseconds: 10, 20, 40, 80, 160, 160 ... s by default. Any other outcome
 * forgets the failures.
 *
 * @param entries only instances with failures
 */
public record Ejections(Rule rule, Map<InstanceId, Failures> entries) {

  /**
   * @param baseMillis first period, above 1
   * @param maxMillis longest period, above 1
   * @param expiryThreshold failures in a row that make an instance count as expired
   */
  public record Rule(long baseMillis, long maxMillis, int expiryThreshold) {
    public long periodMillis(int failures) {
      int limit =
          Math.max(
              1,
              (int) (1 + Math.exp(Math.log((double) maxMillis) / Math.log((double) baseMillis))));
      int exponent = Math.min(Math.min(limit, failures - 1), 30);
      return Math.min(maxMillis, baseMillis << exponent);
    }
  }

  /**
   * @param inRow consecutive failures, at least 1
   * @param ejected whether the period runs; failures are remembered after it
   * @param untilMillis end of the period
   */
  public record Failures(int inRow, boolean ejected, long untilMillis) {}

  public Ejections {
    entries = Map.copyOf(entries);
  }

  public static Ejections none(Rule rule) {
    return new Ejections(rule, Map.of());
  }

  /** A request on the instance ended. */
  public Ejections ended(InstanceId id, Outcome outcome, long nowMillis) {
    if (!outcome.ejects()) {
      return entries.containsKey(id) ? keep(other -> !other.equals(id)) : this;
    }
    var before = entries.get(id);
    int inRow = before == null ? 1 : before.inRow() + 1;
    var next = new HashMap<>(entries);
    next.put(id, new Failures(inRow, true, nowMillis + rule.periodMillis(inRow)));
    return new Ejections(rule, next);
  }

  /** Ends the periods that are over. */
  public Ejections tick(long nowMillis) {
    if (entries.values().stream().noneMatch(f -> f.ejected() && f.untilMillis() <= nowMillis)) {
      return this;
    }
    var next = new HashMap<>(entries);
    next.replaceAll(
        (id, f) ->
            f.ejected() && f.untilMillis() <= nowMillis
                ? new Failures(f.inRow(), false, f.untilMillis())
                : f);
    return new Ejections(rule, next);
  }

  /** Forgets instances that do not exist any more. */
  public Ejections keep(Predicate<InstanceId> exists) {
    return entries.keySet().stream().allMatch(exists)
        ? this
        : new Ejections(
            rule,
            entries.entrySet().stream()
                .filter(e -> exists.test(e.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  public boolean isEjected(InstanceId id) {
    var failures = entries.get(id);
    return failures != null && failures.ejected();
  }

  /** So many failures in a row that the instance counts as expired. */
  public boolean isExpired(InstanceId id) {
    var failures = entries.get(id);
    return failures != null && failures.inRow() >= rule.expiryThreshold();
  }

  public Set<InstanceId> ejected() {
    return entries.entrySet().stream()
        .filter(e -> e.getValue().ejected())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }
}
