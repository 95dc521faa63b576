package io.maitred.node;

import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.stream.SystemMaterializer;
import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.common.RouterId;
import io.maitred.discovery.DiscoverySettings;
import io.maitred.discovery.RouterDirectory;
import io.maitred.discovery.SchedulerOrders;
import io.maitred.discovery.SchedulerSync;
import io.maitred.discovery.ServiceDirectory;
import io.maitred.http.Authenticator;
import io.maitred.http.Classification;
import io.maitred.http.ErrorResponses;
import io.maitred.http.FrontEnd;
import io.maitred.http.HttpSettings;
import io.maitred.http.OneUser;
import io.maitred.http.Product;
import io.maitred.http.ProxiedRequests;
import io.maitred.http.RequestTrips;
import io.maitred.http.Via;
import io.maitred.metrics.Metrics;
import io.maitred.reservation.Clocks;
import io.maitred.reservation.Fence;
import io.maitred.reservation.InstanceReserver;
import io.maitred.reservation.LeaseHolder;
import io.maitred.reservation.ReservationSettings;
import io.maitred.reservation.Reservers;
import io.maitred.reservation.SlotPools;
import io.maitred.router.ErrorThrottle;
import io.maitred.router.Forwarder;
import io.maitred.router.Router;
import io.maitred.router.ServiceLauncher;
import io.maitred.router.ServiceResolver;
import io.maitred.router.Timers;
import io.maitred.router.backend.BackendSettings;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.composite.CompositeScheduler;
import io.maitred.scheduler.fixed.FixedScheduler;
import io.maitred.scheduler.fixed.FixedSettings;
import io.maitred.scheduler.kubernetes.KubernetesScheduler;
import io.maitred.scheduler.kubernetes.KubernetesSettings;
import io.maitred.scheduler.local.LocalScheduler;
import io.maitred.scheduler.local.LocalSettings;
import io.maitred.service.ClusterSecret;
import io.maitred.service.DescriptionSettings;
import io.maitred.service.DescriptorCache;
import io.maitred.service.EffectiveDescriptions;
import io.maitred.service.ServiceStore;
import io.maitred.service.ServiceStoreSettings;
import io.maitred.service.ServiceTables;
import io.maitred.service.model.Entitlements;
import io.maitred.service.model.Resolution;
import io.maitred.service.model.SimpleEntitlements;
import io.maitred.store.Database;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * All parts of a node, made in the order of their dependencies. Everything that needs another part
 * gets it here, by its constructor.
 */
final class Wiring {
  private static final int CACHED_DESCRIPTORS = 2_000;

  final Config config;
  final NodeSettings node;
  final HttpSettings http;
  final DescriptionSettings descriptions;
  final ActorContext<?> context;
  final RouterId routerId;
  final Set<String> ownHosts;
  final Entitlements entitlements;
  final Authenticator authenticator;
  final ServiceStore store;
  final EffectiveDescriptions effective;
  final ClusterSecret secret;
  final Fence fence;
  final SlotPools pools;
  final Reservers reservers;
  final ServiceDirectory directory;
  final RouterDirectory routers;
  final SchedulerOrders orders;
  final Forwarder forwarder;
  final Resolution resolution;
  final ServiceResolver resolver;
  final Router router;
  final RoomWiring rooms;
  final Clock clock = Clock.systemUTC();

