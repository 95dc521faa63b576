package io.maitred.service.model;

import io.maitred.common.CborSerializable;
import io.maitred.common.ServiceId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a service (contract waiter 5.6, 12.2). It outlives the service's instances.
 *
 * @param core the description that makes the id
 * @param createdAt when it was first described
 * @param references how requests led here: the source tokens of each way; an empty list is a
 *     request that used headers alone
 * @param overrides parameters that an administrator changed at run time, or null
 * @param suspension the last suspend or resume, or null
 */
public record ServiceRecord(
    ServiceId id,
    ServiceDescription core,
    Instant createdAt,
    Set<List<SourceToken>> references,
    @Nullable Overrides overrides,
    @Nullable Suspension suspension)
    implements CborSerializable {

  public ServiceRecord {
    references = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(references));
  }

  /** Contract waiter 3.12. */
  public record Overrides(Map<String, Object> parameters, String lastUpdatedBy, Instant time)
      implements CborSerializable {}

  /** Contract waiter 3.13. */
  public record Suspension(boolean suspended, String lastUpdatedBy, Instant time)
      implements CborSerializable {}

  /** The references that name tokens, as {@code /apps} shows them. */
  public List<List<SourceToken>> sourceTokens() {
    return references.stream().filter(sources -> !sources.isEmpty()).toList();
  }
}
