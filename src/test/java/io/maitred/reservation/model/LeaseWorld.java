package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.service.model.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in miniature: routers, incarnations of one reserver, a network that loses, doubles,
 * delays and reorders, and a membership service with the promises of Akka's. Deterministic in the
 * random generator.
 */
final class LeaseWorld {
  static final long STABLE_AFTER = 6_000;
  static final long FENCE_LIMIT = STABLE_AFTER / 2;
  static final long MARGIN = 6_000;
  static final LedgerRules RULES =
      new LedgerRules(MARGIN, 100, 1_000, 60_000, 300_000, 60_000, 200, 2_000);
  private static final ServiceId SERVICE = new ServiceId("s");
  private static final Instant START = Instant.ofEpochSecond(1_000_000);

  final Random random;
  long now;
  final TreeMap<MemberId, Router> routers = new TreeMap<>();
  final List<Reserver> reservers = new ArrayList<>();
  final Map<InstanceId, Instance> instances = new TreeMap<>();
  int level;

  /** The highest level that somebody may still go by. */
  int oldLevel;

  double loss = 0.1;
  double doubling = 0.1;
  long maxDelay = 400;

  /** Resolution of time in {@link #run}. */
  long step = 25;

  private final PriorityQueue<Packet> network =
      new PriorityQueue<>(Comparator.comparingLong(Packet::at).thenComparingLong(Packet::number));
  private long packets;
  private long reports;
  private int names;
  private long syncIncarnation = 1;
  private long syncSequence;
  private final List<Delayed> delayed = new ArrayList<>();

  private record Packet(long at, long number, Runnable delivery) {}

  private record Delayed(long at, Runnable event) {}

  LeaseWorld(Random random, int level) {
    this.random = random;
    this.level = level;
    this.oldLevel = level;
  }

  /** One node in its role as router. */
  final class Router {
    final MemberId id;
    Account.Standing standing = Account.Standing.JOINING;
    boolean crashed;
    boolean isolated;
    boolean downed;
    long pausedSince = -1;
    long pauses;
    long confirmed;
    boolean pooled = true;
    RouterLeases leases = RouterLeases.none();
    final Map<InstanceId, Integer> inUse = new TreeMap<>();
    int waiting;
    long served;
    long firstReport;
    long lastReport;
    long acknowledged;
    long reportDue;
    boolean dirty = true;
    @Nullable Reserver table;

    Router(MemberId id) {
      this.id = id;
    }

    boolean runs() {
      return !crashed && !downed && pausedSince < 0;
    }

    boolean mayStart() {
      return runs() && confirmed >= pauses;
    }

    /** Whether it can start a request now or later on what it holds. */
    boolean isDangerous() {
      boolean willBeFenced = pausedSince >= 0 && now - pausedSince > FENCE_LIMIT;
      return !crashed && !downed && !willBeFenced && confirmed >= pauses;
    }

    int held(InstanceId instance) {
      return leases.held(instance, inUse.getOrDefault(instance, 0));
    }

    void start() {
      if (!mayStart()) {
        return;
      }
      for (var instance : instances.keySet()) {
        while (waiting > 0 && leases.mayStart(instance, inUse.getOrDefault(instance, 0))) {
          inUse.merge(instance, 1, Integer::sum);
          waiting--;
          served++;
          dirty = true;
        }
      }
    }

    void finishOne() {
      if (!runs()) {
        return;
      }
      var busy = inUse.keySet().stream().filter(i -> inUse.getOrDefault(i, 0) > 0).toList();
      if (!busy.isEmpty()) {
        inUse.merge(busy.get(random.nextInt(busy.size())), -1, Integer::sum);
        dirty = true;
        start();
      }
    }

    void resume() {
      boolean tooLong = now - pausedSince > FENCE_LIMIT;
      pausedSince = -1;
      if (tooLong) {
        pauses++;
        inUse.clear();
        dirty = true;
      }
    }

    RouterReport report() {
      lastReport = ++reports;
      firstReport = firstReport == 0 ? lastReport : firstReport;
      dirty = false;
      reportDue = now + 200 + random.nextInt(200);
      var uses = new HashMap<InstanceId, InstanceUse>();
      var known = new java.util.TreeSet<>(leases.targets().keySet());
      known.addAll(inUse.keySet());
      for (var instance : known) {
        if (held(instance) > 0) {
          uses.put(
              instance,
              new InstanceUse(held(instance), inUse.getOrDefault(instance, 0), false, false, 0));
        }
      }
      return new RouterReport(
          id,
          new RouterId(id.value()),
          lastReport,
          leases.term(),
          leases.applied(),
          waiting,
          0,
          uses,
          0,
          null,
          true,
          pauses,
          removals());
    }

    void sendReport() {
      if (!runs()) {
        return;
      }
      var to = table;
      // a table may be old for a while, but who joins learns the newest
      if (to == null || random.nextInt(4) == 0) {
        to = newest();
        table = to;
      }
      send(to, report());
    }

