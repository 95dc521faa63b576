package io.maitred.node;

import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.FixedServices;
import io.maitred.service.model.Resolution;
import io.maitred.service.model.TokenDocument;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The fixed services that a new scheduler begins to watch, since no process tells of them: those
 * that a token leads to by itself, and that were used before. What came about by headers comes back
 * with the next request.
 */
final class KnownFixedServices {
  private KnownFixedServices() {}

  /** As soon as this node has loaded its tables; computed on the executor. */
  static CompletionStage<List<ServiceSpec>> of(
      Wiring parts, Resolution resolution, Executor executor) {
    return parts
        .store
        .loaded()
        .thenApplyAsync(
            done ->
                parts.store.tables().all().stream()
                    .filter(token -> !token.deleted() && FixedServices.isFixed(token.data()))
                    .map(token -> spec(parts, resolution, token))
                    .flatMap(Optional::stream)
                    .distinct()
                    .toList(),
            executor);
  }

  private static Optional<ServiceSpec> spec(
      Wiring parts, Resolution resolution, TokenDocument token) {
    var id = resolution.serviceIdOf(token);
    var effective = id == null ? null : parts.effective.of(id);
    return id == null || effective == null
        ? Optional.empty()
        : Optional.of(new ServiceSpec(id, effective, parts.secret.servicePassword(id)));
  }
}
