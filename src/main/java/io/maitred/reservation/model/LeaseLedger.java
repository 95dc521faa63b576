package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.service.model.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who holds how many slots of which instance of one service: the reserver's book.
 *
 * <p><b>Invariant.</b> Of one instance, the slots that are counted for all members never exceed its
 * concurrency level (after it was lowered: the old level, until the lowering is acknowledged).
 * Counted for a member is the larger of what it reported to hold and of every target that was sent
 * and may still come into effect. A target is raised only out of slots that nobody is counted for.
 *
 * <p>A fresh book knows nothing. It says its term to everybody and raises nothing before each
 * member of the data center has reported in that term; from then on no older incarnation is
 * listened to. Exempt are instances that appeared before its eyes. A lease ends when its holder
 * reports so, or when the holder was removed from the cluster and, if that was by downing, a margin
 * has passed. Never by time-out.
 *
 * <p>Immutable: every transition gives the next book and what is to be done.
 */
public final class LeaseLedger {
  private final LedgerRules rules;
  private final Instant born;
  private Term term;
  private final TreeMap<MemberId, Account> accounts;
  private boolean membersKnown;
  private boolean complete;
  private boolean suspect;
  private ServiceView.@Nullable Version version;
  private Map<InstanceId, Instance> instances;
  private Set<InstanceId> appeared;
  private @Nullable ServiceLimits limits;
  private boolean scalingDown;
  private CapacityDivision division;
  private boolean pending;
  private @Nullable KillLock kill;
  private final Map<InstanceId, Long> killed;
  private long sequence;
  private int greetings;
  private long greetAt;

  /** The next book and what is to be done, in this order. */
  public record Step(LeaseLedger next, List<LedgerOutput> outputs) {}

  private LeaseLedger(LedgerRules rules, String incarnation, Instant born) {
    this.rules = rules;
    this.born = born;
    this.term = new Term(Math.max(1, born.toEpochMilli()), incarnation);
    this.accounts = new TreeMap<>();
    this.instances = Map.of();
    this.appeared = Set.of();
    this.division = CapacityDivision.none();
    this.killed = new TreeMap<>();
  }

  private LeaseLedger(LeaseLedger other) {
    rules = other.rules;
    born = other.born;
    term = other.term;
    accounts = new TreeMap<>(other.accounts);
    membersKnown = other.membersKnown;
    complete = other.complete;
    suspect = other.suspect;
    version = other.version;
    instances = other.instances;
    appeared = other.appeared;
    limits = other.limits;
    scalingDown = other.scalingDown;
    division = other.division;
    pending = other.pending;
    kill = other.kill;
    killed = new TreeMap<>(other.killed);
    sequence = other.sequence;
    greetings = other.greetings;
    greetAt = other.greetAt;
  }

  /**
   * A fresh book.
   *
   * @param incarnation unique among all books of this service
   */
  public static LeaseLedger fresh(LedgerRules rules, String incarnation, Moment now) {
    var ledger = new LeaseLedger(rules, incarnation, now.wall());
    ledger.greetAt = now.millis();
    return ledger;
  }

  // ---- transitions ----

  /** A member that not everybody has seen yet. */
  public LeaseLedger joined(MemberId id) {
    return standing(id, Account.Standing.JOINING);
  }

  /**
   * A member that may get slots from now on. Everybody must be heard again first, in a higher term:
   * another incarnation cannot have given it slots then that this one believes to be free.
   */
  public LeaseLedger up(MemberId id, Moment now) {
    var account = accounts.get(id);
    var next = standing(id, Account.Standing.UP);
    if (complete && (account == null || account.standing() == Account.Standing.JOINING)) {
      next.raiseTerm(term, now);
    }
    return next;
  }

  public LeaseLedger leaving(MemberId id) {
    return standing(id, Account.Standing.LEAVING);
  }

  /** A member that is downed and will be removed: it counts, but gets nothing and no answer. */
  public LeaseLedger downing(MemberId id) {
    return standing(id, Account.Standing.JOINING);
  }

  private LeaseLedger standing(MemberId id, Account.Standing standing) {
    var next = new LeaseLedger(this);
    var account = next.accounts.getOrDefault(id, Account.of(id, standing));
    if (account.standing() != Account.Standing.REMOVED) {
      next.accounts.put(id, account.standing(standing));
    }
    return next;
  }

  /** All members that there were at the start are entered. */
  public Step membersKnown(Moment now) {
    var next = new LeaseLedger(this);
    next.membersKnown = true;
    return next.advanced(now, new ArrayList<>());
  }

  /** The member left in order: its slots are free. */
  public Step left(MemberId id, Moment now) {
    var next = new LeaseLedger(this);
    next.accounts.remove(id);
    return next.advanced(now, new ArrayList<>());
  }

