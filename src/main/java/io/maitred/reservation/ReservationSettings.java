package io.maitred.reservation;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.reservation.model.Ejections;
import io.maitred.reservation.model.LedgerRules;
import java.time.Duration;

/**
 * Settings of the reservation part; {@code reference.conf} explains each.
 *
 * @param rules of the ledger
 * @param reportMin shortest time between two reports of one service, unless a request waits
 * @param reportMax longest such time
 * @param retryMin first repetition of what was not answered
 * @param retryMax longest time between repetitions
 * @param tick how often time passes for queues and ledgers
 * @param idleLimit a reserver without instances and requests for so long ends; the next report
 *     starts another one
 */
public record ReservationSettings(
    Ejections.Rule ejection,
    LedgerRules rules,
    Duration reportMin,
    Duration reportMax,
    Duration retryMin,
    Duration retryMax,
    Duration tick,
    Duration idleLimit) {

  /** Reads {@code maitred.reservation}, and Akka's own margin after a downing. */
  public static ReservationSettings from(Config config) {
    var in = new ConfigReader(config, "maitred.reservation");
    var ms = Duration.ofMillis(1);
    var minute = Duration.ofMinutes(1);
    var retryMin = in.duration("retry-min", ms, minute);
    var retryMax = in.duration("retry-max", retryMin, minute);
    return new ReservationSettings(
        new Ejections.Rule(
            in.duration("ejection.base", ms.multipliedBy(2), Duration.ofHours(1)).toMillis(),
            in.duration("ejection.max", ms.multipliedBy(2), Duration.ofHours(24)).toMillis(),
            in.integer("ejection.expiry-threshold", 1, 1000)),
        new LedgerRules(
            in.duration("removal-margin", Duration.ZERO, Duration.ofMinutes(5)).toMillis(),
            in.duration("turn", ms, minute).toMillis(),
            in.duration("kill.lease-timeout", ms, minute).toMillis(),
            in.duration("kill.lock-timeout", Duration.ofSeconds(1), Duration.ofHours(1)).toMillis(),
            in.duration("kill.killed-timeout", Duration.ofSeconds(1), Duration.ofHours(1))
                .toMillis(),
            in.duration("kill.lingering-request-threshold", ms, Duration.ofHours(24)).toMillis(),
            retryMin.toMillis(),
            retryMax.toMillis()),
        in.duration("report-min", ms, minute),
        in.duration("report-max", ms, minute),
        retryMin,
        retryMax,
        in.duration("tick", ms, Duration.ofSeconds(5)),
        in.duration("idle-limit", Duration.ofSeconds(1), Duration.ofHours(1)));
  }
}
