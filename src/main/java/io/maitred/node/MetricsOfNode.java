package io.maitred.node;

import io.maitred.common.ServiceId;
import io.maitred.discovery.ServiceDirectory;
import io.maitred.discovery.model.ServiceView;
import io.maitred.metrics.Metrics;
import io.maitred.metrics.ServiceGauges;
import io.maitred.metrics.ServiceGauges.Instances;
import io.maitred.metrics.ServiceGauges.Service;
import io.maitred.metrics.ServiceGauges.Slots;
import io.maitred.reservation.PoolLoad;
import io.maitred.reservation.SlotPools;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Shows this node's services in its metrics, as long as they are listed or have a pool. */
final class MetricsOfNode {
  private MetricsOfNode() {}

  static void start(Metrics metrics, ServiceDirectory directory, SlotPools pools) {
    var gauges = new ServiceGauges(metrics.registry());
    metrics.beforeScrape(
        () -> {
          var services = services(directory.snapshot().views(), pools.loads());
          gauges.show(services);
          // requests that ended after their service was gone have made meters again
          metrics.requests().retain(services.stream().map(Service::id).toList());
        });
    directory.listen(view -> {}, id -> metrics.requests().forget(id.value()));
  }

  static List<Service> services(Map<ServiceId, ServiceView> views, Collection<PoolLoad> pools) {
    var loads = pools.stream().collect(Collectors.toMap(PoolLoad::service, Function.identity()));
    var ids = new TreeSet<>(views.keySet());
    ids.addAll(loads.keySet());
    return ids.stream()
        .map(
            id -> {
              var load = loads.getOrDefault(id, new PoolLoad(id, 0, 0, 0, 0, 0));
              return new Service(
                  id.value(),
                  load.waiting(),
                  new Slots(load.held(), load.inUse(), load.available()),
                  load.ejected(),
                  instances(views, id));
            })
        .toList();
  }

  private static Instances instances(Map<ServiceId, ServiceView> views, ServiceId id) {
    var view = views.get(id);
    return view == null
        ? new Instances(0, 0, 0)
        : new Instances(view.healthy().size(), view.unhealthy().size(), view.failed().size());
  }
}
