package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Desk.at;
import static io.maitred.waitingroom.model.Desk.key;
import static io.maitred.waitingroom.model.Desk.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.Desk.Version;
import io.maitred.waitingroom.model.Outcome.Draw;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.Outcome.Queued;
import io.maitred.waitingroom.model.Outcome.Reason;
import io.maitred.waitingroom.model.Outcome.ToOrigin;
import io.maitred.waitingroom.model.RoomWorkerState.Drawn;
import io.maitred.waitingroom.model.config.QueueingMethod;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The decision for one visit, fifo and random: contract 11, and the vectors that name it. */
class WorkerDecisionTest {
  private final Desk desk = new Desk();

  /** S5, S6: first seen in minute 19:51, let in at 20:01:13. */
  @Test
  void ticket_queuedThenAccepted_keepsItsBucket() {
    var ticket = desk.time("19:51:42").queued(null, Reason.NO_STATE);
    assertEquals(minute("19:51"), ticket.bucketMinute());
    assertEquals(at("19:51:42"), ticket.lastCheckIn());
    for (var time : new String[] {"19:55:42", "19:58:00"}) {
      ticket = desk.time(time).queued(ticket, Reason.NO_STATE);
    }
    desk.time("20:01:13").apply(Version.of("20:01:12").coveredBelow(key("19:52")));
    ticket = desk.entered(ticket, Reason.FULL_BUCKET);

    assertEquals(minute("19:51"), ticket.bucketMinute());
    assertEquals(at("20:01:13"), ticket.acceptedAt());
    assertEquals(at("20:01:13"), ticket.lastCheckIn());
    assertEquals("Dublin", ticket.home());
  }

  /** S15: no state: the configured limits, of which this worker has a part. */
  @Test
  void newUser_roomWithoutState_entersOnTheColdStart() {
    desk.apply(Version.cold().newUsers(5).worker(0, 2));

    assertEquals(3, desk.arrivals(7), "ceil(5 / 2)");
  }

  /** 17.1: until it is answered a worker gives nothing: the room may be full. */
  @Test
  void newUser_beforeTheFirstAnswer_queues() {
    assertEquals(0, desk.arrivals(3));
  }

  /** D17. */
  @Test
  void newUser_othersWait_queuesAlthoughSlotsExist() {
    desk.apply(Version.of("10:00:00").raw(10).bucket(key("09:58"), 12, 10));
    desk.queued(null, Reason.OTHERS_FIRST);
  }

  /** D17. */
  @Test
  void newUser_noSlots_queues() {
    desk.apply(Version.of("10:00:00"));
    desk.queued(null, Reason.NO_SLOT);
  }

  /** B6. */
  @Test
  void newUsers_dividedSlots_unevenArrivalsQueue() {
    var other = new Desk();
    desk.apply(Version.of("10:00:00").newUsers(10).worker(0, 2));
    other.apply(Version.of("10:00:00").newUsers(10).worker(1, 2));

    assertEquals(5, desk.arrivals(7));
    assertEquals(1, other.arrivals(1));
  }

  /** B9: over-provisioned slices overshoot. */
  @Test
  void newUsers_slicesBeyondTheSlots_overshoot() {
    var share = new Share(10, false, 8);
    var other = new Desk();
    desk.apply(Version.of("10:00:00").newUsers(share).worker(0, 2));
    other.apply(Version.of("10:00:00").newUsers(share).worker(1, 2));

    assertEquals(15, desk.arrivals(8) + other.arrivals(7));
  }

  /** D20: a newcomer beside two listed workers with ten slots. */
  @Test
  void newUsers_workerNotListed_hasASmallerSlice() {
    desk.apply(Version.of("10:00:00").newUsers(10).worker(-1, 2));

    assertEquals(3, desk.arrivals(10));
  }

  /** B7. */
  @Test
  void newUsers_drawnSlots_areAllGivenAndNoMore() {
    assertEquals(8, drawnArrivals(7, 1));
    assertEquals(10, drawnArrivals(8, 7));
  }