  Wiring(ActorContext<?> context, Config config, NodeSettings node, Database database) {
    this.context = context;
    this.config = config;
    this.node = node;
    this.http = HttpSettings.from(config);
    this.descriptions = DescriptionSettings.from(config);
    this.routerId = new RouterId("r" + UUID.randomUUID().toString().replace("-", ""));
    this.ownHosts = ownHosts();
    this.entitlements = new SimpleEntitlements(System.getProperty("user.name"));
    this.authenticator = new OneUser(node.runAsUser());
    this.secret = ClusterSecret.from(config);
    var system = context.getSystem();
    this.store =
        ServiceStore.start(
            system,
            database,
            ServiceStoreSettings.from(config),
            tables ->
                descriptions.tokenRules(
                    entitlements,
                    ownHosts,
                    node.clusterName(),
                    (owner, but) -> otherTokens(tables, owner, but)));
    this.effective = new EffectiveDescriptions(store.tables(), descriptions.defaults());

    var reservation = ReservationSettings.from(config);
    var sharding = ClusterSharding.get(system);
    this.fence =
        Fence.watching(config.getDuration("akka.cluster.split-brain-resolver.stable-after"));
    this.pools =
        new SlotPools(
            routerId,
            reservation,
            fence,
            Clocks.system(),
            system.dispatchers().lookup(DispatcherSelector.defaultDispatcher()),
            effective::of);
    InstanceReserver.init(sharding, reservation, fence, Clocks.system(), effective::of);
    this.reservers = Reservers.of(sharding);
    LeaseHolder.start(system, pools, reservation, reservers);

    var discovery =
        schedulerKind(config).equals("kubernetes")
            ? DiscoverySettings.from(config).withMinHosts(1) // an instance starts again in its pod
            : DiscoverySettings.from(config);
    this.directory = ServiceDirectory.start(context, node.dataCenter(), discovery);
    this.routers =
        RouterDirectory.start(
            context,
            new RouterDirectory.Router(
                routerId,
                node.dataCenter(),
                "http://" + node.advertisedHost() + ":" + http.port() + "/"),
            discovery);
    directory.listen(pools::discovered, pools::gone);
    MetricsOfNode.start(Metrics.get(system.classicSystem()), directory, pools);
    this.resolution = descriptions.resolution(ownHosts);
    var engine = engine(config, node, descriptions, clock);
    var fixed = FixedSettings.from(config);
    var sync =
        SchedulerSync.init(
            system,
            routerId,
            node.dataCenter(),
            () -> schedulers(engine.get(), fixed, system.executionContext()),
            new EntityViews(sharding),
            directory,
            discovery);
    this.orders = new SchedulerOrders(system, sync, discovery);
    ScalerWiring.start(system, this);

    this.forwarder =
        new Forwarder(BackendSettings.from(config), SystemMaterializer.get(system).materializer());
    fence.onClosed(forwarder::abortAll);
    this.resolver = new ServiceResolver(new DescriptorCache(resolution, CACHED_DESCRIPTORS), store);
    var launcher =
        new ServiceLauncher(
            id -> directory.snapshot().find(id).isPresent(),
            pools::isWaiting,
            orders::create,
            Timers.system(),
            System::nanoTime);
    directory.listen(view -> {}, launcher::gone);
    this.router =
        new Router(
            resolver,
            store,
            effective,
            entitlements,
            launcher,
            pools,
            forwarder,
            new ErrorThrottle(
                ErrorThrottle.rule(config), Timers.system(), () -> System.nanoTime() / 1_000_000),
            secret::servicePassword);
    this.rooms = new RoomWiring(system, config, node, routerId, secret, database, clock);
  }

  /** Makes what starts and stops instances; its settings are checked at once. */
  private static Supplier<Scheduler> engine(
      Config config, NodeSettings node, DescriptionSettings descriptions, Clock clock) {
    var local = LocalSettings.from(config);
    var kubernetes = KubernetesSettings.from(config);
    return schedulerKind(config).equals("kubernetes")
        ? () ->
            new KubernetesScheduler(
                kubernetes, node.clusterName(), descriptions.serviceIdPrefix(), clock)
        : () ->
            new LocalScheduler(
                local,
                node.dataDirectory(),
                node.clusterName(),
                node.dataCenter(),
                clock,
                RandomGenerator.getDefault());
  }

  /** Of services that name no scheduler. */
  static String schedulerKind(Config config) {
    return new ConfigReader(config, "maitred.scheduler")
        .oneOf("kind", List.of("local", "kubernetes"));
  }

  private Scheduler schedulers(Scheduler engine, FixedSettings fixed, Executor executor) {
    var servers =
        new FixedScheduler(fixed, clock, KnownFixedServices.of(this, resolution, executor));
    return new CompositeScheduler(
        List.of(engine, servers), CompositeScheduler.byParameter(engine.kind()));
  }

  FrontEnd frontEnd() {
    var metrics = Metrics.get(context.getSystem().classicSystem()).requests();
    var trips = new RequestTrips(authenticator, new Via(Product.TOKEN), metrics);
    var errors = new ErrorResponses(http.supportInfo(), clock);
    return new FrontEnd(
        context.getSystem(),
        http,
        new Classification(ownHosts),
        routerId,
        errors,
        new ApiRoutes(this, context.getSystem(), trips, errors).routes(),
        rooms.api(),
        rooms.gate(new ProxiedRequests(router, trips, metrics), errors),
        clock);
  }

  private Set<String> ownHosts() {
    var hosts = new HashSet<String>();
    http.hostnames().forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    hosts.addAll(List.of("localhost", "127.0.0.1", node.host(), node.advertisedHost()));
    return Set.copyOf(hosts);
  }

  private static long otherTokens(ServiceTables tables, String owner, String but) {
    var own = tables.token(but);
    boolean counted = own != null && !own.deleted() && owner.equals(own.owner());
    return counted ? tables.tokensOwnedBy(owner) - 1L : tables.tokensOwnedBy(owner);
  }
}
