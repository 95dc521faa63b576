package io.maitred.http.waiter;

import io.maitred.common.RouterId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.ApiUrls;
import io.maitred.http.QueryParameters;
import io.maitred.http.waiter.Apps.Activity;
import io.maitred.http.waiter.Apps.Service;
import io.maitred.service.model.Instance;
import io.maitred.service.model.SourceToken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Services as the API shows them (contract waiter 3.6, 3.8).
 *
 * @param urls where the API is
 * @param router this node's id
 */
record ServiceJson(ApiUrls urls, RouterId router) {

  /** What a client may ask for beyond the usual. */
  record Include(
      boolean effectiveParameters,
      boolean references,
      boolean healthyInstances,
      boolean tokenFallback) {

    static Include of(QueryParameters query) {
      return new Include(
          query.flag("effective-parameters") || query.contains("include", "effective-parameters"),
          query.contains("include", "references"),
          query.contains("include", "healthy-instances"),
          query.contains("include", "token-fallback"));
    }
  }

  /** An element of the list. */
  Map<String, @Nullable Object> element(Service service, Activity activity, Include include) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    var active = active(service);
    long healthy = active.stream().filter(Instance::healthy).count();
    json.put("service-id", service.id().value());
    json.put("service-description", service.record().core().parameters());
    json.put("status", status(service.view()));
    json.put("url", urls.service(service.id()));
    json.put(
        "instance-counts",
        Map.of("healthy-instances", healthy, "unhealthy-instances", active.size() - healthy));
    putActivity(json, service, activity);
    if (include.healthyInstances()) {
      json.put(
          "instances",
          Map.of(
              "healthy-instances",
              InstanceJson.active(active).stream()
                  .filter(Instance::healthy)
                  .map(InstanceJson::brief)
                  .toList()));
    }
    putOptional(json, service, activity, include);
    return json;
  }

  /**
   * One service with its instances.
   *
   * @param logUrls whether the viewer may see log files
   */
  Map<String, @Nullable Object> details(
      Service service, Activity activity, Include include, boolean logUrls) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    var active = InstanceJson.active(active(service));
    var view = service.view();
    var logs = logUrls ? urls : null;
    json.put("router-id", router.value());
    json.put("num-routers", 0);
    json.put("status", status(view));
    putActivity(json, service, activity);
    json.put("service-description", service.record().core().parameters());
    var failed = view == null ? List.<Instance>of() : InstanceJson.ended(view.failed());
    var killed = view == null ? List.<Instance>of() : InstanceJson.ended(view.killed());
    json.put(
        "instances",
        Map.of(
            "active-instances", InstanceJson.list(active, logs),
            "failed-instances", InstanceJson.list(failed, logs),
            "killed-instances", InstanceJson.list(killed, logs)));
    json.put("num-active-instances", active.size());
    var overrides = service.record().overrides();
    if (overrides != null && !overrides.parameters().isEmpty()) {
      json.put(
          "service-description-overrides",
          Map.of(
              "overrides",
              overrides.parameters(),
              "last-updated-by",
              overrides.lastUpdatedBy(),
              "time",
              overrides.time()));
    }
    var suspension = service.record().suspension();
    if (suspension != null) {
      json.put(
          "service-suspended-state",
          Map.of(
              "suspended",
              suspension.suspended(),
              "last-updated-by",
              suspension.lastUpdatedBy(),
              "time",
              suspension.time()));
    }
    putOptional(json, service, activity, include);
    return json;
  }

  /** Contract waiter 9.3. */
  static String status(ServiceView.@Nullable Status status) {
    var name = status == null ? "inactive" : status.name().toLowerCase(Locale.ROOT);
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  private static String status(@Nullable ServiceView view) {
    return status(view == null ? null : view.status());
  }

  private static List<Instance> active(Service service) {
    return service.view() == null ? List.of() : service.view().active();
  }

  private static void putActivity(
      Map<String, @Nullable Object> json, Service service, Activity activity) {
    var demand = activity.demand();
    json.put("last-request-time", demand == null ? null : demand.lastRequestTime());
    json.put(
        "request-metrics",
        Map.of(
            "outstanding",
            demand == null ? 0 : demand.outstanding(),
            "total",
            demand == null ? 0L : demand.total()));
    int count = active(service).size();
    json.put(
        "resource-usage",
        Map.of("cpus", times(service, "cpus", count), "mem", times(service, "mem", count)));
  }

  /** Keeps whole numbers whole. */
  private static Number times(Service service, String resource, int count) {
    var each = service.effective().get(resource);
    if (each instanceof Integer || each instanceof Long) {
      return ((Number) each).longValue() * count;
    }
    return each instanceof Number number ? number.doubleValue() * count : 0;
  }

  private static void putOptional(
      Map<String, @Nullable Object> json, Service service, Activity activity, Include include) {
    if (!service.currentForTokens().isEmpty()) {
      json.put("current-for-tokens", service.currentForTokens());
    }
    var error = service.view() == null ? null : service.view().deploymentError();
    if (error != null) {
      json.put("deployment-error-message", "Deployment error: " + error.message());
    }
    if (include.effectiveParameters()) {
      json.put("effective-parameters", service.effective().parameters());
    }
    if (include.references()) {
      json.put(
          "references",
          service.record().references().stream().map(ServiceJson::reference).toList());
    }
    if (activity.scaleAmount() != null) {
      json.put("scaling-state", scalingState(activity.scaleAmount()));
    }
    var sources = service.record().sourceTokens();
    if (!sources.isEmpty()) {
      json.put("source-tokens", sources.stream().map(ServiceJson::sources).toList());
    }
    if (include.tokenFallback() && service.tokenFallback() != null) {
      json.put("token-fallback", Map.of("service-id", service.tokenFallback().value()));
    }
  }

  private static String scalingState(int amount) {
    return amount == 0 ? "stable" : amount > 0 ? "scale-up" : "scale-down";
  }

  /** Contract waiter 5.6: {@code {}} for headers alone. */
  private static Map<String, Object> reference(List<SourceToken> sources) {
    return sources.isEmpty() ? Map.of() : Map.of("token", Map.of("sources", sources(sources)));
  }

  private static List<Map<String, Object>> sources(List<SourceToken> sources) {
    return sources.stream()
        .map(s -> Map.<String, Object>of("token", s.token(), "version", s.version()))
        .toList();
  }
}
