package io.maitred.reservation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import io.maitred.service.model.Instance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lease protocol under everything that can go wrong, with the real rules on both sides. */
class LeaseProtocolSimulationTest {
  private static final int SEEDS = Integer.getInteger("maitred.lease.seeds", 500);

  @Test
  void anySequenceOfEvents_neverStartsMoreThanCapacity_andSettles() {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        new Story(seed).tell();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** A random sequence of events, then quiet. */
  private static final class Story {
    private final Random random;
    private final LeaseWorld world;
    private final Map<InstanceId, Instance> vanished = new HashMap<>();

    Story(int seed) {
      random = new Random(seed);
      world = new LeaseWorld(random, 1 + random.nextInt(4));
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        world.join();
      }
      world.startReserver(true);
      for (int i = 0; i < random.nextInt(4); i++) {
        world.addInstance();
      }
    }

    void tell() {
      int events = 20 + random.nextInt(60);
      for (int i = 0; i < events; i++) {
        event();
        world.run(world.now + random.nextInt(random.nextInt(10) == 0 ? 4_000 : 250));
      }
      settle();
    }

    private void event() {
      var routers = world.routers.values().stream().filter(r -> r.runs() && !r.isolated).toList();
      var router = routers.isEmpty() ? null : routers.get(random.nextInt(routers.size()));
      int kind = random.nextInt(100);
      if (kind < 35) {
        request(router);
      } else if (kind < 60) {
        finish(router);
      } else if (kind < 64) {
        if (world.routers.size() < 6) {
          world.join();
        }
      } else if (kind < 76) {
        membership(kind, router, routers.size());
      } else if (kind < 82) {
        world.startReserver(random.nextBoolean());
      } else if (kind < 86) {
        world.level(1 + random.nextInt(4));
      } else if (kind < 95) {
        instances(kind);
      } else if (kind < 97) {
        world.restartSync();
        world.list();
      } else if (router != null) {
        router.dropPool();
      }
    }

    private void request(LeaseWorld.@Nullable Router router) {
      if (router != null) {
        router.pooled = true;
        router.waiting += 1 + random.nextInt(3);
        router.dirty = true;
        router.start();
        router.sendReport();
      }
    }

    private void finish(LeaseWorld.@Nullable Router router) {
      if (router != null) {
        router.finishOne();
      }
    }

    private void membership(int kind, LeaseWorld.@Nullable Router router, int running) {
      if (router == null || running < 2 || router.standing != Account.Standing.UP) {
        return;
      }
      if (kind < 67) {
        world.leave(router);
      } else if (kind < 70) {
        world.crash(router);
      } else if (kind < 72) {
        world.isolate(router);
      } else {
        world.pause(router);
      }
    }

    private void instances(int kind) {
      var known = List.copyOf(world.instances.keySet());
      if (kind < 89) {
        if (known.size() < 4) {
          world.addInstance();
        }
      } else if (kind < 92 && !known.isEmpty()) {
        var id = known.get(random.nextInt(known.size()));
        var instance = world.instances.remove(id);
        if (instance != null) {
          vanished.put(id, instance);
        }
        world.list();
      } else if (!vanished.isEmpty()) {
        var id = vanished.keySet().stream().sorted().findFirst().orElseThrow();
        var instance = vanished.remove(id);
        if (instance != null) {
          world.returnInstance(id, instance);
        }
      }
    }

    /** The dust settles: every slot is used again, nobody waits in vain. */
    private void settle() {
      world.loss = 0;
      world.doubling = 0;
      if (world.instances.isEmpty()) {
        world.addInstance();
      }
      world.step = 200;
      world.run(world.now + 60_000);
      if (world.routers.values().stream().noneMatch(LeaseWorld.Router::runs)) {
        world.join();
      }
      world.reservers.subList(0, world.reservers.size() - 1).forEach(r -> r.alive = false);
      world.list();
      world.run(world.now + 20_000);
      var routers = world.routers.values().stream().filter(LeaseWorld.Router::runs).toList();
      assertTrue(
          world.newest().ledger.isComplete(), () -> "unheard: " + world.newest().ledger.unheard());
      int capacity = world.level * world.instances.size();
      // everybody is served in the end, while requests end
      for (int round = 0; round < 400 && routers.stream().anyMatch(r -> r.waiting > 0); round++) {
        assertNoneWaitsForFreeSlot(routers, capacity);
        routers.forEach(LeaseWorld.Router::finishOne);
        world.run(world.now + 1_000);
      }
      assertEquals(0, routers.stream().mapToInt(r -> r.waiting).sum(), "still waiting");
      // no slot is lost: a crowd at one router gets them all
      routers.forEach(r -> drain(r));
      world.run(world.now + 2_000);
      var crowded = routers.get(random.nextInt(routers.size()));
      crowded.pooled = true;
      crowded.waiting = capacity + 3;
      crowded.dirty = true;
      world.run(world.now + 10_000);
      assertEquals(
          capacity,
          crowded.inUse.values().stream().mapToInt(Integer::intValue).sum(),
          () -> "slots used by one router; targets " + world.newest().ledger.targets());
    }

    private void assertNoneWaitsForFreeSlot(List<LeaseWorld.Router> routers, int capacity) {
      world.run(world.now + 5_000);
      int waiting = routers.stream().mapToInt(r -> r.waiting).sum();
      int used =
          world.instances.keySet().stream()
              .mapToInt(i -> routers.stream().mapToInt(r -> r.inUse.getOrDefault(i, 0)).sum())
              .sum();
      assertTrue(
          waiting == 0 || used >= capacity,
          () ->
              waiting
                  + " wait, "
                  + used
                  + " of "
                  + capacity
                  + " used; targets "
                  + world.newest().ledger.targets()
                  + describe(routers));
    }

    private static String describe(List<LeaseWorld.Router> routers) {
      var text = new StringBuilder();
      for (var router : routers) {
        text.append("; ")
            .append(router.id)
            .append(" waits ")
            .append(router.waiting)
            .append(" uses ")
            .append(router.inUse)
            .append(" may start ")
            .append(router.mayStart())
            .append(' ')
            .append(router.leases);
      }
      return text.toString();
    }

    private static void drain(LeaseWorld.Router router) {
      while (router.inUse.values().stream().anyMatch(n -> n > 0)) {
        router.finishOne();
      }
    }
  }

