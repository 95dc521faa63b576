package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.Goal;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.Authenticator;
import io.maitred.http.JsonBody;
import io.maitred.http.RequestContext;
import io.maitred.service.model.DescriptionRules;
import io.maitred.service.model.Entitlements;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What can be done to a service at run time (contract waiter 3.10, 3.12, 3.13, 3.15): {@code
 * override}, {@code suspend}, {@code resume} and {@code await} below {@code /apps/<service id>},
 * and {@code /ejected/<service id>}.
 */
public final class ServiceActionRoutes extends ApiDirectives {
  private static final Duration MAX_WAIT = Duration.ofHours(1);

  private final Authenticator authenticator;
  private final Entitlements entitlements;
  private final Apps apps;
  private final DescriptionRules rules;

  public ServiceActionRoutes(
      Authenticator authenticator, Entitlements entitlements, Apps apps, DescriptionRules rules) {
    this.authenticator = authenticator;
    this.entitlements = entitlements;
    this.apps = apps;
    this.rules = rules;
  }

  public Route routes() {
    return concat(
        path(below("override"), id -> at(behind(override(id)))),
        path(below("suspend"), id -> at(behind(suspend(id, true)))),
        path(below("resume"), id -> at(behind(suspend(id, false)))),
        path(
            PathMatchers.segment("apps")
                .slash(PathMatchers.segment())
                .slash("await")
                .slash(PathMatchers.segment()),
            (id, goal) -> at(behind(await(id, goal)))),
        path(
            PathMatchers.segment("ejected").slash(PathMatchers.segment()),
            id -> at(behind(ejected(id)).only(HttpMethods.GET))));
  }

  private static akka.http.javadsl.server.PathMatcher1<String> below(String action) {
    return PathMatchers.segment("apps").slash(PathMatchers.segment()).slash(action);
  }

  private Endpoint behind(Endpoint endpoint) {
    return endpoint.behind(authenticator);
  }

  private Endpoint override(String id) {
    return (context, request) -> {
      var method = request.method();
      if (method.equals(HttpMethods.GET)) {
        return AppsRoutes.found(apps, id).thenCompose(service -> Endpoint.ok(overrides(service)));
      }
      if (method.equals(HttpMethods.POST)) {
        return managed(id, "override", context)
            .thenCompose(service -> overridden(service, posted(request), context));
      }
      if (method.equals(HttpMethods.DELETE)) {
        return managed(id, "override", context)
            .thenCompose(service -> overridden(service, Map.of(), context));
      }
      throw Endpoint.refused(405, "Only GET, POST and DELETE supported");
    };
  }

  private static Map<String, Object> overrides(Apps.Service service) {
    var body = new LinkedHashMap<String, Object>();
    var stored = service.record().overrides();
    body.put("overrides", stored == null ? Map.of() : stored.parameters());
    if (stored != null) {
      body.put("last-updated-by", stored.lastUpdatedBy());
      body.put("time", stored.time());
    }
    body.put("service-id", service.id().value());
    return body;
  }

  private static Map<String, Object> posted(HttpRequest request) {
    return request.entity() instanceof akka.http.javadsl.model.HttpEntity.Strict body
        ? JsonBody.parseObject(body.getData().toArray())
        : Map.of();
  }

  private CompletionStage<HttpResponse> overridden(
      Apps.Service service, Map<String, Object> parameters, RequestContext context) {
    rules
        .checkOverrides(service.record().core().parameters(), parameters)
        .ifPresent(
            refusal -> {
              throw refusal.asException();
            });
    return apps.override(service.id(), parameters, Endpoint.caller(context).user())
        .thenCompose(
            done -> Endpoint.ok(Map.of("service-id", service.id().value(), "success", true)));
  }

  private Endpoint suspend(String id, boolean suspended) {
    var action = suspended ? "suspend" : "resume";
    return (context, request) -> {
      if (!request.method().equals(HttpMethods.GET) && !request.method().equals(HttpMethods.POST)) {
        throw Endpoint.refused(405, "Only GET and POST supported");
      }
      return managed(id, action, context)
          .thenCompose(
              service -> apps.suspend(service.id(), suspended, Endpoint.caller(context).user()))
          .thenCompose(
              done -> Endpoint.ok(Map.of("action", action, "service-id", id, "success", true)));
    };
  }

  /** The service, when the caller may manage it. */
  private CompletionStage<Apps.Service> managed(String id, String action, RequestContext context) {
    return AppsRoutes.found(apps, id)
        .thenApply(
            service -> {
              if (!entitlements.mayManageService(
                  Endpoint.caller(context).user(), service.effective())) {
                throw Endpoint.refused(403, "User not allowed to " + action + " service");
              }
              return service;
            });
  }

  private Endpoint await(String id, String name) {
    return (context, request) -> {
      var goal = goal(name);
      var timeout = millis(context.parameters().first("timeout"), "timeout", null);
      // views come by themselves: how often to look is of no importance here, but must be a number
      var unused = millis(context.parameters().first("sleep-duration"), "sleep-duration", 100L);
      var service = new ServiceId(id);
      return apps.await(service, goal, timeout)
          .thenCompose(reached -> Endpoint.ok(awaited(service, name, reached)));
    };
  }

  private static Goal goal(String name) {
    return switch (name) {
      case "deleted" -> Goal.DELETED;
      case "healthy" -> Goal.HEALTHY;
      case "exist" -> Goal.EXISTS;
      default -> throw Endpoint.refused(400, "Unknown goal state: " + name);
    };
  }

  private Map<String, Object> awaited(ServiceId id, String goal, boolean reached) {
    Optional<ServiceView> view = apps.present(id);
    var body = new LinkedHashMap<String, Object>();
    body.put("goal-state", goal);
    body.put("goal-success?", reached);
    body.put("service-exists?", view.isPresent());
    body.put("service-healthy?", Goal.HEALTHY.reached(view));
    body.put("service-id", id.value());
    return body;
  }

  private static Duration millis(@Nullable String text, String name, @Nullable Long otherwise) {
    if (text == null && otherwise != null) {
      return Duration.ofMillis(otherwise);
    }
    try {
      if (text != null) {
        long millis = Long.parseLong(text);
        if (millis >= 0) {
          return Duration.ofMillis(Math.min(MAX_WAIT.toMillis(), millis));
        }
      }
    } catch (NumberFormatException e) {
      throw Endpoint.refused(400, name + " must be an integer");
    }
    throw Endpoint.refused(
        400, String.format(Locale.ROOT, "%s must be an integer, and not negative", name));
  }

  private Endpoint ejected(String id) {
    return (context, request) ->
        Endpoint.ok(
            Map.of(
                "ejected-instances",
                apps.ejected(new ServiceId(id)).stream().map(InstanceId::value).toList()));
  }
}
