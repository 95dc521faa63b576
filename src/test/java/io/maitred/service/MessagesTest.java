package io.maitred.service;

import static io.maitred.service.TestRules.NOW;
import static io.maitred.service.TestRules.document;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.SerializationExtension;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.CborSerializable;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.http.JsonBody;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.SourceToken;
import io.maitred.service.model.StoredDocument;
import io.maitred.service.model.TokenDecision;
import io.maitred.service.model.TokenDocument;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message that leaves the node survives the journey, nested JSON trees included. */
class MessagesTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "messages",
          ConfigFactory.parseString("akka.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private static final Map<String, Object> TREE =
      Map.of("cmd", "x", "cpus", 1.0, "mem", 1, "env", Map.of("A", List.of(1, 1.5, "b", true)));
  private static final ServiceRecord RECORD =
      ServiceRecord.described(
              new ServiceId("s"),
              new ServiceDescription(TREE),
              List.of(new SourceToken("t", "E-1")),
              NOW)
          .withOverrides(TREE, "bob", NOW);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<CborSerializable> messages() {
    var decided = KIT.<TokenEntity.Decided>createTestProbe().ref();
    var found = KIT.<TokenEntity.Found>createTestProbe().ref();
    var recorded = KIT.<ServiceEntity.Recorded>createTestProbe().ref();
    var token = new StoredDocument.Token("t", document("t", "x"), List.of());
    return Stream.of(
        new TokenEntity.Change("id", TestRules.edit("t", TREE), NOW, decided),
        new TokenEntity.Change("id", TestRules.remove("t"), NOW, decided),
        new TokenEntity.Get(found),
        new TokenEntity.Decided(new TokenDecision.Stored(document("t", "x"), true), 1),
        new TokenEntity.Decided(new TokenDecision.Unchanged(document("t", "x")), 1),
        new TokenEntity.Decided(new TokenDecision.Removed("t"), 1),
        new TokenEntity.Decided(
            new TokenDecision.Refused(Refusal.of(412, "stale").with("token", "t")), 1),
        new TokenEntity.Found(token, 1),
        new TokenEntity.Found(StoredDocument.Token.unknown("t"), 0),
        new ServiceEntity.Describe(
            new ServiceDescription(TREE), List.of(new SourceToken("t", "E-1")), NOW, recorded),
        new ServiceEntity.OverrideParameters(TREE, "bob", NOW, recorded),
        new ServiceEntity.Suspend(true, "bob", NOW, recorded),
        new ServiceEntity.Get(recorded),
        new ServiceEntity.Recorded(RECORD, 2),
        new ServiceEntity.Recorded(null, 0));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_isTheSameAfterTheJourney(CborSerializable message) {
    KIT.serializationTestKit().verifySerialization(message, true);
  }

  @Test
  void largestToken_fitsIntoOneMessage() {
    var config = KIT.system().settings().config();
    Map<String, Object> data = Map.of();
    for (int version = 0;
        version <= config.getInt("maitred.service.tokens.history-length");
        version++) {
      data = Map.of("version", "x".repeat(JsonBody.MAX_BYTES), "previous", data);
    }
    var token = new StoredDocument.Token("t", new TokenDocument("t", data), List.of());
    int bytes =
        SerializationExtension.get(KIT.system())
            .serialize(new TokenEntity.Found(token, 1))
            .get()
            .length;
    assertTrue(
        bytes
            < config.getMemorySize("akka.remote.artery.advanced.maximum-frame-size").toBytes()
                * 0.96,
        bytes + " bytes");
  }
}
