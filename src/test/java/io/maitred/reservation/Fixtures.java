package io.maitred.reservation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.service.model.Instance;
import io.maitred.service.model.ServiceDescription;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Values that the tests of this part share. */
final class Fixtures {
  static final ServiceId SERVICE = new ServiceId("svc");

  private Fixtures() {}

  static ReservationSettings settings() {
    return ReservationSettings.from(ConfigFactory.load());
  }

  /** A node on a free port, with the shipped configuration behind it. */
  static Config node(String system) {
    return ConfigFactory.parseString(
            """
            akka.actor.provider = cluster
            akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            akka.cluster.jmx.multi-mbeans-in-same-jvm = on
            akka.cluster.sharding.passivation.strategy = none
            akka.cluster.downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.coordinated-shutdown.terminate-actor-system = off
            maitred.test-system = "%s"
            """
                .formatted(system))
        .withFallback(ConfigFactory.load());
  }

  static ServiceDescription description(int level, String loadBalancing, int maxQueueLength) {
    return new ServiceDescription(
        Map.of(
            "concurrency-level",
            level,
            "max-instances",
            500,
            "max-queue-length",
            maxQueueLength,
            "instance-expiry-mins",
            0,
            "grace-period-secs",
            30,
            "load-balancing",
            loadBalancing));
  }

  static InstanceId id(String name) {
    return new InstanceId(SERVICE + "." + name);
  }

  static Instance instance(String name, long startSecond, boolean healthy) {
    return new Instance(
        id(name),
        SERVICE,
        "127.0.0.1",
        8080,
        List.of(),
        Instant.ofEpochSecond(startSecond),
        healthy ? Instance.Health.HEALTHY : Instance.Health.UNHEALTHY,
        null,
        Set.of(),
        null,
        null,
        null,
        Map.of());
  }

  static Instance unhealthy(String name, String reason) {
    var any = instance(name, 100, false);
    return new Instance(
        any.id(),
        any.serviceId(),
        any.host(),
        any.port(),
        any.extraPorts(),
        any.startedAt(),
        any.health(),
        null,
        Set.of(),
        null,
        null,
        reason,
        Map.of());
  }

  static ServiceView view(long sequence, Instance... active) {
    return view(sequence, null, active);
  }

  static ServiceView view(
      long sequence,
      ServiceView.@org.jspecify.annotations.Nullable DeploymentError error,
      Instance... active) {
    return new ServiceView(
        new ServiceView.Version(1, sequence),
        SERVICE,
        active.length,
        active.length,
        Stream.of(active).toList(),
        List.of(),
        List.of(),
        error);
  }
}
