package io.maitred.service.model;

import io.maitred.common.CborSerializable;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One running, failed or killed copy of a service, as its scheduler sees it.
 *
 * @param host address to connect to; {@code 0.0.0.0} while unknown
 * @param port port 0 of the instance; 0 while unknown
 * @param extraPorts ports 1 and up
 * @param healthCheckStatus HTTP status of the last check that failed, if it was answered
 * @param flags words of contract waiter 9.2 and 9.5: {@code expired}, {@code has-connected}, {@code
 *     memory-limit-exceeded}, ...
 * @param extras scheduler-specific fields of the instance's JSON, such as {@code
 *     shell-scheduler/pid}
 */
public record Instance(
    InstanceId id,
    ServiceId serviceId,
    String host,
    int port,
    List<Integer> extraPorts,
    Instant startedAt,
    Health health,
    @Nullable Integer healthCheckStatus,
    Set<String> flags,
    @Nullable Integer exitCode,
    @Nullable String logDirectory,
    @Nullable String message,
    Map<String, Object> extras)
    implements CborSerializable {

  /** What the last health check said. */
  public enum Health {
    UNKNOWN,
    HEALTHY,
    UNHEALTHY
  }

  /** Set by an expire signal. */
  public static final String EXPIRED = "expired";

  public static final String MEMORY_LIMIT_EXCEEDED = "memory-limit-exceeded";
  public static final String NEVER_PASSED_HEALTH_CHECKS = "never-passed-health-checks";
  public static final String HAS_CONNECTED = "has-connected";
  public static final String HAS_RESPONDED = "has-responded";
  public static final String TIMEOUT_EXCEPTION = "timeout-exception";
  public static final String HANGUP_EXCEPTION = "hangup-exception";
  public static final String SSL_EXCEPTION = "ssl-exception";

  /** Among the extras: the protocol of an instance that has its own. */
  public static final String PROTOCOL = "protocol";

  public Instance {
    extraPorts = List.copyOf(extraPorts);
    flags = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(flags));
    extras = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(extras));
  }

  public boolean healthy() {
    return health == Health.HEALTHY;
  }

  /** The protocol that it speaks, if that is not the {@code backend-proto} of its service. */
  public @Nullable String protocol() {
    return extras.get(PROTOCOL) instanceof String protocol ? protocol : null;
  }

  public boolean has(String flag) {
    return flags.contains(flag);
  }
}
