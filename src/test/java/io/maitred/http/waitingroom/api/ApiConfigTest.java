package io.maitred.http.waitingroom.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import io.maitred.waitingroom.ZoneConfig;
import io.maitred.waitingroom.model.config.KnownZones;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiConfigTest {
  @TempDir Path folder;

  private Config config(String settings) {
    return ConfigFactory.parseString(
            "maitred.data-dir = \""
                + folder
                + "\", maitred.waiting-room {"
                + settings.replace('\'', '"')
                + "}")
        .withFallback(ConfigFactory.load());
  }

  private static ApiSettings settings(Config config) {
    return ApiSettings.from(config, ZoneConfig.read(config));
  }

  @Test
  void token_isMadeOnceForItsOwnerOnly() throws Exception {
    var config = config("");
    var file = ApiTokens.file(config);
    ApiTokens.from(config, settings(config));
    var token = Files.readString(file);
    assertTrue(token.matches("[A-Za-z0-9_-]{40}"), token);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(folder.resolve("secrets/api-token").toAbsolutePath(), file);

    var again = ApiTokens.from(config, settings(config));
    assertEquals(token, Files.readString(file), "kept");
    var request =
        HttpRequest.create().addHeader(RawHeader.create("authorization", "Bearer " + token));
    assertFalse(again.authenticate(request).orElseThrow().restricted());
  }

  @Test
  void token_ofAnEditedFileMayEndWithALineFeed() throws Exception {
    Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(folder.resolve("secrets/api-token"), "chosen-by-an-operator\n");
    var config = config("");
    var request =
        HttpRequest.create()
            .addHeader(RawHeader.create("authorization", "Bearer chosen-by-an-operator"));
    assertTrue(ApiTokens.from(config, settings(config)).authenticate(request).isPresent());
  }

  @Test
  void token_thatIsTooShort_isRefused() throws Exception {
    Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(folder.resolve("secrets/api-token"), "");
    var config = config("");
    var settings = settings(config);
    var failure =
        assertThrows(InvalidSettingException.class, () -> ApiTokens.from(config, settings));
    assertTrue(String.valueOf(failure.getMessage()).contains("shorter than 16"), failure::toString);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          zones = 7                                              | maitred.waiting-room.zones
          zones = [{}]                                           | maitred.waiting-room.zones
          zones = [{ name = ' ' }]                               | maitred.waiting-room.zones.name
          zones = [{ name = a, id = x }]                         | maitred.waiting-room.zones.id
          zones = [{ name = a }, { name = a, hosts = [b] }]      | maitred.waiting-room.zones.id
          zones = [{ name = a, hosts = [] }]                     | maitred.waiting-room.zones.hosts
          zones = [{ name = a, hosts = ['http://a'] }]           | maitred.waiting-room.zones.hosts
          zones = [{ name = a }, { name = b, hosts = [A] }]      | maitred.waiting-room.zones.hosts
          zones = [{ name = a, always-https = maybe }]           | maitred.waiting-room.zones
          api.public-url = 'rooms.example'                       | maitred.waiting-room.api.public-url
          api.public-url = 'https://rooms.example/path'          | maitred.waiting-room.api.public-url
          api.max-body = 1 GiB                                   | maitred.waiting-room.api.max-body
          api.tokens = [{ token = short }]                       | maitred.waiting-room.api.tokens.token
          api.tokens = [{ zones = [a] }]                         | maitred.waiting-room.api.tokens
          api.tokens = [{ token = abcdefghijklmnop, zones = [nobody] }] | maitred.waiting-room.api.tokens.zones
          api.tokens = [{ token = abcdefghijklmnop, accounts = [nobody] }] | maitred.waiting-room.api.tokens.accounts
          """)
  void wrongSettings_areNamed(String setting, String path) {
    var config = config(setting);
    var failure = assertThrows(InvalidSettingException.class, () -> settings(config));
    var message = String.valueOf(failure.getMessage());
    assertTrue(message.startsWith(path + ": "), message);
    assertFalse(message.contains("short "), message);
  }

  @Test
  void zones_haveTheSameIdsForEver() {
    var zones =
        ZoneConfig.read(
            config(
                "zones = [{ name = shop.example, always-https = on }, "
                    + "{ name = default, hosts = ['*'], account = main }]"));
    var shop = zones.listed().get(0);
    assertEquals(32, shop.id().length());
    assertEquals("1c9ccab8c11498283d71c3627c05fbcb", zones.listed().get(1).id());
    assertEquals(List.of("shop.example", "*.shop.example"), shop.hosts());
    assertTrue(shop.alwaysHttps());
    assertTrue(shop.takes("www.shop.example"));
    assertFalse(shop.takes("myshop.example"));
    assertEquals(
        KnownZones.ANY.listed().get(0).id(),
        zones.listed().get(1).id(),
        "rooms made before zones had names stay");
    assertFalse(zones.isOpen());
    assertTrue(zones.find("00000000000000000000000000000000").isEmpty());
    assertTrue(KnownZones.ANY.find("00000000000000000000000000000000").isPresent());
    assertTrue(KnownZones.ANY.find("nonsense").isEmpty());
  }

  @Test
  void startLines_nameTokenAndIds() {
    var lines = WaitingRoomApi.startLines(config(""), "http://localhost:9091", KnownZones.ANY);
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).contains("http://localhost:9091/client/v4"), lines.get(0));
    assertTrue(lines.get(0).endsWith(folder.resolve("secrets/api-token").toString()));
    assertTrue(lines.get(1).contains(RoomApiFixture.ZONE), lines.get(1));
    assertTrue(lines.get(1).contains(RoomApiFixture.ACCOUNT), lines.get(1));
  }
}
