package io.maitred.discovery.model;

import io.maitred.service.model.Instance;
import java.util.List;
import java.util.Optional;

/** Why a service that runs is shaky (contract waiter 7.10). */
public final class Instability {
  private Instability() {}

  /** {@code not-enough-memory}, or nothing. */
  public static Optional<String> of(List<Instance> failed) {
    return failed.stream().anyMatch(i -> i.has(Instance.MEMORY_LIMIT_EXCEEDED))
        ? Optional.of("not-enough-memory")
        : Optional.empty();
  }
}
