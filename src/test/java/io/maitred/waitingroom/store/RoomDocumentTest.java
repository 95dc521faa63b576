package io.maitred.waitingroom.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.CborSerializable;
import io.maitred.waitingroom.model.KeyRing;
import io.maitred.waitingroom.model.RingKey;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.BypassRule;
import io.maitred.waitingroom.model.config.CookieAttributes;
import io.maitred.waitingroom.model.config.OriginCommand;
import io.maitred.waitingroom.model.config.Problem;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.RoomConfig;
import io.maitred.waitingroom.model.config.RoomEvent;
import io.maitred.waitingroom.model.config.RoomRoute;
import io.maitred.waitingroom.model.config.SameSite;
import io.maitred.waitingroom.model.config.SecureCookie;
import io.maitred.waitingroom.model.config.TurnstileAction;
import io.maitred.waitingroom.model.config.TurnstileMode;
import io.maitred.waitingroom.model.config.Zone;
import io.maitred.waitingroom.model.config.ZoneChange;
import io.maitred.waitingroom.model.config.ZoneSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is stored, and what is sent to those who store it. */
class RoomDocumentTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "room-documents",
          ConfigFactory.parseString("akka.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final String ZONE = "0".repeat(31) + "a";
  private static final RoomId ROOM = new RoomId("1".repeat(32));

  private static final RoomDocument OF_ZONE = ofZone("<p>{{waitTime}}</p>");
  private static final RoomDocument NO_ROOMS =
      new RoomDocument.OfZone(Zone.empty(ZONE), List.of("c"));
  private static final RoomDocument.Ring RING =
      new RoomDocument.Ring(
          new KeyRing(
              List.of(
                  new RingKey(1, NOW, secret(1)), new RingKey(0, NOW.minusSeconds(9), secret(2)))));

  private static byte[] secret(int fill) {
    var secret = new byte[RingKey.SECRET_BYTES];
    Arrays.fill(secret, (byte) fill);
    return secret;
  }

  private static RoomDocument ofZone(String page) {
    var config =
        new RoomConfig(
            "shop",
            "big",
            "shop.example",
            "/Shop",
            List.of(new RoomRoute("www.shop.example", "/")),
            "q",
            new CookieAttributes(SameSite.LAX, SecureCookie.ALWAYS),
            400,
            300,
            5,
            true,
            false,
            true,
            true,
            QueueingMethod.RANDOM,
            429,
            page,
            "pt-BR",
            List.of(OriginCommand.REVOKE),
            TurnstileMode.VISIBLE_NON_INTERACTIVE,
            TurnstileAction.INFINITE_QUEUE);
    var overriding =
        new RoomEvent(
            "e".repeat(32),
            NOW,
            NOW,
            "sale",
            "",
            true,
            NOW.plusSeconds(3600),
            NOW.plusSeconds(7200),
            NOW.plusSeconds(60),
            true,
            2000,
            1000,
            7,
            false,
            QueueingMethod.FIFO,
            "",
            TurnstileMode.OFF,
            TurnstileAction.LOG);
    var inheriting =
        new RoomEvent(
            "f".repeat(32),
            NOW,
            NOW,
            "later",
            "d",
            false,
            NOW.plusSeconds(10_000),
            NOW.plusSeconds(20_000),
            null,
            false,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    var rule = new BypassRule("b".repeat(32), 3, "ip.src in {10.0.0.0/8}", "office", true, NOW);
    var room =
        new Room(ROOM, ZONE, 9, NOW, NOW, config, List.of(overriding, inheriting), List.of(rule));
    return new RoomDocument.OfZone(
        new Zone(ZONE, new ZoneSettings(true), List.of(room)), List.of("c1", "c2"));
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  /** What earlier versions wrote. Never change a row: add one when a field is added. */
  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of("zone", ZONE_SAMPLE, OF_ZONE),
        Arguments.of("zone without rooms", NO_ROOMS_SAMPLE, NO_ROOMS),
        Arguments.of("ring", RING_SAMPLE, RING));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void stored_sample_isReadForEver(String name, String sample, RoomDocument document) {
    var read =
        SerializationExtension.get(KIT.system())
            .deserialize(HexFormat.of().parseHex(sample), 4202, "")
            .get();
    assertEquals(document, read);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void written_document_isReadBackAndCarriesNoClassName(
      String name, String sample, RoomDocument document) {
    var bytes = written(document);
    assertEquals(
        document, SerializationExtension.get(KIT.system()).deserialize(bytes, 4202, "").get());
    assertTrue(
        !new String(bytes, StandardCharsets.ISO_8859_1).contains("io.maitred"),
        () -> HexFormat.of().formatHex(bytes));
  }

  @Test
  void written_largePage_isCompressed() {
    var document = ofZone("<p>Please wait.</p>".repeat(10_000));
    var bytes = written(document);
    assertTrue(bytes.length < 20_000, () -> bytes.length + " bytes");
    assertEquals(
        document, SerializationExtension.get(KIT.system()).deserialize(bytes, 4202, "").get());
  }

  private static byte[] written(RoomDocument document) {
    var serializer = SerializationExtension.get(KIT.system()).findSerializerFor(document);
    assertEquals(4202, serializer.identifier());
    assertEquals("", Serializers.manifestFor(serializer, document));
    return serializer.toBinary(document);
  }

  static Stream<CborSerializable> messages() {
    var decided = KIT.<ZoneEntity.Decided>createTestProbe().ref();
    var present = KIT.<KeyRingEntity.Present>createTestProbe().ref();
    var body = Map.of("name", "a", "n", 1, "list", List.of(Map.of("x", true), 1.5));
    return Stream.of(
        new ZoneEntity.Change(
            "id", ZoneChange.ofRoom(ZoneChange.Kind.CREATE_ROOM, ROOM, body, NOW), NOW, decided),
        new ZoneEntity.Change(
            "id", ZoneChange.ofRoom(ZoneChange.Kind.DELETE_ROOM, ROOM, null, NOW), NOW, decided),
        new ZoneEntity.Change(
            "id", ZoneChange.ofRules(ROOM, List.of("a"), List.of(body), NOW), NOW, decided),
        new ZoneEntity.Change(
            "id", ZoneChange.ofSettings(ZoneChange.Kind.PATCH_SETTINGS, "text", NOW), NOW, decided),
        new ZoneEntity.Decided(true, List.of(), 0),
        new ZoneEntity.Decided(false, List.of(Problem.notFound()), 7),
        new KeyRingEntity.Add(RING.ring().keys().get(0), -1, present),
        new KeyRingEntity.Retire(7, present),
        new KeyRingEntity.Present(RING, 2));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_isTheSameAfterTheJourney(CborSerializable message) {
    KIT.serializationTestKit().verifySerialization(message, true);
  }

  /** A change of this size goes through the stream for large messages. */
  @Test
  void largestChange_fitsIntoALargeMessage() {
    var text = "x".repeat(1000);
    var body = java.util.Collections.nCopies(1990, text);
    assertTrue(BodySize.of(body) > 0.99 * RoomStore.MAX_BODY_BYTES);
    assertTrue(BodySize.of(body) <= RoomStore.MAX_BODY_BYTES + 20_000);
    var change =
        new ZoneEntity.Change(
            "id",
            ZoneChange.ofSettings(ZoneChange.Kind.PATCH_SETTINGS, body, NOW),
            NOW,
            KIT.<ZoneEntity.Decided>createTestProbe().ref());
    var serialization = SerializationExtension.get(KIT.system());
    int bytes = serialization.serialize(change).get().length;
    assertTrue(bytes <= BodySize.of(body) + 1000, () -> bytes + " bytes");
    var frame =
        KIT.system()
            .settings()
            .config()
            .getMemorySize("akka.remote.artery.advanced.maximum-large-frame-size")
            .toBytes();
    assertTrue(RoomStore.MAX_BODY_BYTES < 0.96 * frame, () -> frame + " bytes");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void bodySize_isNeverLessThanTheMessage(String text) {
    var tree = Map.of(text, List.of(text, 1, Long.MAX_VALUE, 1.5, true, Map.of("a", text)));
    int bytes =
        SerializationExtension.get(KIT.system())
            .serialize(
                new ZoneEntity.Change(
                    "",
                    ZoneChange.ofSettings(ZoneChange.Kind.PATCH_SETTINGS, tree, NOW),
                    NOW,
                    KIT.<ZoneEntity.Decided>createTestProbe().ref()))
            .get()
            .length;
    int empty =
        SerializationExtension.get(KIT.system())
            .serialize(
                new ZoneEntity.Change(
                    "",
                    ZoneChange.ofSettings(ZoneChange.Kind.PATCH_SETTINGS, null, NOW),
                    NOW,
                    KIT.<ZoneEntity.Decided>createTestProbe().ref()))
            .get()
            .length;
    assertTrue(bytes - empty <= BodySize.of(tree) + 20, () -> bytes - empty + " bytes");
  }

  static Stream<String> texts() {
    return Stream.of("", "abc", "äöü", "日本語", "🍽️", "x".repeat(70_000), "日".repeat(70_000));
  }

  private static final String ZONE_SAMPLE =
      "bf654074797065647a6f6e65647a6f6e65bf62696478203030303030303030303030303030303030"
          + "3030303030303030303030303030616873657474696e6773bf7819736561726368456e67696e6543"
          + "7261776c6572427970617373f5ff65726f6f6d7381bf626964782031313131313131313131313131"
          + "31313131313131313131313131313131313131647a6f6e6578203030303030303030303030303030"
          + "3030303030303030303030303030303030616776657273696f6e0969637265617465644f6e781832"
          + "3032362d30312d30325430333a30343a30352e3637385a6a6d6f6469666965644f6e781832303236"
          + "2d30312d30325430333a30343a30352e3637385a66636f6e666967bf646e616d656473686f706b64"
          + "65736372697074696f6e6362696764686f73746c73686f702e6578616d706c656470617468652f53"
          + "686f70706164646974696f6e616c526f7574657381bf64686f7374707777772e73686f702e657861"
          + "6d706c656470617468612fff6c636f6f6b6965537566666978617170636f6f6b6965417474726962"
          + "75746573bf6873616d6573697465636c61786673656375726566616c77617973ff70746f74616c41"
          + "63746976655573657273190190716e657755736572735065724d696e75746519012c6f7365737369"
          + "6f6e4475726174696f6e057564697361626c6553657373696f6e52656e6577616cf5697375737065"
          + "6e646564f4687175657565416c6cf5736a736f6e526573706f6e7365456e61626c6564f56e717565"
          + "7565696e674d6574686f646672616e646f6d727175657565696e67537461747573436f64651901ad"
          + "6e637573746f6d5061676548746d6c733c703e7b7b7761697454696d657d7d3c2f703e7764656661"
          + "756c7454656d706c6174654c616e67756167656570742d425275656e61626c65644f726967696e43"
          + "6f6d6d616e647381667265766f6b656d7475726e7374696c654d6f64657776697369626c655f6e6f"
          + "6e5f696e7465726163746976656f7475726e7374696c65416374696f6e6e696e66696e6974655f71"
          + "75657565ff666576656e747382bf6269647820656565656565656565656565656565656565656565"
          + "656565656565656565656569637265617465644f6e7818323032362d30312d30325430333a30343a"
          + "30352e3637385a6a6d6f6469666965644f6e7818323032362d30312d30325430333a30343a30352e"
          + "3637385a646e616d656473616c656b6465736372697074696f6e606973757370656e646564f56573"
          + "746172747818323032362d30312d30325430343a30343a30352e3637385a63656e64781832303236"
          + "2d30312d30325430353a30343a30352e3637385a6d70726571756575655374617274781832303236"
          + "2d30312d30325430333a30353a30352e3637385a6e73687566666c6541745374617274f570746f74"
          + "616c41637469766555736572731907d0716e657755736572735065724d696e7574651903e86f7365"
          + "7373696f6e4475726174696f6e077564697361626c6553657373696f6e52656e6577616cf46e7175"
          + "657565696e674d6574686f64646669666f6e637573746f6d5061676548746d6c606d7475726e7374"
          + "696c654d6f6465636f66666f7475726e7374696c65416374696f6e636c6f67ffbf62696478206666"
          + "66666666666666666666666666666666666666666666666666666666666669637265617465644f6e"
          + "7818323032362d30312d30325430333a30343a30352e3637385a6a6d6f6469666965644f6e781832"
          + "3032362d30312d30325430333a30343a30352e3637385a646e616d65656c617465726b6465736372"
          + "697074696f6e61646973757370656e646564f46573746172747818323032362d30312d3032543035"
          + "3a35303a34352e3637385a63656e647818323032362d30312d30325430383a33373a32352e363738"
          + "5a6d70726571756575655374617274f66e73687566666c6541745374617274f470746f74616c4163"
          + "746976655573657273f6716e657755736572735065724d696e757465f66f73657373696f6e447572"
          + "6174696f6ef67564697361626c6553657373696f6e52656e6577616cf66e7175657565696e674d65"
          + "74686f64f66e637573746f6d5061676548746d6cf66d7475726e7374696c654d6f6465f66f747572"
          + "6e7374696c65416374696f6ef6ff6572756c657381bf626964782062626262626262626262626262"
          + "626262626262626262626262626262626262626776657273696f6e036a65787072657373696f6e76"
          + "69702e73726320696e207b31302e302e302e302f387d6b6465736372697074696f6e666f66666963"
          + "6567656e61626c6564f56b6c617374557064617465647818323032362d30312d30325430333a3034"
          + "3a30352e3637385affffff66726563656e7482626331626332ff";
  private static final String NO_ROOMS_SAMPLE =
      "bf654074797065647a6f6e65647a6f6e65bf62696478203030303030303030303030303030303030"
          + "3030303030303030303030303030616873657474696e6773bf7819736561726368456e67696e6543"
          + "7261776c6572427970617373f4ff65726f6f6d7380ff66726563656e74816163ff";
  private static final String RING_SAMPLE =
      "bf654074797065686b65792d72696e676472696e67bf646b65797382bf6269640169637265617465"
          + "644f6e7818323032362d30312d30325430333a30343a30352e3637385a6673656372657458200101"
          + "010101010101010101010101010101010101010101010101010101010101ffbf6269640069637265"
          + "617465644f6e7818323032362d30312d30325430333a30333a35362e3637385a6673656372657458"
          + "200202020202020202020202020202020202020202020202020202020202020202ffffff";
}
