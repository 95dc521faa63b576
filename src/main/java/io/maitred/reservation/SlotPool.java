package io.maitred.reservation;

import io.maitred.common.InstanceId;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.PoolRefusals.Counts;
import io.maitred.reservation.model.Ejections;
import io.maitred.reservation.model.InstanceUse;
import io.maitred.reservation.model.LeaseTargets;
import io.maitred.reservation.model.MemberId;
import io.maitred.reservation.model.Outcome;
import io.maitred.reservation.model.RouterLeases;
import io.maitred.reservation.model.RouterReport;
import io.maitred.reservation.model.Term;
import io.maitred.service.model.ServiceDescription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one service that this node may use, and the queue of requests that wait for one.
 * Requests take and give back slots on their own threads under a short lock; a slot that is free
 * costs one object. The reserver's leases arrive through {@link LeaseHolder}.
 */
// transitions return the same object when nothing changed, which costs no comparison to see
@SuppressWarnings("ReferenceEquality")
final class SlotPool {
  private final ServiceId service;
  private final PoolContext context;
  private final Object lock = new Object();

  // all guarded by the lock
  private final PoolInstances instances = new PoolInstances();
  private final TreeSet<Waiter> waiters = new TreeSet<>();
  private RouterLeases leases = RouterLeases.none();
  private Ejections ejections;
  private @Nullable ServiceDescription description;
  private PoolPolicy policy = PoolPolicy.UNKNOWN;
  private @Nullable ServiceView view;
  private Set<InstanceId> locked = Set.of();
  private boolean scalingDown;
  private long total;
  private long lastRequestMillis;
  private long nextWaiter;
  private long firstReport;
  private long reported;
  private long acknowledged;
  private boolean closed;

  /** The pause of the fence up to which the reserver has confirmed this pool. */
  private volatile long confirmed;

  /** Something changed that the reserver has not been told. */
  private volatile boolean dirty = true;

  SlotPool(ServiceId service, PoolContext context) {
    this.service = service;
    this.context = context;
    this.ejections = Ejections.none(context.ejection());
    refreshPolicy();
  }

  ServiceId service() {
    return service;
  }

  /**
   * A slot, a place in the queue or an error; null if this pool was closed and the caller must get
   * another one.
   */
  @Nullable Reservation reserve(String requestId, int priority, long timeoutNanos) {
    Waiter waiter;
    synchronized (lock) {
      if (closed) {
        return null;
      }
      long now = context.clocks().nanos().getAsLong();
      total++;
      lastRequestMillis = context.clocks().wallMillis().getAsLong();
      dirty = true;
      var refusal = refusal();
      if (refusal != null) {
        return new Reservation.Refused(refusal);
      }
      if (waiters.isEmpty()) {
        var slot = take(requestId, now);
        if (slot != null) {
          return slot;
        }
      }
      waiter = new Waiter(this, requestId, priority, nextWaiter++, now, now + timeoutNanos);
      waiters.add(waiter);
    }
    context.urgent(service);
    return waiter;
  }

  private @Nullable Refusal refusal() {
    if (context.fence().isDowned()) {
      return PoolRefusals.downed(service);
    }
    if (view != null && view.deploymentError() != null) {
      return PoolRefusals.deploymentError(service, view.deploymentError().message());
    }
    if (waiters.size() > policy.maxQueueLength()) {
      return PoolRefusals.queueLength(service, counts(), policy.maxQueueLength());
    }
    return waiters.size() >= policy.bufferSize()
        ? PoolRefusals.backPressure(service, counts())
        : null;
  }

  private @Nullable Slot take(String requestId, long now) {
    if (!isConfirmed()) {
      return null;
    }
    var chosen = instances.pick(policy.pick(scalingDown), context.random());
    if (chosen == null || chosen.instance == null) {
      return null;
    }
    var slot = new Slot(this, chosen, chosen.instance, requestId, now);
    instances.begin(slot);
    return slot;
  }

  /** The present reserver has answered since the last pause of this node. */
  boolean isConfirmed() {
    return !context.fence().isDowned() && confirmed >= context.fence().pauses();
  }

  boolean mayStart() {
    return confirmed >= context.fence().check() && !context.fence().isDowned();
  }

  void release(Slot slot, Outcome outcome) {
    boolean goesBack;
    List<Waiter> granted;
    synchronized (lock) {
      goesBack = slot.holder.inUse > slot.holder.target;
      instances.end(slot);
      var before = ejections;
      ejections = ejections.ended(slot.holder.id, outcome, wallMillis());
      if (ejections != before) {
        arrange();
      }
      dirty = true;
      granted = grant();
    }
    hand(granted);
    if (goesBack) {
      context.urgent(service);
    }
  }

