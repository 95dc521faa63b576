package io.maitred.reservation;

import io.maitred.common.InstanceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.Ejections;
import io.maitred.reservation.model.InstanceOrder;
import io.maitred.service.model.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pool as the {@code responder-state} of {@code /state/<service-id>} (contract waiter 7.1). */
final class ResponderState {
  private ResponderState() {}

  static Map<String, Object> of(
      PoolInstances instances,
      Ejections ejections,
      PoolPolicy policy,
      @Nullable ServiceView view,
      Instant now) {
    var states = new TreeMap<String, Object>();
    var known = new TreeMap<String, Object>();
    var uses = new TreeMap<String, Object>();
    for (var instance : instances.all()) {
      var id = instance.id.value();
      states.put(
          id,
          Map.of(
              "slots-assigned", instance.held(),
              "slots-used", instance.inUse,
              "status-tags", tags(instance, ejections, policy, now)));
      if (instance.instance != null) {
        known.put(id, json(instance.instance));
      }
      if (instance.inUse > 0) {
        uses.put(id, uses(instance));
      }
    }
    var state = new LinkedHashMap<String, Object>();
    state.put("instance-id->state", states);
    state.put("id->instance", known);
    state.put(
        "sorted-instance-ids", instances.sortedIds().stream().map(InstanceId::value).toList());
    state.put("instance-id->request-id->use-reason-map", uses);
    state.put("instance-id->consecutive-failures", failures(ejections));
    state.put("instance-id->eject-expiry-time", ends(ejections));
    state.put("request-id->work-stealer", Map.of());
    state.put("work-stealing-queue", List.of());
    state.put("load-balancing", policy.loadBalancing() == null ? "oldest" : policy.loadBalancing());
    var error = view == null ? null : view.deploymentError();
    if (error != null) {
      state.put("deployment-error", error.key());
    }
    if (view != null
        && view.failed().stream().anyMatch(i -> i.has(Instance.MEMORY_LIMIT_EXCEEDED))) {
      state.put("instability-issue", "not-enough-memory");
    }
    return state;
  }

  private static List<String> tags(
      PoolInstance known, Ejections ejections, PoolPolicy policy, Instant now) {
    var tags = new ArrayList<String>();
    var instance = known.instance;
    tags.add(instance != null && instance.healthy() ? "healthy" : "unhealthy");
    if (known.expired) {
      tags.add("expired");
    }
    if (instance != null && InstanceOrder.isStarting(instance, policy.graceSeconds(), now)) {
      tags.add("starting");
    }
    if (ejections.isEjected(known.id)) {
      tags.add("ejected");
    }
    if (known.locked) {
      tags.add("locked");
    }
    return tags;
  }

  private static Map<String, Object> json(Instance instance) {
    return Map.of(
        "id", instance.id().value(),
        "service-id", instance.serviceId().value(),
        "host", instance.host(),
        "port", instance.port(),
        "started-at", instance.startedAt());
  }

  private static Map<String, Object> uses(PoolInstance instance) {
    var uses = new LinkedHashMap<String, Object>();
    for (var slot = instance.oldestUse(); slot != null; slot = slot.next) {
      uses.put(slot.requestId, Map.of("reason", "serve-request"));
    }
    return uses;
  }

  private static Map<String, Object> failures(Ejections ejections) {
    var failures = new TreeMap<String, Object>();
    ejections.entries().forEach((id, entry) -> failures.put(id.value(), entry.inRow()));
    return failures;
  }

  private static Map<String, Object> ends(Ejections ejections) {
    var ends = new TreeMap<String, Object>(Comparator.naturalOrder());
    ejections
        .entries()
        .forEach(
            (id, entry) -> {
              if (entry.ejected()) {
                ends.put(id.value(), Instant.ofEpochMilli(entry.untilMillis()));
              }
            });
    return ends;
  }
}
