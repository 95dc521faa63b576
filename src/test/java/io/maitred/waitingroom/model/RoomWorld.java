package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.Outcome.Draw;
import io.maitred.waitingroom.model.RoomWorkerState.Drawn;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Data centers, workers and users of one room, with messages that take time, get lost, come twice
 * or out of order; in virtual time, repeatable by its seed.
 */
final class RoomWorld {
  private record Event(long at, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  final class Worker {
    final WorkerId id;
    final RoomWorkerState state;
    final Site site;
    boolean isDead;
    private long nextReport;

    Worker(Site site, String name) {
      this.site = site;
      this.id = new WorkerId(name);
      this.state =
          new RoomWorkerState(id, site.name, (event, ticket) -> (int) (ticket.high() & 0xff));
    }

    void report() {
      if (!isDead && !site.isDown) {
        var report = state.cut(now());
        send(20, () -> site.heard(report, this));
      }
    }

    void apply(Allotment allotment, long epochMillis) {
      if (!isDead) {
        state.cutEvery(java.time.Duration.ofMillis(epochMillis));
        state.apply(allotment, now());
      }
    }

    /** Whether the user was let in; the ticket is the user's new one. */
    boolean visit(User user) {
      var visit = new Visit(user.ticket, now());
      var outcome = state.visit(visit, config, random);
      while (outcome instanceof Draw draw) {
        boolean granted =
            !site.isDown
                && (draw.pool() == Outcome.Pool.ANYWHERE
                    ? global.draw(draw.epoch(), site.state.anywhere(draw.epoch()), now())
                    : site.state.draw(id, draw.epoch(), draw.pool(), draw.spent(), now()));
        outcome =
            state.settle(
                visit,
                config,
                draw,
                site.isDown ? Drawn.NONE : granted ? Drawn.GRANTED : Drawn.REFUSED,
                random);
      }
      if (!state.isActive() || !isAwake) {
        isAwake = true;
        report();
      }
      if (outcome instanceof Outcome.ToOrigin origin) {
        user.ticket = origin.ticket() == null ? user.ticket : origin.ticket();
        return true;
      }
      if (outcome instanceof Outcome.Queued queued && queued.ticket() != null) {
        user.ticket = queued.ticket();
      }
      return false;
    }

    private boolean isAwake;
  }

  final class Site {
    final String name;
    final List<Worker> workers = new ArrayList<>();
    DataCenterRoomState state;
    boolean isCutOff;
    boolean isDown;
    private long exchanges;
    private long lastExchange;
    private @Nullable List<WorkerReport> backup;

    Site(String name, int count) {
      this.name = name;
      this.state = new DataCenterRoomState(name, 1, rules);
      for (int i = 0; i < count; i++) {
        workers.add(new Worker(this, name + "-" + i));
      }
    }

    void start() {
      state.expect(names, workers.size());
      for (var worker : workers) {
        send(20, () -> state.joined(worker.id, now()));
      }
      send(30, this::exchange);
    }

    void restart() {
      var before = backup;
      state = new DataCenterRoomState(name, 1, rules);
      state.expect(names, workers.size());
      isDown = false;
      workers.stream()
          .filter(worker -> !worker.isDead)
          .forEach(worker -> state.introduced(worker.id, now()));
      if (before != null) {
        state.recovered(before, now());
      }
      exchange();
    }

    void kill(Worker worker) {
      worker.isDead = true;
      var live = new HashSet<WorkerId>();
      workers.stream().filter(other -> !other.isDead).forEach(other -> live.add(other.id));
      state.live(live);
    }

    void heard(WorkerReport report, Worker from) {
      if (isDown) {
        return;
      }
      if (state.heard(report, now())) {
        exchange();
        workers.forEach(other -> send(20, other::report));
      }
      from.nextReport = time - time % 2000 + 2050 + random.nextInt(200);
      if (state.isReportDue(now())) {
        exchange();
      }
      tell(from);
    }

    void tell(Worker worker) {
      var allotment = state.allotment(worker.id, config, now());
      if (allotment != null) {
        long epochMillis = state.epochMillis();
        send(20, () -> worker.apply(allotment, epochMillis));
      }
    }

    void exchange() {
      if (isDown) {
        return;
      }
      lastExchange = time;
      backup = state.backup(config, now());
      var exchange = state.exchange(config, exchanges++ % 2 == 0, now());
      if (isCutOff) {
        return;
      }
      send(
          delay,
          () -> {
            var answers = global.exchanged(exchange, now());
            for (var silent : global.toWake(exchange, names, now())) {
              sites.stream().filter(s -> s.name.equals(silent)).forEach(Site::wake);
            }
            for (var site : sites) {
              var answer = answers.get(site.name);
              if (answer != null) {
                send(delay, () -> site.answered(answer));
              }
            }
          });
    }

    private void wake() {
      send(
          delay,
          () -> {
            if (!isCutOff && !isDown && state.woken(now())) {
              exchange();
              workers.forEach(worker -> send(20, worker::report));
            }
          });
    }

    private void answered(RoomAnswer answer) {
      if (!isCutOff && !isDown && state.answered(answer, config, now())) {
        workers.forEach(this::tell);
      }
    }
  }

  /** Somebody who comes and goes on coming. */
  static final class User {
    final long came;
    @Nullable Ticket ticket;
    long admittedAt = -1;
    int refusals;

    User(long came) {
      this.came = came;
    }
  }

  private static final long START = Cells.millis("10:00:07");

  final Random random;
  final List<Site> sites = new ArrayList<>();
  final List<User> users = new ArrayList<>();
  final AllocationRules rules;
  final TreeSet<String> names = new TreeSet<>();
  GlobalRoomState global;
  EffectiveConfig config;
  double loss;
  int delay = 80;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final TreeMap<Long, Long> youngest = new TreeMap<>();
  private long inversions;
  private long time = START;
  private long order;

  RoomWorld(
      long seed, EffectiveConfig config, AllocationRules rules, int dataCenters, int workers) {
    this.random = new Random(seed);
    this.config = config;
    this.rules = rules;
    this.global = new GlobalRoomState(SlotAllocation.of(rules));
    for (int i = 0; i < dataCenters; i++) {
      names.add("dc" + i);
    }
    names.forEach(name -> sites.add(new Site(name, workers)));
    sites.forEach(Site::start);
    run(500);
  }

  Instant now() {
    return Instant.ofEpochMilli(time);
  }

  long millis() {
    return time - START;
  }

  /** After about so many milliseconds; perhaps never, perhaps twice. */
  void send(int delayMillis, Runnable action) {
    if (loss > 0 && random.nextDouble() < loss) {
      return;
    }
    after(delayMillis / 2 + random.nextInt(delayMillis), action);
    if (loss > 0 && random.nextDouble() < loss) {
      after(delayMillis / 2 + random.nextInt(20 * delayMillis), action);
    }
  }

  void after(long delayMillis, Runnable action) {
    events.add(new Event(time + delayMillis, order++, action));
  }

  /** A user comes to a site's workers in turn and checks in every 20 s until let in. */
  void arrive(Site site, int checkIns) {
    var user = new User(time);
    users.add(user);
    checkIn(user, site, checkIns);
  }

  private void checkIn(User user, Site site, int checkIns) {
    var live = site.workers.stream().filter(worker -> !worker.isDead).toList();
    var worker = live.get(random.nextInt(live.size()));
    if (worker.visit(user)) {
      user.admittedAt = time;
      youngest.merge(time / 1000, user.came / 60_000, Math::max);
      return;
    }
    user.refusals++;
    if (user.refusals > 3 && overtaken(user.came / 60_000)) {
      inversions++;
    }
    if (checkIns > 1) {
      after(20_000 + random.nextInt(300), () -> checkIn(user, site, checkIns - 1));
    }
  }

  /** Whether somebody of a newer bucket was let in between 60 s and 5 s ago. */
  private boolean overtaken(long bucket) {
    return youngest.subMap(time / 1000 - 60, time / 1000 - 5).values().stream()
        .anyMatch(other -> other > bucket);
  }

  long inversions() {
    return inversions;
  }

  /** Goes on for a time; reports and exchanges are sent as due. */
  void run(long duration) {
    long end = time + duration;
    while (time < end) {
      time += 100;
      while (!events.isEmpty() && events.peek().at() <= time) {
        events.remove().action().run();
      }
      for (var site : sites) {
        tick(site);
      }
    }
  }

  private void tick(Site site) {
    if (site.state.isFresh() && time % 1000 < 100) {
      site.exchange();
    }
    if (site.state.isSilent()) {
      return;
    }
    for (var worker : site.workers) {
      if (time >= worker.nextReport) {
        worker.nextReport = time + 900 + random.nextInt(200);
        worker.report();
      }
    }
    if (time - site.lastExchange > 3000) {
      site.exchange();
    }
  }

  /** Users whose last admission is less than a session ago, when nobody comes again. */
  long active() {
    long session = config.sessionMinutes() * 60_000L;
    return users.stream()
        .filter(user -> user.admittedAt >= 0 && time - user.admittedAt < session)
        .count();
  }

  /** The same, by the cells of 10 s in which active users are counted. */
  long counted() {
    long oldest = time / 10_000 - config.sessionMinutes() * 6L;
    return users.stream()
        .filter(user -> user.admittedAt >= 0 && user.admittedAt / 10_000 >= oldest)
        .count();
  }

  long waiting() {
    return users.stream().filter(user -> user.admittedAt < 0).count();
  }

  @Override
  public String toString() {
    var version = sites.get(0).state.version();
    return millis() / 1000
        + "s: active "
        + active()
        + " waiting "
        + waiting()
        + " state "
        + (version == null
            ? "none"
            : (time - version.epoch())
                + "ms old, A "
                + version.state().activeUsers()
                + " raw "
                + version.rawSlots()
                + " n "
                + version.state().admittedThisMinute()
                + " partial "
                + version.shares().partial()
                + " new "
                + version.shares().newUsers()
                + Arrays.asList(version.eligible().coveredBelow()));
  }
}