  private static int drawnArrivals(int here, int there) {
    int[] counter = {0};
    int entered = 0;
    for (int arrivals : new int[] {here, there}) {
      var desk = new Desk();
      desk.apply(Version.of("10:00:00").newUsers(new Share(10, true)).worker(0, 2));
      for (int i = 0; i < arrivals; i++) {
        var outcome = desk.visit(null);
        if (outcome instanceof Draw) {
          var drawn = counter[0]++ < 10 ? Drawn.GRANTED : Drawn.REFUSED;
          outcome = desk.settle(null, outcome, drawn);
        }
        entered += outcome instanceof ToOrigin ? 1 : 0;
      }
    }
    return entered;
  }

  @Test
  void draw_refused_isNotAskedAgainForThatVersion() {
    desk.apply(Version.of("10:00:00").newUsers(new Share(1, true)));
    var draw = desk.visit(null);
    assertEquals(new Draw(at("10:00:00").toEpochMilli(), Pool.NEW_USERS, 0), draw);
    assertInstanceOf(Queued.class, desk.settle(null, draw, Drawn.REFUSED));
    desk.queued(null, Reason.NO_SLOT);

    desk.time("10:00:02").apply(Version.of("10:00:02").newUsers(new Share(1, true)));
    assertInstanceOf(Draw.class, desk.visit(null));
  }

  @Test
  void draw_noAnswer_fallsBackToTheSlice() {
    desk.apply(Version.of("10:00:00").newUsers(new Share(3, true)).worker(0, 2));
    int entered = 0;
    for (int i = 0; i < 5; i++) {
      var outcome = desk.visit(null);
      if (outcome instanceof Draw) {
        outcome = desk.settle(null, outcome, Drawn.NONE);
      }
      entered += outcome instanceof ToOrigin ? 1 : 0;
    }

    assertEquals(2, entered, "the larger half of 3");
  }

  /** B8, in small: the own share first, then the one of anywhere. */
  @Test
  void newUsers_reserve_useBothShares() {
    desk.apply(
        Version.of("10:00:00").newUsers(15).anywhere(new Share(113, false, 11)).worker(0, 3));

    assertEquals(16, desk.arrivals(30), "5 + 11 (B4)");
  }

  @Test
  void drawnReserve_ownShareRefused_isAskedOfAnywhere() {
    desk.apply(Version.of("10:00:00").newUsers(new Share(1, true)).anywhere(new Share(9, true)));
    var own = desk.visit(null);
    var anywhere = desk.settle(null, own, Drawn.REFUSED);

    assertEquals(new Draw(at("10:00:00").toEpochMilli(), Pool.ANYWHERE, 0), anywhere);
    assertInstanceOf(ToOrigin.class, desk.settle(null, anywhere, Drawn.GRANTED));
  }

  /** S11: covered buckets enter anywhere, others do not. */
  @Test
  void queuedUser_belowTheBound_entersWithoutSlots() {
    desk.time("16:00:00").apply(Version.of("16:00:00").coveredBelow(key("15:56")));

    desk.entered(waitingSince("15:55"), Reason.FULL_BUCKET);
    desk.queued(waitingSince("15:56"), Reason.NO_SLOT);
  }

  /** 8.3: the partial bucket's slots are for its users, first come. */
  @Test
  void queuedUsers_partialBucket_enterUntilItsSlotsAreUsed() {
    desk.time("16:00:00")
        .apply(
            Version.of("16:00:00")
                .coveredBelow(key("15:56"))
                .bucket(key("15:56"), 60, 20)
                .partial(key("15:56"), new Share(2, false)));

    desk.entered(waitingSince("15:56"), Reason.PARTIAL_BUCKET);
    desk.queued(waitingSince("15:57"), Reason.NO_SLOT);
    desk.entered(waitingSince("15:56"), Reason.PARTIAL_BUCKET);
    desk.queued(waitingSince("15:56"), Reason.NO_SLOT);
  }

  /** 8.2: users whose bucket the version does not know yet share the new users' slots. */
  @Test
  void queuedUser_newerThanTheVersion_usesASlotOfNewUsers() {
    desk.time("16:00:30").apply(Version.of("16:00:02").coveredBelow(key("16:00")).newUsers(1));

    desk.entered(waitingSince("16:00"), Reason.PARTIAL_BUCKET);
    desk.queued(waitingSince("16:00"), Reason.NO_SLOT);
    assertEquals(0, desk.arrivals(1));
  }

