package io.maitred.service.model;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.ServiceId;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StoredDocumentTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "documents",
          ConfigFactory.parseString("akka.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final ServiceId ID = new ServiceId("waiter-service-a");

  private static final StoredDocument TOKEN =
      new StoredDocument.Token(
          "t",
          new TokenDocument(
              "t",
              Map.of(
                  "cmd",
                  "run",
                  "cpus",
                  1.0,
                  "mem",
                  128,
                  "last-update-time",
                  1_700_000_000_000L,
                  "env",
                  Map.of("A", "b"),
                  "allowed-params",
                  List.of("P"),
                  "previous",
                  Map.of("cmd", "old", "previous", Map.of()))),
          List.of(new StoredDocument.Applied("id-1", StoredDocument.Effect.CREATED)));
  private static final StoredDocument TOMBSTONE =
      new StoredDocument.Token(
          "t", null, List.of(new StoredDocument.Applied("id-2", StoredDocument.Effect.REMOVED)));
  private static final StoredDocument SERVICE =
      new StoredDocument.Service(
          ID,
          new ServiceRecord(
              ID,
              new ServiceDescription(Map.of("cmd", "run", "cpus", 1.0)),
              NOW,
              Set.of(List.of(new SourceToken("t", "E-1"))),
              new ServiceRecord.Overrides(Map.of("min-instances", 2), "bob", NOW),
              new ServiceRecord.Suspension(true, "carol", NOW)));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  /** What earlier versions wrote. Never change a row: add one when a field is added. */
  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of("token", TOKEN_SAMPLE, TOKEN),
        Arguments.of("tombstone", TOMBSTONE_SAMPLE, TOMBSTONE),
        Arguments.of("service", SERVICE_SAMPLE, SERVICE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void stored_sample_isReadForEver(String name, String sample, StoredDocument document) {
    var read =
        SerializationExtension.get(KIT.system())
            .deserialize(HexFormat.of().parseHex(sample), 4201, "")
            .get();
    assertEquals(document, read);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void written_document_isReadBackAndCarriesNoClassName(
      String name, String sample, StoredDocument document) throws Exception {
    var serialization = SerializationExtension.get(KIT.system());
    var serializer = serialization.findSerializerFor(document);
    assertEquals(4201, serializer.identifier());
    assertEquals("", Serializers.manifestFor(serializer, document));
    var bytes = serializer.toBinary(document);
    assertEquals(document, serialization.deserialize(bytes, serializer.identifier(), "").get());
    assertTrue(
        !new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).contains("io.maitred"),
        () -> HexFormat.of().formatHex(bytes));
  }

  @Test
  void numbers_keepTheirKind() {
    var read = requireNonNull(((StoredDocument.Token) roundTrip(TOKEN)).document());
    assertInstanceOf(Double.class, read.data().get("cpus"));
    assertInstanceOf(Integer.class, read.data().get("mem"));
    assertInstanceOf(Map.class, read.data().get("env"));
  }

  @Test
  void answerAgain_knownChange_isAnsweredAsBefore() {
    var token = StoredDocument.Token.unknown("t");
    var document = new TokenDocument("t", Map.of("cmd", "x"));
    var created = new TokenDecision.Stored(document, true);
    var stored = token.stored("1", created);
    assertEquals(Optional.of(created), stored.answerAgain("1"));
    assertEquals(Optional.empty(), stored.answerAgain("2"));
    var removed = stored.removed("2");
    assertEquals(Optional.of(new TokenDecision.Removed("t")), removed.answerAgain("2"));
    var many = removed;
    for (int change = 3; change < 12; change++) {
      many = many.stored(Integer.toString(change), new TokenDecision.Stored(document, false));
    }
    assertEquals(StoredDocument.Token.RECENT, many.recent().size());
    assertEquals(Optional.empty(), many.answerAgain("3"));
    assertEquals(Optional.of(new TokenDecision.Stored(document, false)), many.answerAgain("4"));
  }

  @Test
  void references_beyondTheLimit_dropTheOldest() {
    var known = ServiceRecord.described(ID, new ServiceDescription(Map.of()), List.of(), NOW);
    assertSame(known, known.withReference(List.of()));
    for (int version = 0; version < ServiceRecord.MAX_REFERENCES; version++) {
      known = known.withReference(List.of(new SourceToken("t", "E-" + version)));
    }
    assertEquals(ServiceRecord.MAX_REFERENCES, known.references().size());
    assertTrue(!known.references().contains(List.<SourceToken>of()));
    assertEquals(ServiceRecord.MAX_REFERENCES, known.sourceTokens().size());
  }

  @Test
  void overridesAndSuspension_same_areTheSameRecord() {
    var known = ServiceRecord.described(ID, new ServiceDescription(Map.of()), List.of(), NOW);
    assertSame(known, known.withOverrides(Map.of(), "bob", NOW));
    assertSame(known, known.withSuspension(false, "bob", NOW));
    var changed = known.withOverrides(Map.of("a", 1), "bob", NOW).withSuspension(true, "c", NOW);
    assertSame(changed, changed.withOverrides(Map.of("a", 1), "eve", NOW.plusSeconds(1)));
    assertSame(changed, changed.withSuspension(true, "eve", NOW.plusSeconds(1)));
  }

  private static Object roundTrip(StoredDocument document) {
    var serialization = SerializationExtension.get(KIT.system());
    var serializer = serialization.findSerializerFor(document);
    return serialization
        .deserialize(serializer.toBinary(document), serializer.identifier(), "")
        .get();
  }

  private static final String TOKEN_SAMPLE =
      "bf65407479706565746f6b656e646e616d65617468646f63756d656e74bf646e616d656174646461"
          + "7461bf6e616c6c6f7765642d706172616d7381615063636d646372756e6463707573fb3ff0000000"
          + "00000063656e76bf61416162ff706c6173742d7570646174652d74696d651b0000018bcfe5680063"
          + "6d656d18806870726576696f7573bf63636d64636f6c646870726576696f7573bfffffffff667265"
          + "63656e7481bf686368616e676549646469642d31666566666563746743524541544544ffff";
  private static final String TOMBSTONE_SAMPLE =
      "bf65407479706565746f6b656e646e616d65617468646f63756d656e74f666726563656e7481bf68"
          + "6368616e676549646469642d32666566666563746752454d4f564544ffff";
  private static final String SERVICE_SAMPLE =
      "bf6540747970656773657276696365626964707761697465722d736572766963652d616d73657276"
          + "6963655265636f7264bf626964707761697465722d736572766963652d6164636f7265bf6a706172"
          + "616d6574657273bf63636d646372756e6463707573fb3ff0000000000000ffff6963726561746564"
          + "41747818323032362d30312d30325430333a30343a30352e3637385a6a7265666572656e63657381"
          + "81bf65746f6b656e61746776657273696f6e63452d31ff696f7665727269646573bf6a706172616d"
          + "6574657273bf6d6d696e2d696e7374616e63657302ff6d6c61737455706461746564427963626f62"
          + "6474696d657818323032362d30312d30325430333a30343a30352e3637385aff6a73757370656e73"
          + "696f6ebf6973757370656e646564f56d6c617374557064617465644279656361726f6c6474696d65"
          + "7818323032362d30312d30325430333a30343a30352e3637385affffff";
}
