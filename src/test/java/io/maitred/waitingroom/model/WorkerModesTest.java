package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Desk.at;
import static io.maitred.waitingroom.model.Desk.key;
import static io.maitred.waitingroom.model.Desk.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.Desk.Version;
import io.maitred.waitingroom.model.Outcome.Queued;
import io.maitred.waitingroom.model.Outcome.Reason;
import io.maitred.waitingroom.model.Outcome.Rejected;
import io.maitred.waitingroom.model.Outcome.ToOrigin;
import io.maitred.waitingroom.model.config.QueueingMethod;
import org.junit.jupiter.api.Test;

/** Special modes, events and revocation: contract 14, 15. */
class WorkerModesTest {
  private final Desk desk = new Desk();

  /** D33. */
  @Test
  void queueAll_slotsExist_nobodyNewEnters() {
    desk.apply(Version.of("10:00:00").newUsers(1).rate(30));
    var active = desk.entered(null, Reason.NEW);
    var waiting = desk.queued(null, Reason.NO_SLOT);
    desk.queueAll(true).time("10:00:30");
    desk.apply(Version.of("10:00:28").newUsers(100).rate(30).bucket(key("10:00"), 1, 1));

    desk.entered(active, Reason.ACTIVE);
    waiting = desk.queued(waiting, Reason.QUEUE_ALL);
    var newcomer = desk.queued(null, Reason.QUEUE_ALL);
    assertFalse(assertInstanceOf(Queued.class, desk.visit(null)).estimate().known());

    desk.queueAll(false).time("10:01:00");
    desk.apply(Version.of("10:00:58").coveredBelow(key("10:00")));
    desk.queued(waiting, Reason.NO_SLOT);
    desk.time("10:01:30").apply(Version.of("10:01:28").coveredBelow(key("10:01")));
    desk.entered(newcomer, Reason.FULL_BUCKET);
  }

  /** D34. */
  @Test
  void suspended_anyTicket_passesUncounted() {
    var ticket = desk.queued(null, Reason.NO_STATE);
    var before = desk.cells();
    desk.suspended(true).time("10:01:00");

    assertEquals(new ToOrigin(null, Reason.SUSPENDED), desk.visit(ticket));
    assertEquals(new ToOrigin(null, Reason.SUSPENDED), desk.visit(null));
    assertEquals(before, desk.cells());
  }

  /** D35. */
  @Test
  void passthrough_noSlots_entersAndCounts() {
    desk.with(QueueingMethod.PASSTHROUGH).apply(Version.of("10:00:00").raw(-800));
    desk.entered(null, Reason.PASSTHROUGH);
    var cells = desk.cells();
    assertEquals(1, Desk.active(cells));
    assertEquals(1, Desk.newUsers(cells));
    assertEquals(1, Desk.traffic(cells));

    desk.queueAll(true).queued(null, Reason.QUEUE_ALL);
  }

  /** D36. */
  @Test
  void reject_onlyActiveUsersPass() {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var active = desk.entered(null, Reason.NEW);
    var waiting = desk.queued(null, Reason.NO_SLOT);
    desk.with(QueueingMethod.REJECT).time("10:00:30");

    desk.entered(active, Reason.ACTIVE);
    assertEquals(new Rejected(desk.now), desk.visit(waiting));
    assertEquals(new Rejected(desk.now), desk.visit(null));
    desk.queueAll(true).queued(null, Reason.QUEUE_ALL);
  }

  /** D37: a pre-queue, then lots. */
  @Test
  void event_prequeueThenShuffle_lotsDecideBeforeLaterArrivals() {
    var event = TicketRulesTest.shuffle();
    desk.time("14:59:59").apply(Version.of("14:59:58").newUsers(5));
    var before = desk.entered(null, Reason.NEW);
    desk.event(event, true).time("15:00:00");
    desk.entered(before, Reason.ACTIVE);
    var first = desk.queued(null, Reason.PREQUEUE);
    var second = desk.queued(null, Reason.PREQUEUE);
    assertTrue(QueueKey.isRank(first.waitingKey()), "a lot is drawn at once");
    desk.time("15:04:00");
    first = desk.queued(first, Reason.PREQUEUE);
    second = desk.queued(second, Reason.PREQUEUE);
    long lowest = Math.min(first.waitingKey(), second.waitingKey());

    desk.event(event, false).time("15:08:00");
    desk.apply(Version.of("15:07:58").coveredBelow(lowest + 1));
    var lucky = first.waitingKey() == lowest ? first : second;
    var other = lucky.equals(first) ? second : first;
    desk.entered(lucky, Reason.FULL_BUCKET);
    desk.queued(other, Reason.NO_SLOT);
    assertTrue(lowest < QueueKey.ofMinute(minute("15:30")), "before all who come after the start");
  }

