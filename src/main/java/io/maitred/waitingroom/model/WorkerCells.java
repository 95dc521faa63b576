package io.maitred.waitingroom.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Counts the visits of one worker in cells, and moves users from cell to cell (contract waiting
 * room 5). Each change is made once for a user and cell, whatever the number of requests that carry
 * the same old ticket.
 */
final class WorkerCells {
  private static final long NEVER = Ticket.NEVER;

  /** A waiting minute: the user has left the queue. */
  private static final long LEFT = Long.MAX_VALUE;

  private final List<String> homes = new ArrayList<>();
  private final CountTable active = new CountTable();
  private final CountTable waiting = new CountTable();
  private final CountTable newUsers = new CountTable();
  private final CountTable traffic = new CountTable();
  private final RecentUsers recent = new RecentUsers();

  WorkerCells(String dataCenter) {
    homes.add(dataCenter);
  }

  /** Counts an accepted user. */
  Ticket seeActive(Ticket ticket, Instant now, boolean renew) {
    long minute = RoomTime.minute(now);
    long cell = RoomTime.cell(now);
    boolean moves = (renew || ticket.activeCell() == NEVER) && ticket.activeCell() < cell;
    if (moves || ticket.trafficMinute() < minute) {
      int row = recent.row(ticket.id(), minute);
      countTraffic(row, ticket.trafficMinute(), minute);
      if (moves) {
        moveActive(row, ticket, cell);
      }
    }
    return new Ticket(
        ticket.id(),
        ticket.bucketMinute(),
        now,
        ticket.acceptedAt(),
        ticket.home(),
        Math.max(ticket.trafficMinute(), minute),
        moves ? cell : ticket.activeCell(),
        NEVER,
        NEVER,
        ticket.infinite());
  }

  /** Counts a queued user that was not admitted. */
  Ticket seeWaiting(Ticket ticket, long key, Instant now) {
    long minute = RoomTime.minute(now);
    int row = recent.row(ticket.id(), minute);
    countTraffic(row, ticket.trafficMinute(), minute);
    long at = minute;
    long last = lastWaiting(row, ticket);
    if (last != LEFT) {
      at = Math.max(minute, last);
      long lastKey = lastKey(row, ticket);
      if (last != at || lastKey != key) {
        waiting.add(key, at, 1);
        if (last != NEVER) {
          waiting.add(lastKey, last, -1);
        }
        recent.set(row, RecentUsers.WAITING_MINUTE, at);
        recent.set(row, RecentUsers.WAITING_KEY, key);
      }
    }
    return new Ticket(
        ticket.id(),
        ticket.bucketMinute(),
        now,
        null,
        "",
        Math.max(ticket.trafficMinute(), minute),
        NEVER,
        at,
        key,
        ticket.infinite());
  }

  /** Counts a user that is let in. */
  Ticket admit(TicketId id, long bucketMinute, Instant now) {
    return admit(
        new Ticket(id, bucketMinute, now, null, "", NEVER, NEVER, NEVER, NEVER, false), now);
  }

  /** Counts a queued user that is let in. */
  Ticket admit(Ticket ticket, Instant now) {
    long minute = RoomTime.minute(now);
    long cell = RoomTime.cell(now);
    int row = recent.row(ticket.id(), minute);
    countTraffic(row, ticket.trafficMinute(), minute);
    leave(row, ticket);
    active.add(0, cell, 1);
    newUsers.add(minute, 0, 1);
    recent.set(row, RecentUsers.ACTIVE_CELL, cell);
    recent.set(row, RecentUsers.ADMITTED_AT, now.toEpochMilli());
    return new Ticket(
        ticket.id(),
        ticket.bucketMinute(),
        now,
        now,
        homes.get(0),
        Math.max(ticket.trafficMinute(), minute),
        cell,
        NEVER,
        NEVER,
        false);
  }

  /** A request without a ticket that gets none. */
  void seeNobody(Instant now) {
    traffic.add(RoomTime.minute(now), 0, 1);
  }

  /** The ticket of a user that was let in a moment ago, for another request with the old one. */
  Ticket again(Ticket ticket, long admittedAt, Instant now) {
    var accepted = Instant.ofEpochMilli(admittedAt);
    return new Ticket(
        ticket.id(),
        ticket.bucketMinute(),
        now,
        accepted,
        homes.get(0),
        Math.max(ticket.trafficMinute(), RoomTime.minute(accepted)),
        Math.max(RoomTime.cell(accepted), recent.peek(ticket.id(), RecentUsers.ACTIVE_CELL)),
        NEVER,
        NEVER,
        false);
  }

