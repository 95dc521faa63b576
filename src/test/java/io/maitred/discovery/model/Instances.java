package io.maitred.discovery.model;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.service.model.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Instances and views for tests. */
public final class Instances {
  public static final Instant START = Instant.parse("2024-01-31T10:20:30.123Z");

  private Instances() {}

  public static Instance healthy(ServiceId service, int number) {
    return instance(service, number, Instance.Health.HEALTHY, Set.of(), null, null);
  }

  public static Instance unhealthy(ServiceId service, int number, String... flags) {
    return instance(service, number, Instance.Health.UNHEALTHY, Set.of(flags), null, null);
  }

  /** Runs at {@code 127.0.0.<number>} since {@code number} seconds after {@link #START}. */
  public static Instance instance(
      ServiceId service,
      int number,
      Instance.Health health,
      Set<String> flags,
      @Nullable Integer exitCode,
      @Nullable Integer checkStatus) {
    return new Instance(
        new InstanceId(service + "." + number),
        service,
        "127.0.0." + number,
        10000 + number,
        List.of(),
        START.plusSeconds(number),
        health,
        checkStatus,
        flags,
        exitCode,
        null,
        null,
        Map.of());
  }

  public static ServiceView view(
      long sequence, ServiceId id, int requested, List<Instance> active) {
    return new ServiceView(
        new ServiceView.Version(1, sequence),
        id,
        requested,
        active.size(),
        active,
        List.of(),
        List.of(),
        null);
  }
}
