package io.maitred.router.backend;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;

/**
 * How backends are talked to.
 *
 * @param eventLoops threads that do the input and output; 0: one per core
 * @param connectTimeout for resolving and connecting, including TLS
 * @param idleTimeout a connection without a request is closed after this long
 * @param maxIdlePerBackend idle connections kept for one backend
 * @param maxIdle idle connections kept in all
 * @param responseHeaderLimit bytes of a response's head
 * @param clientIdleTimeout a client that sends no byte of its body for this long gets 408
 * @param drainLimit bytes of an unread request body that are read before an early answer
 * @param drainTimeout how long they are read
 * @param trustAll accept any certificate of a backend
 */
public record BackendSettings(
    int eventLoops,
    Duration connectTimeout,
    Duration idleTimeout,
    int maxIdlePerBackend,
    int maxIdle,
    int responseHeaderLimit,
    Duration clientIdleTimeout,
    long drainLimit,
    Duration drainTimeout,
    boolean trustAll) {

  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration HOUR = Duration.ofHours(1);

  /** Reads {@code maitred.router.backend}. */
  public static BackendSettings from(Config config) {
    var reader = new ConfigReader(config, "maitred.router.backend");
    return new BackendSettings(
        reader.integer("event-loops", 0, 1024),
        reader.duration("connect-timeout", MILLISECOND, HOUR),
        reader.duration("idle-timeout", MILLISECOND, HOUR),
        reader.integer("max-idle-per-backend", 0, 1_000_000),
        reader.integer("max-idle", 0, 1_000_000),
        (int) reader.bytes("response-header-limit", 1024, 1 << 20),
        reader.duration("client-idle-timeout", MILLISECOND, HOUR),
        reader.bytes("drain-limit", 0, Long.MAX_VALUE),
        reader.duration("drain-timeout", Duration.ZERO, HOUR),
        reader.bool("tls-trust-all"));
  }
}
