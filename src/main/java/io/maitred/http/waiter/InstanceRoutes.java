package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.PathMatcher2;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.http.Authenticator;
import io.maitred.http.RequestContext;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.Scheduler.Signal;
import io.maitred.service.model.Entitlements;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /apps/<service id>/instance/<instance id>/kill} and {@code .../expire}. */
public final class InstanceRoutes extends ApiDirectives {
  /** Few enough digits for an int. */
  private static final Pattern WHOLE_POSITIVE = Pattern.compile("0*[1-9][0-9]{0,8}");

  private final Authenticator authenticator;
  private final Entitlements entitlements;
  private final Apps apps;

  public InstanceRoutes(Authenticator authenticator, Entitlements entitlements, Apps apps) {
    this.authenticator = authenticator;
    this.entitlements = entitlements;
    this.apps = apps;
  }

  public Route routes() {
    return concat(
        path(action("kill"), (service, instance) -> at(signal("kill", service, instance))),
        path(action("expire"), (service, instance) -> at(signal("expire", service, instance))));
  }

  private static PathMatcher2<String, String> action(String name) {
    return PathMatchers.segment("apps")
        .slash(PathMatchers.segment())
        .slash("instance")
        .slash(PathMatchers.segment())
        .slash(name);
  }

  private Endpoint signal(String action, String service, String instance) {
    Endpoint signal = (context, request) -> signalled(action, service, instance, context);
    return (context, request) ->
        request.method().equals(HttpMethods.POST)
            ? signal.behind(authenticator).answer(context, request)
            : CompletableFuture.completedStage(
                Endpoint.json(405, Map.of("message", "Method not allowed")));
  }

  private CompletionStage<HttpResponse> signalled(
      String action, String service, String instance, RequestContext context) {
    var timeout = timeout(context.parameters().first("timeout"));
    var signal = signal(action, context.parameters().flag("force"));
    if (service.isBlank() || instance.isBlank()) {
      return unknown("service");
    }
    return apps.find(new ServiceId(service))
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return unknown("service");
              }
              var caller = Endpoint.caller(context).user();
              if (!entitlements.mayManageService(caller, found.get().effective())) {
                throw Endpoint.refused(403, "User not allowed to " + action + " instance");
              }
              return apps.signal(found.get().id(), new InstanceId(instance), signal, timeout)
                  .thenApply(InstanceRoutes::response);
            });
  }

  private static CompletionStage<HttpResponse> unknown(String what) {
    return CompletableFuture.completedStage(
        response(new Scheduler.Result(404, what + " does not exist")));
  }

  private static HttpResponse response(Scheduler.Result result) {
    return Endpoint.json(
        result.status(),
        Map.of(
            "signal-response",
            Map.of(
                "success",
                result.success(),
                "message",
                result.message(),
                "status",
                result.status())));
  }

  private static Signal signal(String action, boolean force) {
    if (action.equals("expire")) {
      return Signal.EXPIRE;
    }
    return force ? Signal.FORCE_KILL : Signal.SOFT_KILL;
  }

  private static @Nullable Duration timeout(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (WHOLE_POSITIVE.matcher(text).matches()) {
      return Duration.ofMillis(Integer.parseInt(text));
    }
    throw Endpoint.refused(400, "Invalid timeout specified: " + text);
  }
}
