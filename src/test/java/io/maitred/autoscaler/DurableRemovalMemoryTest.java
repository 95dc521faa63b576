package io.maitred.autoscaler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.persistence.testkit.PersistenceTestKitDurableStateStorePlugin;
import com.typesafe.config.ConfigFactory;
import io.maitred.autoscaler.model.Removal;
import io.maitred.common.ServiceId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DurableRemovalMemoryTest {
  private static final ServiceId A = new ServiceId("waiter-service-a");
  private static final Instant T0 = Instant.parse("2024-01-31T10:00:00.123Z");

  private final ActorTestKit testKit =
      ActorTestKit.create(
          PersistenceTestKitDurableStateStorePlugin.config()
              .withFallback(ConfigFactory.parseString("akka.actor.provider = local"))
              .withFallback(ConfigFactory.load()));
  private final RemovalMemory memory = DurableRemovalMemory.of(testKit.system());

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void memory_isLoadedAsStored_untilForgotten_andAgainAfterwards() throws Exception {
    var first = new Removal(T0, 3, T0.plusSeconds(1), true, T0.plusSeconds(2));
    var second = Removal.fresh(T0.plusSeconds(5));

    assertEquals(Optional.empty(), get(memory.load(A)));
    get(memory.store(A, first));
    assertEquals(Optional.of(first), get(memory.load(A)));
    get(memory.store(A, second));
    assertEquals(Optional.of(second), get(memory.load(A)));
    get(memory.forget(A));
    assertEquals(Optional.empty(), get(memory.load(A)));
    get(memory.store(A, first));
    assertEquals(Optional.of(first), get(memory.load(A)));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