  /** 14.6: when the event is over, the minute of the first visit counts again. */
  @Test
  void event_over_usersMoveBackToTheirMinute() {
    desk.event(TicketRulesTest.shuffle(), true).time("15:00:00");
    var ticket = desk.queued(null, Reason.PREQUEUE);
    desk.event(null, false).time("15:01:00");
    ticket = desk.queued(ticket, Reason.NO_STATE);

    assertEquals(key("15:00"), ticket.waitingKey());
    assertEquals(1, Desk.waiting(desk.cells()));
  }

  @Test
  void partialGroup_ranksOfIt_useItsSlots() {
    long start = minute("15:30");
    desk.event(TicketRulesTest.shuffle(), false).time("15:31:00");
    desk.apply(
        Version.of("15:31:00")
            .coveredBelow(QueueKey.ofRank(start, 64))
            .bucket(QueueKey.ofRank(start, 0), 0, 0)
            .bucket(QueueKey.ofRank(start, 64), 50, 1)
            .bucket(QueueKey.ofRank(start, 128), 50, 0)
            .partial(QueueKey.ofRank(start, 64), new Share(1, false)));

    desk.entered(lot(10), Reason.FULL_BUCKET);
    desk.queued(lot(128), Reason.NO_SLOT);
    desk.entered(lot(127), Reason.PARTIAL_BUCKET);
    desk.queued(lot(70), Reason.NO_SLOT);
  }

  private Ticket lot(int rank) {
    return new Ticket(
        new TicketId(desk.random.nextLong(), rank),
        minute("15:10"),
        desk.now.minusSeconds(30),
        null,
        "",
        Ticket.NEVER,
        Ticket.NEVER,
        Ticket.NEVER,
        Ticket.NEVER,
        false);
  }

  /** D31. */
  @Test
  void revoke_activeUser_isUncountedOnceAndNewNext() {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var ticket = desk.entered(null, Reason.NEW);
    desk.time("10:00:40");
    var seen = desk.entered(ticket, Reason.ACTIVE);

    assertTrue(desk.state.revoke(seen, desk.now));
    assertFalse(desk.state.revoke(seen, desk.now), "a second time changes nothing");
    var report = desk.state.cut(at("10:00:42"));
    assertEquals(0, Desk.active(report.cells()));
    assertEquals(
        java.util.List.of(new RevokedTicket(ticket.id(), minute("10:06"))), report.revoked());
    var again = desk.queued(ticket, Reason.NO_SLOT);
    assertNotEquals(ticket.id(), again.id());
  }

  @Test
  void revoked_atAnotherWorker_isNoTicketHere() {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var ticket = desk.entered(null, Reason.NEW);
    desk.time("10:00:04").apply(Version.of("10:00:02").revoked(ticket.id()));

    assertNotEquals(ticket.id(), desk.queued(ticket, Reason.NO_SLOT).id());
  }

  /** 15.7. */
  @Test
  void infiniteTicket_slotsExist_waitsUncounted() {
    desk.apply(Version.of("10:00:00").newUsers(5).coveredBelow(key("10:00")));
    var ticket =
        new Ticket(
            new TicketId(1, 2),
            minute("09:58"),
            at("09:59:30"),
            null,
            "",
            Ticket.NEVER,
            Ticket.NEVER,
            Ticket.NEVER,
            Ticket.NEVER,
            true);
    var seen = desk.queued(ticket, Reason.INFINITE);

    assertTrue(seen.infinite());
    assertEquals(desk.now, seen.lastCheckIn());
    assertEquals(RoomCells.NONE, desk.cells());
  }
}
