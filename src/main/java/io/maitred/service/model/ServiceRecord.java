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

  /** References that are kept of a service; beyond, the oldest is dropped. */
  public static final int MAX_REFERENCES = 50;

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

  /** A service seen for the first time. */
  public static ServiceRecord described(
      ServiceId id, ServiceDescription core, List<SourceToken> reference, Instant now) {
    return new ServiceRecord(id, core, now, Set.of(List.copyOf(reference)), null, null);
  }

  /** With one more way that led here; the same record if it is known already. */
  public ServiceRecord withReference(List<SourceToken> reference) {
    if (references.contains(reference)) {
      return this;
    }
    var more = new LinkedHashSet<>(references);
    more.add(List.copyOf(reference));
    var oldest = more.iterator();
    for (int excess = more.size() - MAX_REFERENCES; excess > 0; excess--) {
      oldest.next();
      oldest.remove();
    }
    return new ServiceRecord(id, core, createdAt, more, overrides, suspension);
  }

  /**
   * With these parameters overridden, and no others; none clears them. The same record if nothing
   * changes.
   */
  public ServiceRecord withOverrides(Map<String, Object> parameters, String by, Instant now) {
    var present = overrides == null ? Map.of() : overrides.parameters();
    return present.equals(parameters)
        ? this
        : new ServiceRecord(
            id, core, createdAt, references, new Overrides(parameters, by, now), suspension);
  }

  /** Suspended or resumed; the same record if it is so already. */
  public ServiceRecord withSuspension(boolean suspended, String by, Instant now) {
    boolean present = suspension != null && suspension.suspended();
    return present == suspended
        ? this
        : new ServiceRecord(
            id, core, createdAt, references, overrides, new Suspension(suspended, by, now));
  }
}