  /** 8.2, last sentence. */
  @Test
  void queuedUsers_staleVersion_enterOnlyAsManyAsItKnew() {
    desk.time("15:59:55")
        .apply(Version.of("15:59:54").coveredBelow(key("15:57")).bucket(key("15:56"), 2, 2));
    desk.entered(waitingSince("15:56"), Reason.FULL_BUCKET);
    desk.time("16:00:10");

    desk.entered(waitingSince("15:56"), Reason.FULL_BUCKET);
    desk.queued(waitingSince("15:56"), Reason.NO_SLOT);
  }

  /** 16.6: who did not ask does not know whether others used the slots. */
  @Test
  void newUser_afterTheWorkerSlept_queuesUntilAnAnswer() {
    desk.apply(Version.of("10:00:00").newUsers(5));
    assertEquals(1, desk.arrivals(1));
    desk.sleepUntil("10:00:20");
    assertEquals(0, desk.arrivals(1));
    desk.apply(Version.of("10:00:20").newUsers(5));
    assertEquals(5, desk.arrivals(9));
  }

  /** D28. */
  @Test
  void newUsers_aggregatorLost_getTheLastBudgetOnce() {
    desk.apply(Version.of("10:00:00").newUsers(5));
    int entered = 0;
    for (var time : new String[] {"10:00:10", "10:00:20", "10:01:10", "10:02:00"}) {
      desk.time(time);
      entered += desk.arrivals(3);
    }

    assertEquals(5, entered);
  }

  /** 17.7. */
  @Test
  void wait_noAnswerForAMinute_isUnknown() {
    desk.time("16:00:00").apply(Version.of("16:00:00").rate(30).bucket(key("15:56"), 60, 0));
    assertTrue(estimateOf(waitingSince("15:56")).known());
    desk.time("16:01:00");
    assertTrue(estimateOf(waitingSince("15:56")).known());
    desk.time("16:01:01");
    assertFalse(estimateOf(waitingSince("15:56")).known());
  }

  private WaitEstimate estimateOf(@Nullable Ticket ticket) {
    return assertInstanceOf(Queued.class, desk.visit(ticket)).estimate();
  }

  /** 12.6. */
  @Test
  void newUser_queueIsFull_getsNoPlace() {
    var full = Version.of("16:00:00").rate(30).bucket(key("15:56"), 43_201, 0);
    desk.time("16:00:01").apply(full);

    assertEquals(
        new Queued(null, desk.now, WaitEstimate.unknown(true), Reason.QUEUE_FULL),
        desk.visit(null));
    var estimate = estimateOf(waitingSince("15:56"));
    assertTrue(estimate.known());
    assertTrue(estimate.queueIsFull());
    assertEquals(0, Desk.waiting(desk.cells()), "the move of the one who has a place");
  }

  /** D32. */
  @Test
  void queuedUser_tooEarly_changesNothing() {
    desk.apply(Version.of("10:00:00"));
    var ticket = desk.queued(null, Reason.NO_SLOT);
    desk.time("10:00:08").apply(Version.of("10:00:02").coveredBelow(key("10:01")));

    var early = assertInstanceOf(Queued.class, desk.visit(ticket));
    assertEquals(Reason.TOO_EARLY, early.reason());
    assertNull(early.ticket());
    assertEquals(at("10:00:00"), early.lastUpdated());
    desk.now = at("10:00:18").plusMillis(999);
    assertEquals(Reason.TOO_EARLY, assertInstanceOf(Queued.class, desk.visit(ticket)).reason());
    desk.now = at("10:00:19").plusMillis(200);
    desk.apply(Version.of("10:00:18").coveredBelow(key("10:01")));
    desk.entered(ticket, Reason.FULL_BUCKET);
  }

  @Test
  void queuedUser_onTime_enters() {
    desk.apply(Version.of("10:00:00"));
    var ticket = desk.queued(null, Reason.NO_SLOT);
    desk.time("10:00:20").apply(Version.of("10:00:18").coveredBelow(key("10:01")));

    desk.entered(ticket, Reason.FULL_BUCKET);
  }

