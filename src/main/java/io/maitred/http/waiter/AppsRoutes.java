package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import io.maitred.common.Refusal;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.http.ApiUrls;
import io.maitred.http.Authenticator;
import io.maitred.http.RequestContext;
import io.maitred.http.waiter.Apps.Activity;
import io.maitred.http.waiter.Apps.Service;
import io.maitred.scheduler.Scheduler;
import io.maitred.service.model.Entitlements;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** {@code /apps} and {@code /apps/<service id>}. */
public final class AppsRoutes extends ApiDirectives {
  /** Nobody waits longer than this for routers to agree. */
  private static final long MAX_WAIT_MILLIS = Duration.ofHours(1).toMillis();

  private final Authenticator authenticator;
  private final Entitlements entitlements;
  private final Apps apps;
  private final ServiceJson json;

  public AppsRoutes(
      Authenticator authenticator,
      Entitlements entitlements,
      Apps apps,
      ApiUrls urls,
      RouterId router) {
    this.authenticator = authenticator;
    this.entitlements = entitlements;
    this.apps = apps;
    this.json = new ServiceJson(urls, router);
  }

  public Route routes() {
    Endpoint list = this::list;
    return concat(
        path("apps", () -> at(list.behind(authenticator).only(HttpMethods.GET))),
        path(PathMatchers.segment("apps").slash(PathMatchers.segment()), id -> at(service(id))));
  }

  private Endpoint service(String id) {
    Endpoint show = (context, request) -> show(id, context, request);
    Endpoint delete = (context, request) -> delete(id, context);
    return (context, request) -> {
      if (request.method().equals(HttpMethods.GET)) {
        return show.behind(authenticator).answer(context, request);
      }
      if (request.method().equals(HttpMethods.DELETE)) {
        return delete.behind(authenticator).answer(context, request);
      }
      throw Endpoint.refused(405, "Invalid request method");
    };
  }

  private CompletionStage<HttpResponse> list(RequestContext context, HttpRequest request) {
    var query = context.parameters();
    var include = ServiceJson.Include.of(query);
    var filter = new AppsFilter(query, Endpoint.caller(context).user(), entitlements);
    var shown =
        apps.running().stream()
            .filter(filter::shows)
            .sorted(Comparator.comparing(Service::id))
            .toList();
    var ids = shown.stream().map(Service::id).collect(Collectors.toSet());
    return apps.activity(ids)
        .thenCompose(
            activities ->
                Endpoint.ok(
                    shown.stream()
                        .map(
                            service ->
                                json.element(
                                    service,
                                    activities.getOrDefault(service.id(), Activity.UNKNOWN),
                                    include))
                        .toList()));
  }

  private CompletionStage<HttpResponse> show(
      String id, RequestContext context, HttpRequest request) {
    return found(apps, id)
        .thenCompose(
            service -> {
              var viewer = viewer(context, request, service);
              var include = ServiceJson.Include.of(context.parameters());
              boolean manages = entitlements.mayManageService(viewer, service.effective());
              return apps.activity(Set.of(service.id()))
                  .thenApply(all -> all.getOrDefault(service.id(), Activity.UNKNOWN))
                  .thenCompose(
                      activity -> Endpoint.ok(json.details(service, activity, include, manages)));
            });
  }

  /** An administrator may look at a service with somebody else's eyes. */
  private String viewer(RequestContext context, HttpRequest request, Service service) {
    var caller = Endpoint.caller(context).user();
    var other = request.getHeader("x-view-as-user");
    if (other.isEmpty()) {
      return caller;
    }
    var user = service.effective().string("run-as-user");
    if (user == null || !entitlements.mayAdminister(caller, user)) {
      throw Endpoint.refused(401, "Only administrators may view as another user");
    }
    return other.get().value();
  }

  private CompletionStage<HttpResponse> delete(String id, RequestContext context) {
    long timeout = timeout(context);
    return found(apps, id)
        .thenCompose(
            service -> {
              var caller = Endpoint.caller(context).user();
              if (!entitlements.mayManageService(caller, service.effective())) {
                throw Endpoint.refused(403, "User not allowed to delete service");
              }
              return apps.delete(service.id())
                  .thenCompose(result -> deleted(service.id(), result, timeout));
            });
  }

  private CompletionStage<HttpResponse> deleted(
      ServiceId id, Scheduler.Result result, long timeoutMillis) {
    var body = new LinkedHashMap<String, Object>();
    body.put("service-id", id.value());
    body.put("success", result.success());
    body.put("result", word(result));
    body.put("message", result.message());
    if (!result.success() || timeoutMillis <= 0) {
      int status = result.success() ? 200 : result.status() == 404 ? 404 : 400;
      return CompletableFuture.completedStage(Endpoint.json(status, body));
    }
    return apps.awaitGone(id, Duration.ofMillis(timeoutMillis))
        .thenCompose(
            agree -> {
              body.put("routers-agree", agree);
              return Endpoint.ok(body);
            });
  }

  private static String word(Scheduler.Result result) {
    return switch (result.status()) {
      case 200 -> "deleted";
      case 404 -> "no-such-service-exists";
      default -> "error";
    };
  }

  private static long timeout(RequestContext context) {
    var text = context.parameters().first("timeout");
    if (text == null) {
      return 0;
    }
    try {
      return Math.min(MAX_WAIT_MILLIS, Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw Endpoint.refused(400, "timeout must be an integer");
    }
  }

  /** The service of this id; fails with 404 when none was ever described. */
  static CompletionStage<Service> found(Apps apps, String id) {
    var unknown = Refusal.of(404, "Service not found").with("service-id", id).asException();
    if (id.isBlank()) {
      throw unknown;
    }
    return apps.find(new ServiceId(id)).thenApply(service -> service.orElseThrow(() -> unknown));
  }
}