    void greeted(Reserver from, Term term) {
      if (!runs()) {
        return;
      }
      if (!pooled) {
        send(from, RouterReport.none(id, new RouterId(id.value()), ++reports, term, 0, removals()));
        return;
      }
      leases = leases.greeted(term);
      send(from, report());
    }

    void received(Reserver from, LeaseTargets news) {
      if (!runs()) {
        return;
      }
      if (!pooled) {
        if (news.sequence() > 0) {
          send(
              from,
              RouterReport.none(
                  id,
                  new RouterId(id.value()),
                  ++reports,
                  news.term(),
                  news.sequence(),
                  removals()));
        }
        return;
      }
      if (firstReport == 0 || news.heard() < firstReport) {
        return;
      }
      var before = leases;
      leases = leases.apply(news);
      if (news.term().equals(leases.term())) {
        acknowledged = Math.max(acknowledged, news.heard());
        confirmed = Math.max(confirmed, news.nonce());
      }
      start();
      if (!leases.equals(before) || news.term().isBelow(leases.term())) {
        send(from, report());
      }
    }

    void dropPool() {
      if (runs() && waiting == 0 && inUse.values().stream().allMatch(n -> n == 0)) {
        pooled = false;
        leases = RouterLeases.none();
        firstReport = 0;
        confirmed = 0;
        inUse.clear();
        send(
            newest(),
            RouterReport.none(id, new RouterId(id.value()), ++reports, Term.NONE, 0, removals()));
      }
    }

    void tick() {
      if (runs()
          && pooled
          && (dirty || acknowledged < lastReport || confirmed < pauses)
          && now >= reportDue) {
        sendReport();
      }
    }
  }

  /** One incarnation of the reserver. */
  final class Reserver {
    LeaseLedger ledger;
    boolean alive = true;
    final String name;

    Reserver(String name) {
      this.name = name;
      ledger = LeaseLedger.fresh(RULES, name, moment());
    }

    void take(LeaseLedger.Step step) {
      ledger = step.next();
      for (var output : step.outputs()) {
        if (output instanceof LedgerOutput.Send send) {
          var router = routers.get(send.to());
          if (router != null) {
            post(() -> router.received(this, send.leases()));
          }
        } else if (output instanceof LedgerOutput.Greet greet) {
          for (var router : List.copyOf(routers.values())) {
            if (greet.to() == null || greet.to().equals(router.id)) {
              post(() -> router.greeted(this, greet.term()));
            }
          }
        }
      }
    }
  }

  Moment moment() {
    return new Moment(now, START.plusMillis(now));
  }

  Reserver newest() {
    return reservers.get(reservers.size() - 1);
  }

  private final Map<MemberId, Long> removedAt = new HashMap<>();

  private Map<MemberId, Long> removals() {
    var ago = new HashMap<MemberId, Long>();
    removedAt.forEach(
        (id, at) -> {
          if (now - at <= MARGIN) {
            ago.put(id, now - at);
          }
        });
    return ago;
  }

  private void send(Reserver to, RouterReport report) {
    post(
        () -> {
          if (to.alive) {
            to.take(to.ledger.received(report, moment()));
          }
        });
  }