  /** 11.1, 15.9. */
  @Test
  void queuedTicket_used_letsParallelRequestsInOnceChargedAndThenIsVoid() {
    var ticket = waitingSince("09:58");
    desk.apply(
        Version.of("10:00:00")
            .coveredBelow(key("09:58"))
            .bucket(key("09:58"), 9, 2)
            .partial(key("09:58"), new Share(1, false)));
    var first = desk.entered(ticket, Reason.PARTIAL_BUCKET);
    desk.time("10:00:03");
    var second = desk.entered(ticket, Reason.ACTIVE);

    assertEquals(first.acceptedAt(), second.acceptedAt());
    assertEquals(1, desk.state.spent(Pool.PARTIAL_BUCKET));
    assertEquals(1, Desk.active(desk.cells()));
    desk.time("10:00:06");
    var copy = desk.queued(ticket, Reason.NO_SLOT);
    assertNotEquals(ticket.id(), copy.id());
    assertEquals(minute("10:00"), copy.bucketMinute());
  }

  /** D30: another node, the same ticket. */
  @Test
  void tickets_atAnotherWorker_keepSessionAndPlace() {
    desk.apply(Version.of("10:00:00").newUsers(1));
    var accepted = desk.entered(null, Reason.NEW);
    var queued = desk.queued(null, Reason.NO_SLOT);
    var other = new Desk("Nairobi").time("10:01:00");

    assertEquals(accepted.bucketMinute(), other.entered(accepted, Reason.ACTIVE).bucketMinute());
    assertEquals(minute("10:00"), other.queued(queued, Reason.NO_STATE).bucketMinute());
  }

  /** D39: 20 slots, 80 waiting: a quarter of the check-ins. */
  @Test
  void random_slotsForSome_letsThatPartIn() {
    desk.with(QueueingMethod.RANDOM);
    desk.apply(Version.of("10:00:00").random(20_000, 80_000));
    int entered = 0;
    for (int i = 0; i < 10_000; i++) {
      entered += desk.visit(waitingSince("09:58")) instanceof ToOrigin ? 1 : 0;
    }

    assertEquals(0.25, entered / 10_000.0, 0.02);
    assertEquals(entered, desk.state.outcomes(Reason.RANDOM));
  }

  /** 13.2: luck is not enough, the budget must last. */
  @Test
  void random_budgetUsedUp_queues() {
    desk.with(QueueingMethod.RANDOM);
    desk.apply(Version.of("10:00:00").random(3, 3));
    for (int i = 0; i < 3; i++) {
      desk.entered(waitingSince("09:58"), Reason.RANDOM);
    }
    desk.queued(waitingSince("09:57"), Reason.NO_SLOT);
  }

  /** 13.3: slots for everybody who waits, and more. */
  @Test
  void random_moreSlotsThanWait_everybodyEnters() {
    desk.with(QueueingMethod.RANDOM);
    desk.apply(Version.of("10:00:00").random(2, 2).newUsers(2));
    for (int i = 0; i < 3; i++) {
      desk.entered(waitingSince("09:58"), Reason.RANDOM);
    }
    assertEquals(1, desk.arrivals(5));
  }

  /** D41. */
  @Test
  void method_changedAndBack_keepsTheOrder() {
    desk.apply(Version.of("10:00:00"));
    var older = desk.queued(null, Reason.NO_SLOT);
    var newer = desk.time("10:01:00").queued(null, Reason.NO_SLOT);
    desk.with(QueueingMethod.RANDOM).time("10:02:00");
    older = desk.queued(older, Reason.NO_SLOT);
    newer = desk.queued(newer, Reason.NO_SLOT);
    desk.with(QueueingMethod.FIFO).time("10:03:00");
    desk.apply(Version.of("10:02:58").coveredBelow(key("10:01")));

    desk.entered(older, Reason.FULL_BUCKET);
    desk.queued(newer, Reason.NO_SLOT);
  }

  /** A new ticket each, last seen half a minute ago. */
  private Ticket waitingSince(String bucket) {
    return new Ticket(
        TicketId.random(desk.random),
        minute(bucket),
        desk.now.minusSeconds(30),
        null,
        "",
        minute(bucket),
        Ticket.NEVER,
        RoomTime.minute(desk.now.minusSeconds(30)),
        key(bucket),
        false);
  }
}