  /** The member was removed by downing: its slots are free after the margin. */
  public Step downed(MemberId id, Moment now) {
    var next = new LeaseLedger(this);
    next.removed(id, now.millis() + rules.removalMarginMillis());
    return next.advanced(now, new ArrayList<>());
  }

  private void removed(MemberId id, long at) {
    var account = accounts.get(id);
    if (account == null) {
      // somebody else saw it go: it may hold slots as long as this book has not heard everybody
      if (!complete) {
        accounts.put(id, Account.of(id, Account.Standing.REMOVED).removed(at));
      }
    } else if (account.standing() != Account.Standing.REMOVED) {
      accounts.put(id, account.removed(at));
    }
  }

  /** A router reported. */
  public Step received(RouterReport report, Moment now) {
    var account = accounts.get(report.member());
    if (account == null
        || account.standing() == Account.Standing.REMOVED
        || account.isKnown(report)) {
      return new Step(this, List.of());
    }
    var next = new LeaseLedger(this);
    var out = new ArrayList<LedgerOutput>();
    if (term.isBelow(report.term())) {
      next.raiseTerm(report.term(), now);
    } else if (report.term().equals(term)) {
      next.accounts.put(report.member(), account.heard(report));
      report.removals().forEach((id, ago) -> next.removed(id, removalEnd(ago, now)));
    } else {
      out.add(new LedgerOutput.Greet(report.member(), term));
    }
    next.advance(now, out);
    if (report.term().equals(term) && !answers(out, report.member())) {
      out.add(next.send(report.member()));
    }
    return new Step(next, out);
  }

  private long removalEnd(long agoMillis, Moment now) {
    return now.millis() + Math.max(0, rules.removalMarginMillis() - agoMillis);
  }

  private static boolean answers(List<LedgerOutput> out, MemberId member) {
    return out.stream()
        .anyMatch(o -> o instanceof LedgerOutput.Send send && send.to().equals(member));
  }

  /**
   * This incarnation's own node stood still: others may have taken over meanwhile. It starts anew
   * in a higher term and answers no nonce before everybody has been heard.
   */
  public Step paused(Moment now) {
    var next = new LeaseLedger(this);
    next.suspect = true;
    next.raiseTerm(new Term(now.wall().toEpochMilli(), term.incarnation()), now);
    return next.advanced(now, new ArrayList<>());
  }

  private void raiseTerm(Term other, Moment now) {
    term = new Term(Math.max(term.number() + 1, term.above(other).number()), term.incarnation());
    complete = false;
    appeared = Set.of();
    // two incarnations that outbid each other slow down until one of them ends
    greetAt = now.millis() + (greetings == 0 ? 0 : rules.retryMillis(greetings - 1));
  }

  /** Discovery listed the instances, which have so many slots each. */
  public Step instancesListed(ServiceView view, ServiceLimits newLimits, Moment now) {
    var next = new LeaseLedger(this);
    next.limits = newLimits;
    if (version == null || version.compareTo(view.version()) < 0) {
      next.list(view);
    }
    return next.advanced(now, new ArrayList<>());
  }

  private void list(ServiceView view) {
    var listed = new LinkedHashMap<InstanceId, Instance>();
    var fresh = new HashSet<>(appeared);
    boolean comparable = version != null && version.incarnation() == view.version().incarnation();
    for (var instance : InstanceOrder.sort(view.active(), i -> false)) {
      listed.put(instance.id(), instance);
      // a list that failed to name an old instance for a moment must not make it look new
      if (comparable
          && !instances.containsKey(instance.id())
          && !instance.startedAt().isBefore(born)) {
        fresh.add(instance.id());
      }
    }
    fresh.retainAll(listed.keySet());
    version = view.version();
    instances = listed;
    appeared = fresh;
  }

  /** The autoscaler wants fewer instances, or does not any more. */
  public Step scaling(boolean down, Moment now) {
    if (down == scalingDown) {
      return new Step(this, List.of());
    }
    var next = new LeaseLedger(this);
    next.scalingDown = down;
    var out = new ArrayList<LedgerOutput>();
    next.advance(now, out);
    for (var account : next.accounts.values()) {
      if (account.isHeard(next.term) && !answers(out, account.id())) {
        out.add(next.send(account.id()));
      }
    }
    return new Step(next, out);
  }

  /**
   * Locks an instance to be killed; {@link LedgerOutput.KillReady} follows when its slots are back,
   * or {@link LedgerOutput.NothingKillable}.
   */
  public Step prepareKill(Set<InstanceId> excluded, Moment now) {
    var next = new LeaseLedger(this);
    var out = new ArrayList<LedgerOutput>();
    if (kill != null && kill.ready() && !excluded.contains(kill.instance())) {
      out.add(new LedgerOutput.KillReady(kill.instance())); // the answer was lost
    } else if (kill == null || kill.ready()) {
      next.tryKill(excluded, now, out);
    }
    next.advance(now, out);
    return new Step(next, out);
  }

