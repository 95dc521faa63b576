package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.RequestContext;
import io.maitred.http.waiter.Pings.Goal;
import io.maitred.http.waiter.Pings.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Makes the answer to a ping, with the state of its service. */
final class PingReply {
  private static final Duration STATE_WAIT = Duration.ofSeconds(5);

  private final Pings pings;
  private final RequestContext context;

  /** Set when the service is known; read by the time-out, perhaps from another thread. */
  private volatile @Nullable Target target;

  PingReply(Pings pings, RequestContext context) {
    this.pings = pings;
    this.context = context;
  }

  @Nullable Target target() {
    return target;
  }

  void target(Target found) {
    this.target = found;
  }

  CompletionStage<HttpResponse> to(PingOutcome outcome) {
    return state(outcome)
        .thenApply(
            state -> {
              var body = new LinkedHashMap<String, @Nullable Object>();
              body.put("ping-response", response(outcome));
              var service = outcome.target();
              body.put("service-description", service == null ? null : service.core().parameters());
              body.put("service-state", state);
              return response(outcome, body);
            });
  }

  private static HttpResponse response(PingOutcome outcome, Map<String, @Nullable Object> body) {
    var redirect = outcome.redirect();
    if (redirect != null) {
      return Endpoint.json(redirect.status(), body)
          .withHeaders(List.of(RawHeader.create("location", redirect.location())));
    }
    return Endpoint.json(outcome.result().equals(PingOutcome.INTERNAL_ERROR) ? 500 : 200, body);
  }

  private static Map<String, @Nullable Object> response(PingOutcome outcome) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("result", outcome.result());
    json.put("status", outcome.status());
    json.put("headers", outcome.headers());
    json.put("body", outcome.body());
    var instance = outcome.instance();
    if (instance != null) {
      var brief = new LinkedHashMap<String, Object>();
      brief.put("host", instance.host());
      brief.put("id", instance.id().value());
      brief.put("port", instance.port());
      if (instance.extras().get("k8s/hostname") instanceof String hostname) {
        brief.put("k8s/hostname", hostname);
      }
      json.put("instance", brief);
    }
    return json;
  }

  private CompletionStage<Map<String, @Nullable Object>> state(PingOutcome outcome) {
    var service = outcome.target();
    var id = service != null ? service.id() : context.known().serviceId();
    if (context.parameters().contains("exclude", "service-state")) {
      var excluded = new LinkedHashMap<String, @Nullable Object>();
      excluded.put("result", "excluded");
      excluded.put("service-id", id == null ? null : id.value());
      return CompletableFuture.completedStage(excluded);
    }
    if (id == null) {
      return CompletableFuture.completedStage(state(null, false, false, null));
    }
    return switch (outcome.result()) {
      case "timed-out", "waiter-response" -> {
        var local = pings.local(id);
        yield CompletableFuture.completedStage(
            state(id, local.exists(), local.healthy(), local.status()));
      }
      case "received-response" ->
          pings
              .await(id, Goal.HEALTHY, STATE_WAIT)
              .thenApply(
                  healthy -> {
                    var local = pings.local(id);
                    return state(id, healthy || local.exists(), healthy, local.status());
                  });
      default ->
          pings
              .await(id, Goal.EXISTS, STATE_WAIT)
              .thenApply(
                  exists -> {
                    var local = pings.local(id);
                    return state(id, exists, exists && local.healthy(), local.status());
                  });
    };
  }

  private static Map<String, @Nullable Object> state(
      @Nullable ServiceId id,
      boolean exists,
      boolean healthy,
      ServiceView.@Nullable Status status) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("exists?", exists);
    json.put("healthy?", healthy);
    json.put("service-id", id == null ? null : id.value());
    json.put("status", ServiceJson.status(status));
    return json;
  }
}