  @Test
  void capacityOne_threeUnequalRouters_everyQueueAdvances() {
    for (int seed = 0; seed < 6; seed++) {
      var world = new LeaseWorld(new Random(seed), 1);
      world.loss = seed % 2 == 0 ? 0 : 0.1;
      var routers = List.of(world.join(), world.join(), world.join());
      world.startReserver(true);
      world.run(2_000);
      world.addInstance();
      world.list();
      var queues = new int[] {100, 15, 5};
      for (int second = 0; second < 500; second++) {
        for (int i = 0; i < 3; i++) {
          routers.get(i).waiting = queues[i];
          routers.get(i).dirty = true;
          routers.get(i).start();
          routers.get(i).finishOne();
        }
        world.run(world.now + 500);
      }
      long all = routers.stream().mapToLong(r -> r.served).sum();
      for (int i = 0; i < 3; i++) {
        double share = (double) routers.get(i).served / all;
        double fair = queues[i] / 120.0;
        assertTrue(
            share > fair * 0.5 && share < fair * 2 + 0.1,
            "seed " + seed + ": router " + i + " got " + share + " of the requests, fair " + fair);
      }
    }
  }

  @Test
  void atRest_nothingIsSent() {
    var world = new LeaseWorld(new Random(1), 3);
    world.loss = 0;
    world.join();
    world.join();
    world.startReserver(true);
    world.addInstance();
    world.run(10_000);
    var ledger = world.newest().ledger;
    assertTrue(ledger.isAtRest());
    assertTrue(ledger.tick(world.moment()).outputs().isEmpty());
  }
}