  void cancel(Waiter waiter, RuntimeException why) {
    Slot slot;
    synchronized (lock) {
      if (waiters.remove(waiter)) {
        dirty = true;
      }
      slot = waiter.granted;
    }
    // a slot that was taken out of the promise may be in use: then its request releases it
    if (waiter.promise.completeExceptionally(why) && slot != null) {
      slot.release(Outcome.CLIENT_EAGERLY_CLOSED);
    }
  }

  /**
   * Discovery may have news.
   *
   * @param newest what discovery knows of the service, null if it is gone. Read under the lock, so
   *     that of two threads with news the later one cannot bring the older state.
   */
  void discovered(Supplier<@Nullable ServiceView> newest) {
    Map<Waiter, Refusal> failed;
    List<Waiter> granted;
    synchronized (lock) {
      var news = newest.get();
      if (news != null && view != null && news.version().compareTo(view.version()) < 0) {
        return;
      }
      view = news;
      refreshPolicy();
      instances.discover(news == null ? List.of() : news.active());
      ejections = ejections.keep(instances::knows);
      arrange();
      granted = grant();
      failed = failUndeployable();
    }
    hand(granted);
    fail(failed);
  }

  /** This node is out of the cluster for good: nothing that waits here will get a slot. */
  void downed() {
    Map<Waiter, Refusal> failed;
    synchronized (lock) {
      var refusal = PoolRefusals.downed(service);
      failed = remove(waiter -> true, waiter -> refusal);
    }
    fail(failed);
  }

  private Map<Waiter, Refusal> failUndeployable() {
    if (view == null || view.deploymentError() == null) {
      return Map.of();
    }
    var refusal = PoolRefusals.deploymentError(service, view.deploymentError().message());
    return remove(waiter -> true, waiter -> refusal);
  }

  /** A reserver said its term; it waits for a report. */
  void greeted(Term term) {
    synchronized (lock) {
      leases = leases.greeted(term);
      dirty = true;
    }
  }

  /** The reserver has news, or repeats itself. Returns whether it must be answered at once. */
  boolean receive(LeaseTargets news) {
    List<Waiter> granted;
    boolean answer;
    synchronized (lock) {
      // what answers no report of this pool was meant for an earlier one of the same service
      if (firstReport == 0 || news.heard() < firstReport) {
        return false;
      }
      var before = leases;
      leases = leases.apply(news);
      // a reserver of a lower term must learn ours; new targets in effect must be acknowledged
      answer = leases != before || news.term().isBelow(leases.term());
      dirty |= answer;
      if (!news.term().equals(leases.term())) {
        return answer;
      }
      confirm(news);
      if (news.sequence() == leases.applied()) {
        scalingDown = news.scalingDown();
        locked = news.locked();
        instances.lease(leases, locked);
        arrange();
      }
      granted = grant();
    }
    hand(granted);
    return answer;
  }

  private void confirm(LeaseTargets news) {
    acknowledged = Math.max(acknowledged, news.heard());
    if (news.nonce() > confirmed && news.heard() >= firstReport) {
      confirmed = news.nonce();
    }
  }

  /** Lets time pass: deadlines, ends of ejections, expiry. */
  void sweep() {
    Map<Waiter, Refusal> failed;
    List<Waiter> granted;
    synchronized (lock) {
      long now = context.clocks().nanos().getAsLong();
      refreshPolicy();
      var before = ejections;
      ejections = ejections.tick(wallMillis());
      if (ejections != before || instances.isOutdated(policy, wallInstant())) {
        dirty = true;
        arrange();
      }
      granted = grant();
      failed = timedOut(now);
    }
    hand(granted);
    fail(failed);
  }

  private Map<Waiter, Refusal> timedOut(long now) {
    if (waiters.stream().noneMatch(waiter -> waiter.deadlineNanos - now <= 0)) {
      return Map.of();
    }
    var counts = counts();
    return remove(
        waiter -> waiter.deadlineNanos - now <= 0,
        waiter ->
            PoolRefusals.timeout(
                service,
                counts,
                (waiter.deadlineNanos - waiter.sinceNanos) / 1_000_000_000L,
                view));
  }

  private Map<Waiter, Refusal> remove(
      Predicate<Waiter> which, java.util.function.Function<Waiter, Refusal> why) {
    var removed = new HashMap<Waiter, Refusal>();
    waiters.removeIf(
        waiter -> {
          boolean gone = which.test(waiter);
          if (gone) {
            removed.put(waiter, why.apply(waiter));
          }
          return gone;
        });
    dirty |= !removed.isEmpty();
    return removed;
  }

