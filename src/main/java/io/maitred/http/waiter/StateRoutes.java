package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import io.maitred.common.InstanceId;
import io.maitred.common.Refusal;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.http.ApiUrls;
import io.maitred.http.Authenticator;
import io.maitred.http.RequestContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /state} and below: what this router knows, for tests and for the curious. */
public final class StateRoutes extends ApiDirectives {

  /** What these routes need of the system. */
  public interface State {
    /** URL of every router of the data center, this one included. */
    Map<RouterId, String> routers();

    /** The router whose node hosts the scheduler's sync; null while there is none. */
    @Nullable RouterId leader();

    /** The services that the scheduler knows, as {@link Apps#running}. */
    List<Apps.Service> services();

    /** Slots that this router holds, per service and instance. */
    Map<ServiceId, Map<InstanceId, Integer>> slots();

    /**
     * The parts of a service's state by their names in contract waiter 3.17 ({@code
     * autoscaler-state}, {@code responder-state}, {@code local-usage}, ...) as JSON trees; empty
     * when the service is not known.
     */
    CompletionStage<Optional<Map<String, Object>>> service(ServiceId id);
  }

  private static final List<String> NAMES = List.of("leader", "maintainer");

  private final Authenticator authenticator;
  private final State state;
  private final MaintainerJson maintainer;
  private final ApiUrls urls;
  private final RouterId self;

  public StateRoutes(
      Authenticator authenticator,
      State state,
      MaintainerJson maintainer,
      ApiUrls urls,
      RouterId self) {
    this.authenticator = authenticator;
    this.state = state;
    this.maintainer = maintainer;
    this.urls = urls;
    this.self = self;
  }

  public Route routes() {
    Endpoint overview = this::overview;
    Endpoint all = this::maintainer;
    Endpoint leader = this::leader;
    return concat(
        path("state", () -> at(shown(overview))),
        path(PathMatchers.segment("state").slash("maintainer"), () -> at(shown(all))),
        path(PathMatchers.segment("state").slash("leader"), () -> at(shown(leader))),
        path(
            PathMatchers.segment("state").slash(PathMatchers.segment()),
            id -> at(shown((context, request) -> service(id)))));
  }

  private Endpoint shown(Endpoint endpoint) {
    return endpoint.behind(authenticator).only(HttpMethods.GET);
  }

  private CompletionStage<HttpResponse> overview(RequestContext context, HttpRequest request) {
    var details = new TreeMap<String, String>();
    NAMES.forEach(name -> details.put(name, urls.base() + "/state/" + name));
    return Endpoint.ok(
        Map.of(
            "router-id",
            self.value(),
            "routers",
            MaintainerJson.routers(state.routers()),
            "details",
            details));
  }

  private CompletionStage<HttpResponse> maintainer(RequestContext context, HttpRequest request) {
    return wrapped(
        maintainer.of(state.routers(), state.services(), state.slots(), context.arrivedAt()));
  }

  private CompletionStage<HttpResponse> leader(RequestContext context, HttpRequest request) {
    var leader = state.leader();
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("leader?", self.equals(leader));
    json.put("leader-id", leader == null ? null : leader.value());
    return wrapped(json);
  }

  private CompletionStage<HttpResponse> service(String id) {
    var unknown = Refusal.of(404, "Service not found").with("service-id", id).asException();
    if (id.isBlank()) {
      throw unknown;
    }
    return state
        .service(new ServiceId(id))
        .thenCompose(
            parts -> {
              var known = new LinkedHashMap<String, Object>(parts.orElseThrow(() -> unknown));
              known.putIfAbsent("work-stealing-state", "disabled");
              return wrapped(known);
            });
  }

  private CompletionStage<HttpResponse> wrapped(Object tree) {
    return Endpoint.ok(Map.of("router-id", self.value(), "state", tree));
  }
}
