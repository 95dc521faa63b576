package io.maitred.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.SerializationExtension;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnouncedTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "announced",
          ConfigFactory.parseString("akka.actor.provider = local")
              .withFallback(ConfigFactory.load()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static TableKeeper.Announced ofBytes(int bytes) {
    return TableKeeper.Announced.of(new StoredRow(7, "Token|t", 3, new byte[bytes], 4201, ""));
  }

  private static byte[] serialized(TableKeeper.Announced announced) {
    return SerializationExtension.get(KIT.system()).serialize(announced).get();
  }

  @ParameterizedTest(name = "{0} bytes")
  @CsvSource({"0, true", "921600, true", "921601, false", "10000000, false"})
  void announced_fitsIntoAMessage_withoutTheDocumentWhenItIsLarge(int bytes, boolean complete) {
    var announced = ofBytes(bytes);
    var frame =
        KIT.system()
            .settings()
            .config()
            .getMemorySize("akka.remote.artery.advanced.maximum-frame-size")
            .toBytes();
    assertEquals(complete, announced.payload() != null);
    assertTrue(serialized(announced).length < frame * 0.96);
  }

  @Test
  void announced_isTheSameAfterTheJourney() {
    for (int bytes : new int[] {5, 1_000_000}) {
      var sent = ofBytes(bytes);
      var serialization = SerializationExtension.get(KIT.system());
      var serializer = serialization.findSerializerFor(sent);
      var read =
          (TableKeeper.Announced)
              serialization
                  .deserialize(
                      serializer.toBinary(sent),
                      serializer.identifier(),
                      akka.serialization.Serializers.manifestFor(serializer, sent))
                  .get();
      assertEquals("Token|t", read.persistenceId());
      assertEquals(3, read.revision());
      assertEquals(4201, read.serializerId());
      assertEquals("", read.manifest());
      if (sent.payload() == null) {
        assertNull(read.payload());
      } else {
        assertArrayEquals(sent.payload(), read.payload());
      }
    }
  }
}
