package io.maitred.http.waiter;

import io.maitred.common.InstanceId;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.waiter.Apps.Service;
import io.maitred.service.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All services and their instances in one document: {@code /state/maintainer}. */
public final class MaintainerJson {
  private final AtomicLong iteration = new AtomicLong();

  Map<String, Object> of(
      Map<RouterId, String> routers,
      Collection<Service> services,
      Map<ServiceId, Map<InstanceId, Integer>> slots,
      Instant now) {
    var json = new LinkedHashMap<String, Object>();
    json.put("routers", routers(routers));
    json.put("router-details", routers(routers));
    json.put(
        "all-available-service-ids", services.stream().map(s -> s.id().value()).sorted().toList());
    json.put("iteration", iteration.incrementAndGet());
    json.put("time", now);
    json.put("service-id->healthy-instances", active(services, (s, i) -> i.healthy()));
    json.put("service-id->unhealthy-instances", active(services, (s, i) -> !i.healthy()));
    json.put("service-id->expired-instances", active(services, (s, i) -> expired(s, i, now)));
    json.put("service-id->starting-instances", active(services, (s, i) -> starting(s, i, now)));
    json.put(
        "service-id->failed-instances", byService(services, s -> shown(s, ServiceView::failed)));
    json.put(
        "service-id->killed-instances", byService(services, s -> shown(s, ServiceView::killed)));
    json.put("service-id->instance-counts", byService(services, MaintainerJson::counts));
    json.put("service-id->deployment-error", byService(services, MaintainerJson::deploymentError));
    json.put("service-id->instability-issue", byService(services, MaintainerJson::instability));
    var held = new TreeMap<String, Object>();
    slots.forEach((id, instances) -> held.put(id.value(), slots(instances)));
    json.put("service-id->my-instance->slots", held);
    return json;
  }

  static Map<String, String> routers(Map<RouterId, String> routers) {
    var json = new TreeMap<String, String>();
    routers.forEach((id, url) -> json.put(id.value(), url));
    return json;
  }

  private interface Kind {
    boolean fits(Service service, Instance instance);
  }

  private static Map<String, Object> active(Collection<Service> services, Kind kind) {
    return byService(
        services,
        service ->
            instances(service, ServiceView::active, instance -> kind.fits(service, instance)));
  }

  private static List<Map<String, @Nullable Object>> shown(
      Service service, Function<ServiceView, List<Instance>> which) {
    return instances(service, which, instance -> true);
  }

  private static List<Map<String, @Nullable Object>> instances(
      Service service, Function<ServiceView, List<Instance>> which, Predicate<Instance> wanted) {
    return Optional.ofNullable(service.view()).map(which).orElse(List.of()).stream()
        .filter(wanted)
        .map(InstanceJson::full)
        .toList();
  }

  /** Services for which there is nothing to say are left out. */
  private static Map<String, Object> byService(
      Collection<Service> services, Function<Service, @Nullable Object> value) {
    var json = new TreeMap<String, Object>();
    for (var service : services) {
      var shown = value.apply(service);
      if (shown != null) {
        json.put(service.id().value(), shown);
      }
    }
    return json;
  }

  private static @Nullable Object counts(Service service) {
    var view = service.view();
    return view == null
        ? null
        : Map.of(
            "healthy",
            view.healthy().size(),
            "requested",
            view.requested(),
            "scheduled",
            view.scheduled());
  }

  private static @Nullable Object deploymentError(Service service) {
    var error = service.view() == null ? null : service.view().deploymentError();
    return error == null ? null : error.key();
  }

  /** Contract waiter 7.10. */
  private static @Nullable Object instability(Service service) {
    var view = service.view();
    return view != null
            && view.failed().stream().anyMatch(i -> i.has(Instance.MEMORY_LIMIT_EXCEEDED))
        ? "not-enough-memory"
        : null;
  }

  /** Contract waiter 7.9, without what single routers hold against an instance. */
  private static boolean expired(Service service, Instance instance, Instant now) {
    int mins = service.effective().integer("instance-expiry-mins");
    return instance.has(Instance.EXPIRED)
        || (mins > 0 && instance.startedAt().plus(Duration.ofMinutes(mins)).isBefore(now));
  }

  private static boolean starting(Service service, Instance instance, Instant now) {
    int grace = service.effective().integer("grace-period-secs");
    return !instance.healthy() && instance.startedAt().plusSeconds(grace).isAfter(now);
  }

  private static Map<String, Integer> slots(Map<InstanceId, Integer> instances) {
    var json = new TreeMap<String, Integer>();
    instances.forEach((id, count) -> json.put(id.value(), count));
    return json;
  }
}
