package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoomWorldTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                     T,    centers, workers, spread,   loss, overshoot
          one data center,          1000, 1,       3,       100,      0,    5
          three alike,              1000, 3,       3,       34 33 33, 0,    10
          three unlike,             1000, 3,       3,       80 15 5,  0,    10
          small room,               200,  5,       20,      20 20 20 20 20, 0, 10
          lossy,                    1000, 3,       3,       80 15 5,  0.1,  10
          """)
  void coldSpike_staysNearTheLimit(
      String name, int total, int centers, int workers, String spread, double loss, int overshoot) {
    var world =
        new RoomWorld(5, Cells.limits(total, 100_000), AllocationRules.DEFAULT, centers, workers);
    world.loss = loss;
    var parts = spread.split(" ", -1);
    // ten times the limit in ten seconds
    for (int i = 0; i < 10 * total; i++) {
      int at = world.random.nextInt(100);
      int site = 0;
      for (int sum = Integer.parseInt(parts[0]); at >= sum; sum += Integer.parseInt(parts[site])) {
        site++;
      }
      var to = world.sites.get(site);
      world.after(world.random.nextInt(10_000), () -> world.arrive(to, 60));
    }
    long most = 0;
    for (int second = 0; second < 600; second++) {
      world.run(1000);
      most = Math.max(most, world.active());
    }
    assertTrue(most <= total * (100 + overshoot) / 100, name + ": " + most);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                      T,    centers, workers, loss, overshoot, used
          one data center,           1000, 1,       3,       0,    2,         95
          three data centers,        1000, 3,       3,       0,    2,         95
          many workers and few slots, 200,  5,       20,      0,    2,         95
          lossy,                     1000, 3,       3,       0.05, 3,         93
          """)
  void steadyQueue_keepsTheRoomFull(
      String name, int total, int centers, int workers, double loss, int overshoot, int used) {
    var world =
        new RoomWorld(11, Cells.limits(total, 100_000), AllocationRules.DEFAULT, centers, workers);
    world.loss = loss;
    // twice what the room can take; three of ten give up after a while
    int minutes = 12;
    for (int i = 0; i < 2 * total / 5 * minutes; i++) {
      var site = world.sites.get(world.random.nextInt(centers));
      int checkIns = world.random.nextInt(10) < 3 ? 1 + world.random.nextInt(12) : 1000;
      world.after(world.random.nextInt(minutes * 60_000), () -> world.arrive(site, checkIns));
    }
    long most = 0;
    long sum = 0;
    int seconds = 0;
    for (int second = 0; second < minutes * 60; second++) {
      world.run(1000);
      if (second >= 6 * 60) {
        most = Math.max(most, world.counted());
        sum += world.counted();
        seconds++;
      }
    }
    assertTrue(most * 100 <= total * (100L + overshoot), name + ": " + most);
    assertTrue(sum * 100 >= (long) total * seconds * used, name + ": " + sum / seconds);
    assertEquals(0, world.inversions(), name);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shares_areNotSpentTwice_whateverTheOrderOfReportsAndAnswers(long seed) {
    var random = new Random(seed);
    int total = 300;
    var world =
        new RoomWorld(
            seed,
            Cells.limits(total, 100_000),
            AllocationRules.DEFAULT,
            1 + random.nextInt(3),
            1 + random.nextInt(5));
    world.loss = 0.3;
    for (int i = 0; i < 10 * total; i++) {
      var site = world.sites.get(world.random.nextInt(world.sites.size()));
      world.after(world.random.nextInt(100_000), () -> world.arrive(site, 1000));
    }
    long most = 0;
    for (int second = 0; second < 240; second++) {
      world.run(1000);
      most = Math.max(most, world.active());
    }
    assertTrue(most <= total * 1.1, "seed " + seed + ": " + most);
  }

  @Test
  void s16_slotsShrink_thenUsersWait_andTheRoomStaysFull() {
    var world = new RoomWorld(16, Cells.limits(250, 100_000), AllocationRules.DEFAULT, 1, 2);
    var site = world.sites.get(0);
    for (int i = 0; i < 1500; i++) {
      world.after(world.random.nextInt(720_000), () -> world.arrive(site, 1000));
    }
    long before = 0;
    while (world.users.stream().allMatch(user -> user.admittedAt >= 0)) {
      assertTrue(world.counted() >= before, "they only come at first");
      before = world.counted();
      world.run(1000);
    }
    assertTrue(before >= 240, "users wait only when the room is full: " + before);
    long sum = 0;
    for (int second = 0; second < 480; second++) {
      world.run(1000);
      sum += world.counted();
      assertTrue(world.counted() <= 255, second + " s later: " + world.counted());
    }
    // those who came together leave together, and who waits notices at the next refresh
    assertTrue(sum >= 480 * 237, "on average: " + sum / 480);
  }

  @Test
  void cutOffDataCenter_spendsItsLastShareOnly() {
    var world = new RoomWorld(3, Cells.limits(1000, 100_000), AllocationRules.DEFAULT, 3, 3);
    crowd(world, 600, 60_000);
    world.run(61_000);
    world.sites.get(2).isCutOff = true;
    crowd(world, 9000, 120_000);
    long most = 0;
    for (int second = 0; second < 200; second++) {
      world.run(1000);
      most = Math.max(most, world.active());
    }
    assertTrue(most <= 1050, "active " + most);
    world.sites.get(2).isCutOff = false;
    world.run(60_000);
    assertTrue(world.active() <= 1050, "active " + world.active());
  }

  @Test
  void restarts_doNotLoseCount() {
    var world = new RoomWorld(9, Cells.limits(1000, 100_000), AllocationRules.DEFAULT, 2, 3);
    crowd(world, 9000, 60_000);
    world.run(90_000);
    long most = 0;
    for (int round = 0; round < 6; round++) {
      var site = world.sites.get(round % 2);
      if (round % 3 == 0) {
        world.global = new GlobalRoomState(SlotAllocation.of(world.rules));
      }
      site.isDown = true;
      world.run(4000);
      site.restart();
      world.run(20_000);
      most = Math.max(most, world.active());
    }
    assertTrue(most <= 1030, "active " + most);
  }

  @Test
  void deadWorkers_leaveTheirUsersAndSlots() {
    var world = new RoomWorld(10, Cells.limits(1000, 100_000), AllocationRules.DEFAULT, 2, 4);
    crowd(world, 9000, 60_000);
    world.run(30_000);
    for (var site : world.sites) {
      site.kill(site.workers.get(0));
    }
    long most = 0;
    for (int second = 0; second < 420; second++) {
      world.run(1000);
      most = Math.max(most, world.active());
    }
    assertTrue(most <= 1030, "active " + most);
    assertTrue(world.active() >= 950, "active " + world.active());
  }

  @Test
  void roomWithoutUsers_fallsSilentEverywhere() {
    var world = new RoomWorld(4, Cells.limits(1000, 1000), AllocationRules.DEFAULT, 3, 3);
    crowd(world, 50, 10_000);
    world.run(30_000);
    assertTrue(world.sites.stream().allMatch(site -> site.state.isAwake()));
    world.run(16 * 60_000);
    assertTrue(world.sites.stream().allMatch(site -> site.state.isSilent()));
    crowd(world, 5000, 5_000);
    world.run(20_000);
    assertTrue(world.active() <= 1100 && world.active() >= 700, "active " + world.active());
  }

  private static void crowd(RoomWorld world, int users, int millis) {
    for (int i = 0; i < users; i++) {
      var site = world.sites.get(world.random.nextInt(world.sites.size()));
      world.after(world.random.nextInt(millis), () -> world.arrive(site, 1000));
    }
  }
}
