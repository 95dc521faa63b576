package io.maitred.router;

import io.maitred.common.ServiceId;
import io.maitred.service.DescriptorCache;
import io.maitred.service.ServiceStore;
import io.maitred.service.model.Discovery;
import io.maitred.service.model.Refused;
import io.maitred.service.model.Resolved;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.Sources;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * From a request to the service that it means, out of this node's memory. A token that this node
 * does not know is looked up once where it would be written, before it counts as unknown.
 */
public final class ServiceResolver {
  private final DescriptorCache cache;
  private final ServiceStore store;

  public ServiceResolver(DescriptorCache cache, ServiceStore store) {
    this.cache = cache;
    this.store = store;
  }

  /**
   * The tokens and headers that a request names; fails with a refusal.
   *
   * @param headers the {@code x-waiter-*} headers by lower-case names
   * @param host the Host header without port
   */
  public CompletionStage<Sources> discover(Map<String, String> headers, String host) {
    var first = lookUp(headers, host);
    return first instanceof Refused refused && !refused.unknownTokens().isEmpty()
        ? fetch(refused.unknownTokens()).thenCompose(done -> orFail(lookUp(headers, host)))
        : orFail(first);
  }

  /**
   * What the sources mean for the caller: a descriptor, or that the caller has to consent; fails
   * with a refusal.
   *
   * @param caller null when the sources need no authentication
   */
  public CompletionStage<Resolved> resolve(
      Map<String, String> headers, String host, Sources sources, @Nullable String caller) {
    var first = cache.resolve(sources, caller);
    if (first instanceof Refused refused && !refused.unknownTokens().isEmpty()) {
      return fetch(refused.unknownTokens())
          .thenCompose(done -> orFail(lookUp(headers, host)))
          .thenCompose(again -> orFail(cache.resolve(again, caller)));
    }
    return orFail(first);
  }

  private Discovery lookUp(Map<String, String> headers, String host) {
    return cache.discover(headers, host, store.tables(), this::coreOf);
  }

  private @Nullable ServiceDescription coreOf(ServiceId id) {
    var known = store.tables().service(id);
    return known == null ? null : known.core();
  }

  private CompletionStage<Void> fetch(List<String> tokens) {
    return CompletableFuture.allOf(
        tokens.stream()
            .map(name -> store.fetchToken(name).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  private static CompletionStage<Sources> orFail(Discovery discovery) {
    return discovery instanceof Refused refused
        ? CompletableFuture.failedFuture(refused.refusal().asException())
        : CompletableFuture.completedFuture((Sources) discovery);
  }

  private static CompletionStage<Resolved> orFail(Resolved resolved) {
    return resolved instanceof Refused refused
        ? CompletableFuture.failedFuture(refused.refusal().asException())
        : CompletableFuture.completedFuture(resolved);
  }
}