  private void post(Runnable delivery) {
    if (random.nextDouble() < loss) {
      return;
    }
    int copies = random.nextDouble() < doubling ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = maxDelay == 0 ? 0 : random.nextLong(maxDelay);
      network.add(new Packet(now + delay, packets++, delivery));
    }
  }

  // ---- what happens ----

  Router join() {
    var router = new Router(new MemberId("r" + names++));
    routers.put(router.id, router);
    living().forEach(r -> r.ledger = r.ledger.joined(router.id));
    delayed.add(new Delayed(now + random.nextInt(500), () -> up(router)));
    return router;
  }

  private void up(Router router) {
    if (routers.containsKey(router.id) && router.standing == Account.Standing.JOINING) {
      router.standing = Account.Standing.UP;
      living().forEach(r -> r.ledger = r.ledger.up(router.id, moment()));
    }
  }

  /** An orderly leave: in-flight requests end first. */
  void leave(Router router) {
    router.crashed = true;
    router.inUse.clear();
    routers.remove(router.id);
    living().forEach(r -> r.take(r.ledger.left(router.id, moment())));
  }

  void crash(Router router) {
    router.crashed = true;
    lateRemoval(router, now + STABLE_AFTER);
  }

  /** Cut off from all others: goes on by itself until its own side downs it. */
  void isolate(Router router) {
    router.isolated = true;
    long removal = now + STABLE_AFTER;
    lateRemoval(router, removal);
    delayed.add(
        new Delayed(now + random.nextLong(STABLE_AFTER + MARGIN), () -> router.downed = true));
  }

  void pause(Router router) {
    router.pausedSince = now;
    long length = random.nextBoolean() ? random.nextLong(FENCE_LIMIT) : random.nextLong(40_000);
    delayed.add(new Delayed(now + length, router::resume));
    if (length >= STABLE_AFTER) {
      lateRemoval(router, now + STABLE_AFTER + random.nextInt(3000));
    }
  }

  /** The others down it, unless it is back by then; a moment later it is removed. */
  private void lateRemoval(Router router, long at) {
    delayed.add(
        new Delayed(
            at,
            () -> {
              if (routers.containsKey(router.id) && (router.isolated || !router.runs())) {
                router.standing = Account.Standing.REMOVED;
                living().forEach(r -> r.ledger = r.ledger.downing(router.id));
                delayed.add(new Delayed(now + random.nextInt(1_000), () -> removed(router)));
              }
            }));
  }

  private void removed(Router router) {
    routers.remove(router.id);
    removedAt.put(router.id, now);
    living().forEach(r -> r.take(r.ledger.downed(router.id, moment())));
    gone.add(router);
  }

  /** Removed from the cluster, but perhaps still running. */
  final List<Router> gone = new ArrayList<>();

  void startReserver(boolean oldDies) {
    if (oldDies) {
      reservers.forEach(r -> r.alive = false);
    } else {
      var old = living();
      delayed.add(
          new Delayed(now + random.nextInt(5_000), () -> old.forEach(r -> r.alive = false)));
    }
    var fresh = new Reserver("b" + names++);
    for (var router : routers.values()) {
      fresh.ledger =
          router.standing == Account.Standing.UP
              ? fresh.ledger.up(router.id, moment())
              : fresh.ledger.joined(router.id);
    }
    reservers.add(fresh);
    fresh.take(fresh.ledger.membersKnown(moment()));
    list();
  }

  List<Reserver> living() {
    return reservers.stream().filter(r -> r.alive).toList();
  }

  /** Views reach the newest incarnation, in order; some are lost. */
  void list() {
    var view =
        new ServiceView(
            new ServiceView.Version(syncIncarnation, ++syncSequence),
            SERVICE,
            instances.size(),
            instances.size(),
            List.copyOf(instances.values()),
            List.of(),
            List.of(),
            null);
    var limits = new ServiceLimits(level, 0, 0, InstanceOrder.Pick.OLDEST);
    if (random.nextDouble() >= loss) {
      newest().take(newest().ledger.instancesListed(view, limits, moment()));
    }
  }

  void restartSync() {
    syncIncarnation++;
    syncSequence = 0;
  }

  InstanceId addInstance() {
    var id = new InstanceId("s.i" + String.format("%03d", names++));
    instances.put(id, instance(id, START.plusMillis(now)));
    list();
    return id;
  }

  void returnInstance(InstanceId id, Instance instance) {
    instances.put(id, instance);
    list();
  }

  void level(int next) {
    oldLevel = Math.max(oldLevel, next);
    level = next;
    list();
  }

  static Instance instance(InstanceId id, Instant startedAt) {
    return new Instance(
        id,
        SERVICE,
        "127.0.0.1",
        1,
        List.of(),
        startedAt,
        Instance.Health.HEALTHY,
        null,
        Set.of(),
        null,
        null,
        null,
        Map.of());
  }

  /** Lets time pass up to a moment, in order. */
  void run(long until) {
    while (now < until) {
      now = Math.min(until, now + step);
      var due = delayed.stream().filter(d -> d.at() <= now).toList();
      delayed.removeAll(due);
      due.forEach(d -> d.event().run());
      while (!network.isEmpty() && network.peek().at() <= now) {
        network.poll().delivery().run();
      }
      routers.values().forEach(Router::tick);
      for (var reserver : living()) {
        reserver.take(reserver.ledger.tick(moment()));
      }
      check();
    }
  }

  private String describe(List<Router> all, InstanceId instance) {
    var text = new StringBuilder();
    for (var router : all) {
      text.append("\n")
          .append(router.id)
          .append(' ')
          .append(router.standing)
          .append(router.isDangerous() ? " dangerous" : " harmless")
          .append(" paused ")
          .append(router.pausedSince)
          .append(" isolated ")
          .append(router.isolated)
          .append(" pooled ")
          .append(router.pooled)
          .append(" uses ")
          .append(router.inUse)
          .append(' ')
          .append(router.leases);
    }
    for (var r : reservers)
      text.append("\n")
          .append(r.name)
          .append(r.alive)
          .append(r.ledger.term())
          .append(r.ledger.isComplete())
          .append(r.ledger.targets())
          .append(r.ledger.counted(instance));
    return text.toString();
  }

  /** Nobody else may start on a slot that somebody may start on. */
  void check() {
    var all = new ArrayList<>(routers.values());
    all.addAll(gone);
    var held = new TreeMap<InstanceId, Integer>();
    for (var router : all) {
      if (router.isDangerous()) {
        var known = new java.util.TreeSet<>(router.leases.targets().keySet());
        known.addAll(router.inUse.keySet());
        known.forEach(i -> held.merge(i, router.held(i), Integer::sum));
      }
    }
    held.forEach(
        (instance, slots) -> {
          if (slots > oldLevel) {
            throw new AssertionError(
                instance
                    + ": "
                    + slots
                    + " slots held of "
                    + oldLevel
                    + " at "
                    + now
                    + describe(all, instance));
          }
        });
  }
}
