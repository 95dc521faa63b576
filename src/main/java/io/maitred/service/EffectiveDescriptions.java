package io.maitred.service;

import io.maitred.common.ServiceId;
import io.maitred.service.model.DescriptionDefaults;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The effective descriptions of services, as this node's tables have them: core under defaults and
 * overrides. Each is computed once for each version of its record.
 */
public final class EffectiveDescriptions {
  /** Services that run or are asked for; the tables hold all that ever were. */
  private static final int KEPT = 10_000;

  private final ServiceTables tables;
  private final DescriptionDefaults defaults;
  private final Generations<ServiceId, Computed> computed = new Generations<>(KEPT);

  private record Computed(ServiceRecord from, ServiceDescription effective) {}

  public EffectiveDescriptions(ServiceTables tables, DescriptionDefaults defaults) {
    this.tables = tables;
    this.defaults = defaults;
  }

  /** The effective description of a service; null while this node does not know it. */
  @SuppressWarnings("ReferenceEquality") // a record is replaced as a whole when it changes
  public @Nullable ServiceDescription of(ServiceId id) {
    var record = tables.service(id);
    if (record == null) {
      return null;
    }
    var known = computed.get(id);
    if (known != null && known.from() == record) {
      return known.effective();
    }
    var overrides = record.overrides();
    Map<String, Object> parameters = overrides == null ? Map.of() : overrides.parameters();
    var effective = defaults.effective(record.core().parameters(), parameters);
    computed.put(id, new Computed(record, effective));
    return effective;
  }
}
