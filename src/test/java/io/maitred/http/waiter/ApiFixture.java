package io.maitred.http.waiter;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.Directives;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InstanceId;
import io.maitred.common.Refusal;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.ApiUrls;
import io.maitred.http.Classification;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.HttpSettings;
import io.maitred.http.JsonBody;
import io.maitred.http.OneUser;
import io.maitred.http.RequestContext;
import io.maitred.http.SupportLink;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler;
import io.maitred.service.DescriptionSettings;
import io.maitred.service.model.Instance;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.SimpleEntitlements;
import io.maitred.service.model.SourceToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The whole API over stubs. */
final class ApiFixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2024-01-31T10:20:30.123Z");
  static final ServiceId SHOP = new ServiceId("waiter-service-shop");
  static final ServiceId OTHER = new ServiceId("waiter-service-other");
  static final ServiceId IDLE = new ServiceId("waiter-service-idle");
  static final RouterId ROUTER = new RouterId("r1");

  final ActorTestKit kit =
      ActorTestKit.create(
          "api",
          ConfigFactory.parseString(
                  "akka { actor.provider = local, coordinated-shutdown.exit-jvm = off }")
              .withFallback(ConfigFactory.load()));
  final StubApps apps = new StubApps();
  final StubPings pings = new StubPings();
  final StubState state = new StubState();
  final FrontEnd frontEnd;
  CompletionStage<HttpResponse> backend = CompletableFuture.completedStage(HttpResponse.create());

  ApiFixture() {
    var settings =
        new HttpSettings(
            "127.0.0.1",
            9091,
            List.of("localhost"),
            "maitred/test",
            List.of(new SupportLink("Handbook", "url", "http://help")),
            true,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(1));
    var clock = Clock.fixed(NOW, ZoneOffset.UTC);
    var errors = new ErrorResponses(settings.supportInfo(), clock);
    var user = new OneUser("alice");
    var rights = new SimpleEntitlements("alice");
    var urls = ApiUrls.of(settings);
    var routes =
        Directives.concat(
            new WelcomeRoutes(settings).routes(),
            new StatusRoutes(ROUTER).routes(),
            new IdentityRoutes(user).routes(),
            new ServiceIdRoutes(user, (context, request, latest) -> serviceId(request, latest))
                .routes(),
            new SettingsRoutes(user, SettingsView.of(ConfigFactory.load(), "local", NOW)).routes(),
            new AppsRoutes(user, rights, apps, urls, ROUTER).routes(),
            new InstanceRoutes(user, rights, apps).routes(),
            new ServiceActionRoutes(
                    user, rights, apps, DescriptionSettings.from(ConfigFactory.load()).rules())
                .routes(),
            new PingRoutes(kit.system(), user, pings, errors, clock).routes(),
            new StateRoutes(user, state, new MaintainerJson(), urls, ROUTER).routes());
    this.frontEnd =
        new FrontEnd(
            kit.system(),
            settings,
            new Classification(Set.copyOf(settings.hostnames())),
            ROUTER,
            errors,
            routes,
            FrontEnd.Separate.NONE,
            (context, request) -> backend,
            clock);
  }

  private static CompletionStage<ServiceId> serviceId(HttpRequest request, boolean latest) {
    var token = request.getHeader("x-waiter-token").map(header -> header.value()).orElse("");
    return switch (token) {
      case "shop" -> CompletableFuture.completedStage(latest ? OTHER : SHOP);
      case "away" ->
          CompletableFuture.failedStage(
              io.maitred.common.Refusal.of(503, "Under repair")
                  .errorClass("waiter.Maintenance")
                  .asException());
      default ->
          CompletableFuture.failedStage(
              io.maitred.common.Refusal.of(
                      400, "Unable to identify service using waiter headers/token")
                  .errorClass("waiter.ServiceUnknown")
                  .asException());
    };
  }

  HttpResponse send(HttpRequest request) {
    try {
      return frontEnd.handle(request).toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(request.method().value() + " " + request.getUri(), e);
    }
  }

  /** Asks for JSON errors, on the API's own host. */
  static HttpRequest request(String method, String target) {
    return HttpRequest.create("http://localhost:9091" + target)
        .withMethod(HttpMethods.lookup(method).orElseThrow())
        .addHeader(RawHeader.create("host", "localhost:9091"))
        .addHeader(RawHeader.create("accept", "application/json"));
  }

  HttpResponse get(String target) {
    return send(request("GET", target));
  }

  String body(HttpResponse response) {
    try {
      return response
          .entity()
          .toStrict(5000, kit.system())
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS)
          .getData()
          .utf8String();
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Nullable Object json(HttpResponse response) {
    return JsonBody.parse(body(response).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** The value at a path of keys and list indexes; null when it is absent. */
  static @Nullable Object at(@Nullable Object tree, Object... path) {
    var here = tree;
    for (var step : path) {
      if (step instanceof Integer index) {
        here = here instanceof List<?> list ? list.get(index) : null;
      } else {
        here = here instanceof Map<?, ?> map ? map.get(step) : null;
      }
    }
    return here;
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }

  static Instance instance(ServiceId service, String name, Instance.Health health, int second) {
    return new Instance(
        new InstanceId(service + "." + name),
        service,
        "127.0.0.3",
        10000 + second,
        List.of(),
        NOW.plusSeconds(second),
        health,
        null,
        Set.of(),
        null,
        "/sandbox/" + name,
        null,
        Map.of("shell-scheduler/pid", 42));
  }

  static Apps.Service service(ServiceId id, String user, @Nullable ServiceView view) {
    var core =
        new ServiceDescription(
            Map.of("cmd", "run", "cpus", 1, "mem", 128.5, "version", "1", "run-as-user", user));
    var effective = new TreeMap<>(core.parameters());
    effective.putAll(
        Map.of(
            "env",
            Map.of("FOO", "bar"),
            "health-check-url",
            "/health",
            "health-check-port-index",
            0,
            "backend-proto",
            "http",
            "instance-expiry-mins",
            7200,
            "grace-period-secs",
            30));
    var sources = new java.util.LinkedHashSet<List<SourceToken>>();
    sources.add(List.of());
    sources.add(List.of(new SourceToken("shop", "E-1")));
    return new Apps.Service(
        new ServiceRecord(id, core, NOW, sources, null, null),
        new ServiceDescription(effective),
        view,
        List.of("shop"),
        null);
  }

  static ServiceView view(ServiceId id, Instance... active) {
    return new ServiceView(
        new ServiceView.Version(1, 1),
        id,
        2,
        active.length,
        List.of(active),
        List.of(instance(id, "f", Instance.Health.UNHEALTHY, 9)),
        List.of(),
        null);
  }

  static final class StubApps implements Apps {
    final Map<ServiceId, Service> known = new LinkedHashMap<>();
    final List<String> calls = new ArrayList<>();
    Scheduler.Result result = new Scheduler.Result(200, "done");

    StubApps() {
      known.put(
          SHOP,
          service(
              SHOP,
              "alice",
              view(
                  SHOP,
                  instance(SHOP, "b", Instance.Health.UNKNOWN, 1),
                  instance(SHOP, "a", Instance.Health.HEALTHY, 2))));
      known.put(OTHER, service(OTHER, "bob", view(OTHER)));
      known.put(IDLE, service(IDLE, "alice", null));
    }

    @Override
    public Collection<Service> running() {
      return known.values().stream().filter(s -> s.view() != null).toList();
    }

    @Override
    public CompletionStage<Optional<Service>> find(ServiceId id) {
      return CompletableFuture.completedStage(Optional.ofNullable(known.get(id)));
    }

    @Override
    public CompletionStage<Map<ServiceId, Activity>> activity(Set<ServiceId> ids) {
      return CompletableFuture.completedStage(
          ids.contains(SHOP)
              ? Map.of(SHOP, new Activity(new Demand(2, 1, 7, NOW, true), -1))
              : Map.of());
    }

    @Override
    public CompletionStage<Scheduler.Result> delete(ServiceId id) {
      calls.add("delete " + id);
      return CompletableFuture.completedStage(result);
    }

    @Override
    public CompletionStage<Boolean> awaitGone(ServiceId id, Duration timeout) {
      calls.add("awaitGone " + id + " " + timeout);
      return CompletableFuture.completedStage(true);
    }

    @Override
    public CompletionStage<Scheduler.Result> signal(
        ServiceId id, InstanceId instance, Scheduler.Signal signal, @Nullable Duration timeout) {
      calls.add(signal + " " + instance + " " + timeout);
      return CompletableFuture.completedStage(result);
    }

    @Override
    public Optional<ServiceView> present(ServiceId id) {
      return Optional.ofNullable(known.get(id)).map(Service::view);
    }

    @Override
    public CompletionStage<Boolean> await(
        ServiceId id, io.maitred.discovery.Goal goal, Duration timeout) {
      calls.add("await " + goal + " " + id + " " + timeout);
      return CompletableFuture.completedStage(goal.reached(present(id)));
    }

    @Override
    public CompletionStage<Optional<ServiceRecord>> override(
        ServiceId id, Map<String, Object> parameters, String by) {
      calls.add("override " + id + " " + parameters + " " + by);
      return changed(id, record -> record.withOverrides(parameters, by, NOW));
    }

    @Override
    public CompletionStage<Optional<ServiceRecord>> suspend(
        ServiceId id, boolean suspended, String by) {
      calls.add("suspend " + id + " " + suspended + " " + by);
      return changed(id, record -> record.withSuspension(suspended, by, NOW));
    }

    private CompletionStage<Optional<ServiceRecord>> changed(
        ServiceId id, java.util.function.UnaryOperator<ServiceRecord> change) {
      var old = java.util.Objects.requireNonNull(known.get(id));
      var changed = change.apply(old.record());
      known.put(id, new Service(changed, old.effective(), old.view(), List.of(), null));
      return CompletableFuture.completedStage(Optional.of(changed));
    }

    @Override
    public List<InstanceId> ejected(ServiceId id) {
      return id.equals(SHOP) ? List.of(new InstanceId(SHOP + ".a")) : List.of();
    }
  }

  static final class StubPings implements Pings {
    CompletionStage<Resolved> resolved =
        CompletableFuture.completedStage(
            new Target(
                SHOP,
                service(SHOP, "alice", null).record().core(),
                service(SHOP, "alice", null).effective()));
    CompletionStage<HttpResponse> response =
        CompletableFuture.completedStage(
            HttpResponse.create().withEntity("well").addHeader(RawHeader.create("x-a", "b")));
    final List<HttpRequest> probes = new ArrayList<>();
    final List<String> awaited = new ArrayList<>();
    boolean agreed = true;

    @Override
    public CompletionStage<Resolved> resolve(
        RequestContext context, HttpRequest ping, boolean fallback) {
      return resolved;
    }

    @Override
    public Probe send(
        RequestContext probe,
        HttpRequest request,
        HttpRequest ping,
        Target target,
        int portIndex,
        String protocol) {
      probes.add(request);
      probe.known().reserved(instance(SHOP, "a", Instance.Health.HEALTHY, 2), protocol, 5);
      probe.known().backendAnswered(7);
      return new Probe(
          response,
          () ->
              response
                  .toCompletableFuture()
                  .completeExceptionally(Refusal.of(400, "given up").asException()));
    }

    @Override
    public Local local(ServiceId id) {
      return new Local(true, false, ServiceView.Status.STARTING);
    }

    @Override
    public CompletionStage<Boolean> await(ServiceId id, Pings.Goal goal, Duration timeout) {
      awaited.add(goal + " " + timeout);
      return CompletableFuture.completedStage(agreed);
    }
  }

  final class StubState implements StateRoutes.State {
    @Override
    public Map<RouterId, String> routers() {
      return Map.of(ROUTER, "http://localhost:9091/");
    }

    @Override
    public RouterId leader() {
      return ROUTER;
    }

    @Override
    public List<Apps.Service> services() {
      return List.copyOf(apps.running());
    }

    @Override
    public Map<ServiceId, Map<InstanceId, Integer>> slots() {
      return Map.of(SHOP, Map.of(new InstanceId(SHOP + ".a"), 3));
    }

    @Override
    public CompletionStage<Optional<Map<String, Object>>> service(ServiceId id) {
      return CompletableFuture.completedStage(
          id.equals(SHOP)
              ? Optional.of(Map.of("autoscaler-state", Map.of("target-instances", 2)))
              : Optional.empty());
    }
  }
}