  /** When the ticket of a queued user was used to enter here, or {@link Ticket#NEVER}. */
  long admittedAt(TicketId id) {
    return recent.peek(id, RecentUsers.ADMITTED_AT);
  }

  /** A user whose ticket is void gives its place up. */
  void leave(Ticket ticket, Instant now) {
    leave(recent.row(ticket.id(), RoomTime.minute(now)), ticket);
  }

  /** The origin ended a session. */
  void revoke(Ticket ticket, Instant now) {
    int row = recent.row(ticket.id(), RoomTime.minute(now));
    long cell = Math.max(ticket.activeCell(), recent.get(row, RecentUsers.ACTIVE_CELL));
    if (cell != NEVER) {
      active.add(home(ticket.home()), cell, -1);
    }
  }

  /** Drops cells that count nowhere any more. */
  void age(Instant now, Retention retention) {
    var oldest = now.minus(retention.kept());
    long oldestCell = RoomTime.cell(oldest);
    long oldestMinute = RoomTime.minute(oldest);
    active.retain((home, cell) -> cell >= oldestCell);
    waiting.retain((key, minute) -> minute >= oldestMinute);
    newUsers.retain((minute, none) -> minute >= oldestMinute);
    traffic.retain((minute, none) -> minute >= oldestMinute);
    recent.tick(RoomTime.minute(now));
  }

  /** Distinct users seen here in a minute. */
  long traffic(long minute) {
    return traffic.get(minute, 0);
  }

  boolean isEmpty() {
    return active.isEmpty() && waiting.isEmpty() && newUsers.isEmpty() && traffic.isEmpty();
  }

  /** What was counted so far and still counts at a time. */
  RoomCells cells(Instant now, Retention retention) {
    var actives = new ArrayList<RoomCells.Active>();
    active.forEach(
        (home, cell, users) ->
            actives.add(new RoomCells.Active(homes.get((int) home), cell, users)));
    actives.sort(
        Comparator.comparing(RoomCells.Active::home).thenComparingLong(RoomCells.Active::cell));
    var waitings = new ArrayList<RoomCells.Waiting>();
    waiting.forEach(
        (key, minute, users) -> waitings.add(new RoomCells.Waiting(key, minute, users)));
    waitings.sort(
        Comparator.comparingLong(RoomCells.Waiting::key)
            .thenComparingLong(RoomCells.Waiting::minute));
    return retention.counting(
        new RoomCells(actives, waitings, minutes(newUsers), minutes(traffic)), now);
  }

  private static List<RoomCells.PerMinute> minutes(CountTable table) {
    var list = new ArrayList<RoomCells.PerMinute>();
    table.forEach((minute, none, users) -> list.add(new RoomCells.PerMinute(minute, users)));
    list.sort(Comparator.comparingLong(RoomCells.PerMinute::minute));
    return list;
  }

  private void countTraffic(int row, long ticketMinute, long minute) {
    if (ticketMinute < minute && recent.get(row, RecentUsers.TRAFFIC_MINUTE) < minute) {
      traffic.add(minute, 0, 1);
      recent.set(row, RecentUsers.TRAFFIC_MINUTE, minute);
    }
  }

  private void moveActive(int row, Ticket ticket, long cell) {
    // an older request may come after a newer one: the cell last charged here counts, not the
    // ticket's
    long last = Math.max(ticket.activeCell(), recent.get(row, RecentUsers.ACTIVE_CELL));
    if (last < cell) {
      int home = home(ticket.home());
      active.add(home, cell, 1);
      if (last != NEVER) {
        active.add(home, last, -1);
      }
      recent.set(row, RecentUsers.ACTIVE_CELL, cell);
    }
  }

  private long lastWaiting(int row, Ticket ticket) {
    return Math.max(ticket.waitingMinute(), recent.get(row, RecentUsers.WAITING_MINUTE));
  }

  private long lastKey(int row, Ticket ticket) {
    return recent.get(row, RecentUsers.WAITING_MINUTE) >= ticket.waitingMinute()
        ? recent.get(row, RecentUsers.WAITING_KEY)
        : ticket.waitingKey();
  }

  private void leave(int row, Ticket ticket) {
    long last = lastWaiting(row, ticket);
    if (last != LEFT) {
      if (last != NEVER) {
        waiting.add(lastKey(row, ticket), last, -1);
      }
      recent.set(row, RecentUsers.WAITING_MINUTE, LEFT);
    }
  }

  private int home(String name) {
    int index = homes.indexOf(name);
    if (index < 0) {
      index = homes.size();
      homes.add(name);
    }
    return index;
  }
}
