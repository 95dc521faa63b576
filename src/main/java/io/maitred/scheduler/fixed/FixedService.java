package io.maitred.scheduler.fixed;

import io.maitred.scheduler.ServiceReport;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.fixed.model.FixedBackend;
import io.maitred.service.model.BackendUrl;
import io.maitred.service.model.FixedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One service and its backends. Confined to the adapter's thread. */
final class FixedService {
  ServiceSpec spec;

  /** In the order of the description. */
  final List<FixedBackend> backends = new ArrayList<>();

  /** It was deleted: nothing more is checked or told. */
  boolean over;

  FixedService(ServiceSpec spec, Instant now) {
    this.spec = spec;
    for (BackendUrl url : FixedServices.backends(spec.effective())) {
      backends.add(FixedBackend.of(spec.id(), backends.size() + 1, url, now));
    }
  }

  /** Between two checks of a healthy backend, and at most of one that is not. */
  Duration interval() {
    return Duration.ofSeconds(spec.effective().integer("health-check-interval-secs"));
  }

  /** Whether every backend was checked. */
  boolean known() {
    return backends.stream().allMatch(FixedBackend::known);
  }

  ServiceReport report() {
    var instances = backends.stream().map(FixedBackend::toInstance).toList();
    return new ServiceReport(spec, backends.size(), instances, List.of(), List.of(), null);
  }
}