  /** The kill was carried out or refused. */
  public Step killEnded(InstanceId instance, boolean success, Moment now) {
    var next = new LeaseLedger(this);
    if (kill != null && kill.instance().equals(instance)) {
      next.kill = null;
    }
    if (success) {
      next.killed.put(instance, now.millis() + rules.killedMillis());
    }
    return next.advanced(now, new ArrayList<>());
  }

  /** Time has passed: greets and repeats what is not answered, ends margins and turns. */
  public Step tick(Moment now) {
    var next = new LeaseLedger(this);
    var out = new ArrayList<LedgerOutput>();
    next.advance(now, out);
    if (!next.complete && now.millis() >= next.greetAt) {
      out.add(new LedgerOutput.Greet(null, next.term));
      next.greetAt = now.millis() + rules.retryMillis(next.greetings++);
    }
    for (var account : List.copyOf(next.accounts.values())) {
      if (account.isHeard(next.term)
          && account.standing() != Account.Standing.REMOVED
          && !account.isAcknowledged()
          && now.millis() >= account.repeatAt()
          && !answers(out, account.id())) {
        long repeatAt = now.millis() + rules.retryMillis(account.repeats() + 1);
        next.accounts.put(account.id(), account.repeated(repeatAt));
        out.add(next.send(account.id()));
      }
    }
    return new Step(next, out);
  }

  // ---- the rules ----

  private Step advanced(Moment now, List<LedgerOutput> out) {
    advance(now, out);
    return new Step(this, out);
  }

  private void advance(Moment now, List<LedgerOutput> out) {
    accounts
        .values()
        .removeIf(a -> a.standing() == Account.Standing.REMOVED && a.removeAt() <= now.millis());
    if (!complete && membersKnown && accounts.values().stream().allMatch(a -> a.isHeard(term))) {
      complete = true;
      suspect = false;
      greetings = 0;
    }
    killed.values().removeIf(end -> end <= now.millis());
    advanceKill(now, out);
    var known = limits;
    if (known != null && version != null) {
      distribute(known, now, out);
    }
  }

  private void distribute(ServiceLimits known, Moment now, List<LedgerOutput> out) {
    var eligible = accounts.values().stream().filter(this::isEligible).toList();
    if (eligible.isEmpty()) {
      return;
    }
    var usable = instances.values().stream().filter(this::isUsable).map(Instance::id).toList();
    var desk =
        new LeaseDesk(List.copyOf(accounts.values()), eligible, usable, known.concurrencyLevel());
    // a turn that ends before its targets have arrived would be nobody's
    boolean settled = !pending && eligible.stream().allMatch(Account::isAcknowledged);
    division =
        division.next(desk.claims(), desk.available(), settled, now.millis(), rules.turnMillis());
    var plan = desk.plan(division, this::isKept);
    pending = plan.pending();
    plan.targets()
        .forEach(
            (id, targets) -> {
              long repeatAt = now.millis() + rules.retryMillis(0);
              accounts.computeIfPresent(
                  id, (same, account) -> account.sending(++sequence, targets, repeatAt));
              out.add(send(id));
            });
  }

  private boolean isEligible(Account account) {
    return account.isHeard(term)
        && (account.standing() == Account.Standing.UP
            || account.standing() == Account.Standing.LEAVING);
  }

  private boolean isUsable(Instance instance) {
    return instance.healthy()
        && !isLocked(instance.id())
        && (complete || appeared.contains(instance.id()));
  }

  /** Targets on an instance that is not divided now, but may be again. */
  private boolean isKept(InstanceId id) {
    if (isLocked(id)) {
      return false;
    }
    return !complete || instances.containsKey(id);
  }

  private boolean isLocked(InstanceId id) {
    return killed.containsKey(id) || (kill != null && kill.instance().equals(id));
  }

  private LedgerOutput.Send send(MemberId to) {
    var account = accounts.getOrDefault(to, Account.of(to, Account.Standing.UP));
    var last = account.last();
    var targets = account.sequence() == 0 ? Map.<InstanceId, Integer>of() : account.targets();
    return new LedgerOutput.Send(
        to,
        new LeaseTargets(
            term,
            account.sequence(),
            last == null ? 0 : last.sequence(),
            last == null || suspect || !isEligible(account) ? 0 : last.nonce(),
            targets,
            lockedInstances(),
            scalingDown));
  }

  private Set<InstanceId> lockedInstances() {
    var locked = new TreeSet<>(killed.keySet());
    if (kill != null) {
      locked.add(kill.instance());
    }
    return locked;
  }