  private List<Waiter> grant() {
    if (waiters.isEmpty()) {
      return List.of();
    }
    var granted = new ArrayList<Waiter>();
    long now = context.clocks().nanos().getAsLong();
    while (!waiters.isEmpty()) {
      var slot = take(waiters.first().requestId, now);
      if (slot == null) {
        break;
      }
      var waiter = waiters.first();
      waiters.remove(waiter);
      waiter.granted = slot;
      granted.add(waiter);
    }
    dirty |= !granted.isEmpty();
    return granted;
  }

  /** Outside the lock, on the executor: what follows is the router's code. */
  private void hand(List<Waiter> granted) {
    for (var waiter : granted) {
      context.executor().execute(() -> complete(waiter));
    }
  }

  private static void complete(Waiter waiter) {
    var slot = waiter.granted;
    if (slot != null && !waiter.promise.complete(slot)) {
      slot.release(Outcome.CLIENT_EAGERLY_CLOSED); // nobody waits for it any more
    }
  }

  private void fail(Map<Waiter, Refusal> failed) {
    failed.forEach(
        (waiter, refusal) ->
            context
                .executor()
                .execute(() -> waiter.promise.completeExceptionally(refusal.asException())));
  }

  /** Whether a request waits for a slot. */
  boolean isWaiting() {
    synchronized (lock) {
      return !waiters.isEmpty();
    }
  }

  /** What there is and what of it is used. */
  PoolLoad load() {
    synchronized (lock) {
      return new PoolLoad(
          service,
          waiters.size(),
          instances.held(),
          instances.inUse(),
          instances.available(),
          ejections.ejected().size());
    }
  }

  boolean isDirty() {
    return dirty;
  }

  /** A report was sent and no reserver has answered it, or the fence needs an answer. */
  boolean isUnanswered() {
    synchronized (lock) {
      return acknowledged < reported || confirmed < context.fence().pauses();
    }
  }

  /** The whole state for the reserver; counts as told from now on. */
  RouterReport report(MemberId member, Map<MemberId, Long> removals) {
    synchronized (lock) {
      dirty = false;
      reported = context.nextReport();
      firstReport = firstReport == 0 ? reported : firstReport;
      long now = context.clocks().nanos().getAsLong();
      long oldest = waiters.stream().mapToLong(waiter -> now - waiter.sinceNanos).max().orElse(0);
      return new RouterReport(
          member,
          context.router(),
          reported,
          leases.term(),
          leases.applied(),
          waiters.size(),
          oldest / 1_000_000,
          uses(now),
          total,
          lastRequestTime(),
          true,
          context.fence().pauses(),
          removals);
    }
  }

  private Map<InstanceId, InstanceUse> uses(long now) {
    var uses = new HashMap<InstanceId, InstanceUse>();
    for (var instance : instances.all()) {
      boolean ejected = ejections.isEjected(instance.id);
      boolean expired = ejections.isExpired(instance.id);
      if (instance.held() > 0 || ejected || expired) {
        var youngest = instance.youngestUse;
        long age = youngest == null ? 0 : (now - youngest.sinceNanos) / 1_000_000;
        uses.put(
            instance.id, new InstanceUse(instance.held(), instance.inUse, ejected, expired, age));
      }
    }
    return uses;
  }

  /** Closes the pool if nothing is in it; afterwards it hands out nothing and holds nothing. */
  boolean closeIfIdle() {
    synchronized (lock) {
      closed = closed || (waiters.isEmpty() && instances.inUse() == 0);
      return closed;
    }
  }

  PoolState state() {
    synchronized (lock) {
      var counts = counts();
      return new PoolState(
          service,
          counts.waiting(),
          counts.inUse(),
          counts.assigned(),
          counts.available(),
          total,
          lastRequestTime(),
          ejections.ejected().stream().sorted().toList(),
          ResponderState.of(instances, ejections, policy, view, wallInstant()));
    }
  }

  private Counts counts() {
    return new Counts(waiters.size(), instances.inUse(), instances.held(), instances.available());
  }

  private void arrange() {
    instances.arrange(ejections, policy, wallInstant());
  }

  private void refreshPolicy() {
    var present = context.descriptions().apply(service);
    if (present != null && present != description) {
      description = present;
      policy = PoolPolicy.of(present);
    }
  }

  private @Nullable Instant lastRequestTime() {
    return lastRequestMillis == 0 ? null : Instant.ofEpochMilli(lastRequestMillis);
  }

  private long wallMillis() {
    return context.clocks().wallMillis().getAsLong();
  }

  private Instant wallInstant() {
    return Instant.ofEpochMilli(wallMillis());
  }
}
