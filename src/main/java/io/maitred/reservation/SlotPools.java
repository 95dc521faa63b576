package io.maitred.reservation;

import io.maitred.common.InstanceId;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This node's slots of all services: where a request gets its {@link Slot}. Plain concurrent
 * object, one per node; a {@link LeaseHolder} must be spawned for it, which brings it the leases.
 */
public final class SlotPools {
  private final Map<ServiceId, SlotPool> pools = new ConcurrentHashMap<>();
  private final Map<ServiceId, ServiceView> views = new ConcurrentHashMap<>();
  private final PoolContext context;
  private volatile Consumer<ServiceId> onUrgent = service -> {};

  /**
   * @param descriptions effective description of a service on this node, null while unknown; must
   *     be quick
   * @param executor completes the futures of queued requests, the default dispatcher for instance
   */
  public SlotPools(
      RouterId router,
      ReservationSettings settings,
      Fence fence,
      Clocks clocks,
      Executor executor,
      Function<ServiceId, @Nullable ServiceDescription> descriptions) {
    this(router, settings, fence, clocks, executor, descriptions, randomOfThread());
  }

  SlotPools(
      RouterId router,
      ReservationSettings settings,
      Fence fence,
      Clocks clocks,
      Executor executor,
      Function<ServiceId, @Nullable ServiceDescription> descriptions,
      RandomGenerator random) {
    context =
        new PoolContext(
            router,
            descriptions,
            settings.ejection(),
            fence,
            clocks,
            random,
            executor,
            new AtomicLong(),
            service -> onUrgent.accept(service));
    fence.onClosed(
        () -> {
          if (fence.isDowned()) {
            pools.values().forEach(SlotPool::downed);
          }
        });
  }

  /** The generator of the calling thread, whichever that is. */
  private static RandomGenerator randomOfThread() {
    return () -> ThreadLocalRandom.current().nextLong();
  }

  /**
   * A slot of the service for one request.
   *
   * @param requestId for {@code /state}
   * @param priority 0 for normal requests; higher ones, such as pings, go first
   * @param queueTimeout how long the request may wait
   */
  public Reservation reserve(
      ServiceId service, String requestId, int priority, Duration queueTimeout) {
    while (true) {
      // a pool that closes at this moment is replaced
      var reservation = pool(service).reserve(requestId, priority, queueTimeout.toNanos());
      if (reservation != null) {
        return reservation;
      }
    }
  }

  private SlotPool pool(ServiceId service) {
    var pool = pools.get(service);
    return pool != null ? pool : create(service);
  }

  private SlotPool create(ServiceId service) {
    var pool = pools.computeIfAbsent(service, id -> new SlotPool(id, context));
    // once it can be found: news that come meanwhile reach it too
    pool.discovered(() -> views.get(service));
    return pool;
  }

  /** Discovery has news of a service. */
  public void discovered(ServiceView view) {
    views.merge(
        view.id(), view, (old, news) -> news.version().compareTo(old.version()) < 0 ? old : news);
    update(view.id());
  }

  /** The service does not run any more. Its queue goes on waiting: it may be started again. */
  public void gone(ServiceId service) {
    views.remove(service);
    update(service);
  }

  private void update(ServiceId service) {
    var pool = pools.get(service);
    if (pool != null) {
      pool.discovered(() -> views.get(service));
    }
  }

  /** State of the service's pool, if it had a request on this node. */
  public Optional<PoolState> state(ServiceId service) {
    return Optional.ofNullable(pools.get(service)).map(SlotPool::state);
  }

  public List<PoolState> states() {
    return pools.values().stream().map(SlotPool::state).toList();
  }

  /** What each pool has and what of it is used. */
  public List<PoolLoad> loads() {
    return pools.values().stream().map(SlotPool::load).toList();
  }

  /** Whether a request waits for a slot of the service on this node. */
  public boolean isWaiting(ServiceId service) {
    var pool = pools.get(service);
    return pool != null && pool.isWaiting();
  }

  /** Instances that get no requests from this router for a while. */
  public List<InstanceId> ejected(ServiceId service) {
    return state(service).map(PoolState::ejected).orElse(List.of());
  }

  /** Aborts are due when it closes. */
  public Fence fence() {
    return context.fence();
  }

  PoolContext context() {
    return context;
  }

  @Nullable SlotPool find(ServiceId service) {
    return pools.get(service);
  }

  Collection<SlotPool> all() {
    return pools.values();
  }

  void onUrgent(Consumer<ServiceId> listener) {
    onUrgent = listener;
  }

  /** Lets time pass in all pools; returns the services whose pools ended, as they hold nothing. */
  List<ServiceId> sweep() {
    pools.values().forEach(SlotPool::sweep);
    var ended =
        pools.keySet().stream()
            .filter(service -> !views.containsKey(service))
            .filter(this::closeIfIdle)
            .toList();
    return ended;
  }

  private boolean closeIfIdle(ServiceId service) {
    var pool = pools.get(service);
    return pool != null && pool.closeIfIdle() && pools.remove(service, pool);
  }
}