  // ---- kills ----

  private void tryKill(Set<InstanceId> excluded, Moment now, List<LedgerOutput> out) {
    var known = limits;
    var chosen =
        known == null || !complete
            ? java.util.Optional.<KillCandidate>empty()
            : KillCandidate.choose(
                candidates(known, now), excluded, known.pick(), rules.lingeringMillis());
    kill =
        chosen
            .map(c -> new KillLock(c.id(), false, now.millis() + rules.killLeaseMillis(), excluded))
            .orElse(null);
    if (kill == null) {
      out.add(new LedgerOutput.NothingKillable());
    }
  }

  private void advanceKill(Moment now, List<LedgerOutput> out) {
    var lock = kill;
    if (lock == null) {
      return;
    }
    if (!lock.ready() && isReturned(lock.instance(), now)) {
      kill = lock.ready(now.millis() + rules.killLockMillis());
      out.add(new LedgerOutput.KillReady(lock.instance()));
    } else if (lock.ready()
        && (now.millis() >= lock.deadline() || !instances.containsKey(lock.instance()))) {
      kill = null;
    } else if (now.millis() >= lock.deadline()) {
      tryKill(lock.tried(), now, out);
    }
  }

  /** Nobody holds a slot of it, but for requests that no longer protect it. */
  private boolean isReturned(InstanceId id, Moment now) {
    boolean revoked =
        accounts.values().stream().allMatch(a -> a.counted(id) == a.use(id).inUse())
            && accounts.values().stream()
                .allMatch(
                    a ->
                        (a.isAcknowledged() && a.targets().getOrDefault(id, 0) == 0)
                            || a.counted(id) == 0);
    var known = limits;
    var instance = instances.get(id);
    if (!revoked || known == null) {
      return false;
    }
    boolean idle = accounts.values().stream().allMatch(a -> a.counted(id) == 0);
    return idle
        || (instance != null && candidate(instance, known, now).isFree(rules.lingeringMillis()));
  }

  private List<KillCandidate> candidates(ServiceLimits known, Moment now) {
    return instances.values().stream().map(i -> candidate(i, known, now)).toList();
  }

  private KillCandidate candidate(Instance instance, ServiceLimits known, Moment now) {
    var uses = accounts.values().stream().map(a -> a.use(instance.id())).toList();
    return new KillCandidate(
        instance,
        uses.stream().mapToInt(InstanceUse::inUse).sum(),
        uses.stream()
            .filter(use -> use.inUse() > 0)
            .mapToLong(InstanceUse::youngestUseMillis)
            .min()
            .orElse(0),
        InstanceOrder.isExpired(instance, known.expiryMinutes(), now.wall())
            || uses.stream().anyMatch(InstanceUse::expired),
        InstanceOrder.isStarting(instance, known.graceSeconds(), now.wall()),
        uses.stream().anyMatch(InstanceUse::ejected),
        isLocked(instance.id()));
  }

  // ---- queries ----

  public Term term() {
    return term;
  }

  /** Whether every member was heard in this term. */
  public boolean isComplete() {
    return complete;
  }

  /** What the routers report, in sum. */
  public Demand demand() {
    var reports =
        accounts.values().stream()
            .filter(a -> a.standing() != Account.Standing.REMOVED)
            .map(Account::last)
            .filter(java.util.Objects::nonNull)
            .toList();
    return new Demand(
        reports.stream()
            .flatMap(report -> report.instances().values().stream())
            .mapToInt(InstanceUse::inUse)
            .sum(),
        reports.stream().mapToInt(RouterReport::waiting).sum(),
        reports.stream().mapToLong(RouterReport::total).sum(),
        reports.stream()
            .map(RouterReport::lastRequestTime)
            .filter(java.util.Objects::nonNull)
            .max(Instant::compareTo)
            .orElse(null),
        complete);
  }

  /** Slots of the instance that members are counted for. */
  public int counted(InstanceId instance) {
    return accounts.values().stream().mapToInt(account -> account.counted(instance)).sum();
  }

  /** Present targets per member. */
  public Map<MemberId, Map<InstanceId, Integer>> targets() {
    return accounts.values().stream()
        .collect(Collectors.toMap(Account::id, Account::targets, (a, b) -> a, TreeMap::new));
  }

  /** Members that must be heard before slots can be leased. */
  public List<MemberId> unheard() {
    return accounts.values().stream()
        .filter(account -> !account.isHeard(term))
        .map(Account::id)
        .toList();
  }

  /** Every lease message was acknowledged, and nothing is waited for. */
  public boolean isAtRest() {
    return complete
        && !pending
        && kill == null
        && !division.contended()
        && accounts.values().stream()
            .allMatch(a -> a.isAcknowledged() && a.standing() != Account.Standing.REMOVED);
  }
}
