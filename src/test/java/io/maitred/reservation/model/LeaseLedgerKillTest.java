package io.maitred.reservation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaseLedgerKillTest {
  private final LeaseWorld world = new LeaseWorld(new Random(1), 1);

  private LeaseWorld.Router router(int requests) {
    world.loss = 0;
    world.doubling = 0;
    var router = world.join();
    world.startReserver(true);
    world.run(2_000);
    router.waiting = requests;
    return router;
  }

  private List<LedgerOutput> prepareKill() {
    var reserver = world.newest();
    var step = reserver.ledger.prepareKill(Set.of(), world.moment());
    reserver.take(step);
    return step.outputs();
  }

  @Test
  void prepareKill_idleInstance_isLockedOnceItsSlotsAreBack() {
    router(0);
    var first = world.addInstance();
    world.run(world.now + 1_000);
    var second = world.addInstance();
    world.run(world.now + 3_000);
    assertTrue(prepareKill().stream().noneMatch(LedgerOutput.KillReady.class::isInstance));
    world.run(world.now + 900);
    assertEquals(0, world.newest().ledger.counted(second), "the youngest is chosen");
    assertEquals(1, world.newest().ledger.counted(first));
    // asked again, as its answer may have been lost
    assertEquals(new LedgerOutput.KillReady(second), prepareKill().get(0));
    restore(second);
  }

  private void restore(InstanceId instance) {
    var reserver = world.newest();
    reserver.take(reserver.ledger.killEnded(instance, false, world.moment()));
    world.run(world.now + 2_000);
    assertEquals(1, reserver.ledger.counted(instance));
  }

  @Test
  void prepareKill_allBusy_nothingIsKillable() {
    var router = router(1);
    world.addInstance();
    world.run(world.now + 3_000);
    assertEquals(1, router.served);
    assertTrue(prepareKill().contains(new LedgerOutput.NothingKillable()));
  }
}
